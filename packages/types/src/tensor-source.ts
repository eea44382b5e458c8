import { type DType, dtypeBytes, dtypes, elementCount, isNdArray } from "@trimtab/core";
import { isRecord } from "./constraint-schema.ts";
import { dtypeOf, type ElementArray, elementTypes } from "./element-type.ts";
import { everyElement, nestingOf } from "./nested-list.ts";
import { adoptNdArray, bytesOf, hasMeaning, type Tensor, tensorOf, zeros } from "./tensor-value.ts";
import { isText, quote } from "./value-schema.ts";

/** Most dimensions that a tensor may have. */
export const maxRank = 32;

/** What the input of a tensor says, before its elements are read. */
export interface TensorSource {
  readonly shape: readonly number[];
  /** The dtype that the value names, or that its typed array implies. */
  readonly dtype?: DType;
  readonly device?: string;
  readonly elements: Elements;
}

/** The elements of some input, whose number agrees with the shape: lists, or an array that may have another dtype. */
export type Elements =
  | { readonly kind: "lists"; readonly data: unknown; readonly depth: number }
  | { readonly kind: "array"; readonly dtype: DType; readonly data: ElementArray; readonly owned: boolean };

/** A reason why some input is no tensor. */
export type IllTyped = { readonly kind: "ill-typed"; readonly message: string };

const illTyped = (message: string): IllTyped => ({ kind: "ill-typed", message });

/** Says whether something names a dtype. */
export const isDType = (input: unknown): input is DType => dtypes.includes(input as DType);

/** Finds shape, dtype, device and elements in any form of input, or says why it is no tensor. */
export function readSource(input: unknown): TensorSource | IllTyped {
  if (ArrayBuffer.isView(input)) {
    const dtype = dtypeOf(input);
    const data = input as ElementArray;
    return dtype === undefined
      ? illTyped("must be a tensor with shape and data")
      : { shape: [data.length], dtype, elements: { kind: "array", dtype, data, owned: false } };
  }
  if (!isRecord(input) || input["shape"] === undefined || input["data"] === undefined) {
    return illTyped("must be a tensor with shape and data");
  }
  const { shape } = input;
  // Languages without `undefined` write an absent label as null.
  const dtype = input["dtype"] ?? undefined;
  const device = input["device"] ?? undefined;
  if (!isShape(shape)) return illTyped(`shape must be a list of at most ${maxRank} whole numbers of at least 0`);
  if (dtype !== undefined && !isDType(dtype)) return illTyped(`dtype must be one of: ${dtypes.join(", ")}`);
  if (device !== undefined && !isText(device)) return illTyped("device must be a string");
  const elements = readElements(input["data"], dtype, { shape, whole: input });
  if (elements === undefined) return illTyped("data size doesn't match shape");
  return "message" in elements
    ? elements
    : { shape: [...shape], ...elementDtype(dtype, elements), ...(device !== undefined && { device }), elements };
}

const elementDtype = (named: DType | undefined, elements: Elements) =>
  named !== undefined ? { dtype: named } : elements.kind === "array" ? { dtype: elements.dtype } : {};

function isShape(input: unknown): input is readonly number[] {
  if (!Array.isArray(input) || input.length > maxRank) return false;
  for (let i = 0; i < input.length; i++) if (!Number.isSafeInteger(input[i]) || input[i] < 0) return false;
  return true;
}

/** The elements in `data`, or `undefined` where their number or nesting is not what the shape says. */
function readElements(
  data: unknown,
  named: DType | undefined,
  { shape, whole }: { shape: readonly number[]; whole: unknown },
): Elements | IllTyped | undefined {
  if (isNdArray(whole)) return owned(adoptNdArray(whole));
  if (isNdArray(data)) return elementCount(data.shape) === elementCount(shape) ? owned(adoptNdArray(data)) : undefined;
  if (ArrayBuffer.isView(data)) {
    const array = asArray(data, named);
    if (array === undefined) return illTyped("data must be a list of numbers or a numeric array");
    return array.data.length === elementCount(shape) && !isCutShort(data, named) ? array : undefined;
  }
  const depth = nestingOf(data, shape);
  return depth === undefined ? undefined : { kind: "lists", data, depth };
}

/** Bytes beside a dtype of several bytes are a stored array; as such they have the wrong size, and are no elements. */
const isCutShort = (data: ArrayBufferView, named: DType | undefined): boolean =>
  data instanceof Uint8Array && named !== undefined && dtypeBytes[named] > 1;

const owned = ({ dtype, data }: Tensor) => ({ kind: "array", dtype, data, owned: true }) as const;

/** A typed array's elements; those of a named dtype that is held in the same kind of array are taken to be that. */
function asArray(view: ArrayBufferView, named: DType | undefined) {
  const own = dtypeOf(view);
  if (own === undefined) return undefined;
  const sameKind = named !== undefined && elementTypes[named].view(new ArrayBuffer(0)).constructor === view.constructor;
  return { kind: "array", dtype: sameKind ? named : own, data: view as ElementArray, owned: false } as const;
}

/** A tensor of the dtype wanted, or the first element that it cannot hold. */
export type Converted =
  | { readonly kind: "converted"; readonly tensor: Tensor }
  | { readonly kind: "ill-typed"; readonly message: string }
  | { readonly kind: "out-of-range"; readonly message: string };

/** Copies elements into a new tensor of a dtype; floats are rounded to it, integers must be exact. */
export function convert(elements: Elements, dtype: DType, shape: readonly number[]): Converted {
  if (elements.kind === "array" && elements.dtype === dtype) {
    const { data } = elements;
    const tensor = tensorOf(dtype, shape, elements.owned ? data : elementTypes[dtype].view(bytesOf(data).buffer));
    if (hasMeaning(tensor)) return { kind: "converted", tensor };
    return { kind: "ill-typed", message: "data must hold 0 or 1 where dtype is bool" };
  }
  if (elements.kind === "array") return writeAll(dtype, shape, (write) => writeArray(elements, write));
  const { data, depth } = elements;
  // Before room is made: a list of nothing but holes can be of any length.
  let unreadable: Converted | undefined;
  everyElement(data, depth, (element, index) => {
    if (isElement(element)) return true;
    unreadable = {
      kind: "ill-typed",
      message: `data must be a list of numbers, element ${index} is ${quote(element)}`,
    };
    return false;
  });
  return unreadable ?? writeAll(dtype, shape, (write) => everyElement(data, depth, write));
}

type Write = (element: unknown, index: number) => boolean;

/** Makes a tensor of what `each` passes on, up to the first element that the dtype cannot hold. */
function writeAll(dtype: DType, shape: readonly number[], each: (write: Write) => void): Converted {
  const tensor = zeros(dtype, shape);
  const { set } = elementTypes[dtype];
  let unheld: Converted | undefined;
  each((element, index) => {
    if (set(tensor.data, index, element)) return true;
    unheld = {
      kind: "out-of-range",
      message: `element ${index} is ${quote(element)}, which ${dtype} cannot hold`,
    };
    return false;
  });
  return unheld ?? { kind: "converted", tensor };
}

function writeArray({ dtype, data }: Elements & { kind: "array" }, write: Write): void {
  const { get } = elementTypes[dtype];
  for (let i = 0; i < data.length; i++) if (!write(get(data, i), i)) return;
}

const isElement = (input: unknown): boolean =>
  typeof input === "number" ||
  typeof input === "bigint" ||
  typeof input === "boolean" ||
  input === "NaN" ||
  input === "Infinity" ||
  input === "-Infinity";
