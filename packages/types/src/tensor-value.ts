import {
  type DType,
  dtypeBytes,
  elementCount,
  isNdArray,
  isSettled,
  type NdArray,
  type Payload,
  settle,
  storeError,
} from "@trimtab/core";
import { type ElementArray, type ElementArrays, elementTypes } from "./element-type.ts";
import { everyElement, type NestedList, nest, nestingOf, shapeOf } from "./nested-list.ts";

/**
 * An n-dimensional array as a program holds it: row-major elements in the typed array that its dtype names, see
 * {@link ElementArrays}. `data` holds exactly `product(shape)` elements.
 */
export type Tensor<D extends DType = DType> = {
  [Each in D]: { readonly dtype: Each; readonly shape: readonly number[]; readonly data: ElementArrays[Each] };
}[D];

/** Puts together a tensor whose data is already of its dtype. */
export const tensorOf = (dtype: DType, shape: readonly number[], data: ElementArray): Tensor =>
  ({ dtype, shape, data }) as Tensor;

/** Makes room for a tensor, all zero. */
export const zeros = (dtype: DType, shape: readonly number[]): Tensor =>
  tensorOf(dtype, shape, elementTypes[dtype].view(new ArrayBuffer(elementCount(shape) * dtypeBytes[dtype])));

const viewOf = ({ buffer, byteOffset, byteLength }: ElementArray) => new Uint8Array(buffer, byteOffset, byteLength);

/** A copy of the bytes that some elements take. */
export const bytesOf = (data: ElementArray): Uint8Array<ArrayBuffer> => new Uint8Array(viewOf(data));

/** A tensor over a copy of an array's bytes; `slice` would not copy those of a Node `Buffer`. */
const fromNdArray = ({ dtype, shape, data }: NdArray): Tensor =>
  tensorOf(dtype, [...shape], elementTypes[dtype].view(new Uint8Array(data).buffer));

/** A tensor over an array's own memory where that never changes and its elements lie where they can be read, else over a copy. */
export function adoptNdArray(array: NdArray): Tensor {
  const { dtype, shape, data } = array;
  const { buffer, byteOffset } = data;
  const isAligned = buffer instanceof ArrayBuffer && byteOffset % dtypeBytes[dtype] === 0;
  if (!isAligned || !isSettled(data)) return fromNdArray(array);
  return tensorOf(dtype, [...shape], settle(elementTypes[dtype].view(buffer, byteOffset, elementCount(shape))));
}

/** Says whether every element of a `bool` tensor is 0 or 1; other dtypes give every bit pattern a meaning. */
export const hasMeaning = ({ dtype, data }: Tensor): boolean =>
  dtype !== "bool" || (data as Uint8Array).every((element) => element <= 1);

/** The stored form of a tensor; its bytes are copied, unless they never change. */
export const encodeTensor = ({ dtype, shape, data }: Tensor): Payload => ({
  kind: "array",
  value: { dtype, shape: [...shape], data: isSettled(data) ? settle(viewOf(data)) : bytesOf(data) },
});

/**
 * Reads a tensor's stored form; the bytes are copied.
 *
 * @throws TypeError for a payload that is no array, or whose bytes do not agree with its shape and dtype
 */
export function decodeTensor(payload: Payload): Tensor {
  if (payload.kind !== "array" || !isNdArray(payload.value)) throw new TypeError("no stored tensor");
  const tensor = fromNdArray(payload.value);
  if (!hasMeaning(tensor)) throw new TypeError("no stored tensor: a bool is neither 0 nor 1");
  return tensor;
}

/** Says whether two tensors have the same dtype, shape and elements; `NaN` equals itself and `0` equals `-0`. */
export function tensorEquals(a: Tensor, b: Tensor): boolean {
  if (a.dtype !== b.dtype || a.shape.length !== b.shape.length) return false;
  if (!a.shape.every((extent, axis) => extent === b.shape[axis]) || a.data.length !== b.data.length) return false;
  const { get } = elementTypes[a.dtype];
  for (let i = 0; i < a.data.length; i++) {
    // Equal bits of the raw formats need no decoding; elements that differ may still be 0 and -0, or two NaN.
    if (a.data[i] === b.data[i]) continue;
    const [left, right] = [get(a.data, i), get(b.data, i)];
    if (left !== right && !(Number.isNaN(left) && Number.isNaN(right))) return false;
  }
  return true;
}

/**
 * Makes a tensor from nested lists, of the shape that they have.
 *
 * @throws StoreError `invalid_argument` where lists of one level differ in length, or the dtype cannot hold an element
 */
export function tensorFromNested<D extends DType = "f32">(data: NestedList, dtype?: D): Tensor<D> {
  const target = dtype ?? "f32";
  const shape = shapeOf(data);
  if (nestingOf(data, shape) === undefined) {
    throw storeError("invalid_argument", `data is not nested as [${shape.join(", ")}]`, { field: "data" });
  }
  const tensor = zeros(target, shape);
  const { set } = elementTypes[target];
  everyElement(data, shape.length, (element, index) => {
    if (set(tensor.data, index, element)) return true;
    const message = `element ${index} is ${String(element)}, which ${target} cannot hold`;
    throw storeError("invalid_argument", message, { field: "data" });
  });
  return tensor as Tensor<D>;
}

/** The elements of a tensor in nested lists: 64-bit integers as bigint, `bool` as booleans, the rest as numbers. */
export const toNested = ({ dtype, shape, data }: Tensor): NestedList =>
  nest<number | bigint | boolean>(shape, (index) => {
    const element = elementTypes[dtype].get(data, index);
    return dtype === "bool" ? element === 1 : element;
  });
