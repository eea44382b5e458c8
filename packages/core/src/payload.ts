import { type DType, isNdArray, type NdArray } from "./nd-array.ts";

/**
 * What callers read and write without knowing a variable's type: plain JavaScript data.
 * A `bigint` is an exact 64-bit integer; a `number` is a 64-bit float.
 */
export type Value =
  | null
  | boolean
  | number
  | bigint
  | string
  | Uint8Array
  | NdArray
  | readonly Value[]
  | { readonly [key: string]: Value };

/** Named plain values: metadata, constraints, program bodies. */
export type ValueRecord = { readonly [key: string]: Value };

/**
 * The exact, canonical form in which values are stored and sent. It tells an integer from a float, which
 * {@link Value} does not, and it is closed: new variable types choose among these kinds and add none.
 */
export type Payload =
  | { readonly kind: "null" }
  | { readonly kind: "boolean"; readonly value: boolean }
  | { readonly kind: "number"; readonly value: number }
  | { readonly kind: "integer"; readonly value: bigint }
  | { readonly kind: "string"; readonly value: string }
  | { readonly kind: "bytes"; readonly value: Uint8Array }
  | { readonly kind: "array"; readonly value: NdArray }
  | { readonly kind: "list"; readonly value: readonly Payload[] }
  | { readonly kind: "map"; readonly value: ReadonlyMap<string, Payload> };

/** Deepest nesting of lists and maps that a payload may have. */
export const maxPayloadDepth = 32;

const minInt64 = -(2n ** 63n);
const maxInt64 = 2n ** 63n - 1n;

/** Says whether a bigint fits a signed 64-bit integer, which is what payloads and the wire carry. */
export const isInt64 = (value: bigint): boolean => value >= minInt64 && value <= maxInt64;

/** Thrown by {@link toPayload} for data that no payload can hold; the path says where. */
export class UnsupportedValueError extends TypeError {
  readonly path: string;
  constructor(path: string, problem: string) {
    super(`${path || "value"} ${problem}`);
    this.path = path;
  }
}

/**
 * Turns plain data into a payload. Numbers become floats and bigints become integers; typed arrays become
 * one-dimensional arrays of their element type. Bytes are copied, so the caller keeps its buffer.
 *
 * @throws UnsupportedValueError for functions, symbols, `undefined`, bigints outside int64, lone surrogates,
 *   the key `__proto__`, and nesting deeper than {@link maxPayloadDepth}.
 */
export function toPayload(value: unknown, path = "", depth = 0): Payload {
  if (depth > maxPayloadDepth) throw new UnsupportedValueError(path, `is nested deeper than ${maxPayloadDepth} levels`);
  switch (typeof value) {
    case "boolean":
      return { kind: "boolean", value };
    case "number":
      return { kind: "number", value };
    case "string":
      if (!value.isWellFormed()) throw new UnsupportedValueError(path, "is not well-formed Unicode");
      return { kind: "string", value };
    case "bigint":
      if (!isInt64(value)) throw new UnsupportedValueError(path, `${value} does not fit a signed 64-bit integer`);
      return { kind: "integer", value };
    case "object":
      return value === null ? { kind: "null" } : objectPayload(value, path, depth);
    default:
      throw new UnsupportedValueError(path, `is ${typeof value === "undefined" ? "undefined" : `a ${typeof value}`}`);
  }
}

// A Node Buffer is a Uint8Array whose own `slice` shares the bytes.
const copyOf = (bytes: Uint8Array): Uint8Array => new Uint8Array(bytes);

const typedArrayDtypes = new Map<unknown, DType>([
  [Int8Array, "s8"],
  [Int16Array, "s16"],
  [Int32Array, "s32"],
  [BigInt64Array, "s64"],
  [Uint8ClampedArray, "u8"],
  [Uint16Array, "u16"],
  [Uint32Array, "u32"],
  [BigUint64Array, "u64"],
  [globalThis.Float16Array, "f16"],
  [Float32Array, "f32"],
  [Float64Array, "f64"],
]);

function objectPayload(value: object, path: string, depth: number): Payload {
  if (value instanceof Uint8Array) return { kind: "bytes", value: copyOf(value) };
  if (ArrayBuffer.isView(value)) return { kind: "array", value: typedArrayToNdArray(value, path) };
  if (isNdArray(value)) {
    return { kind: "array", value: { dtype: value.dtype, shape: [...value.shape], data: copyOf(value.data) } };
  }
  if (Array.isArray(value)) return { kind: "list", value: listPayload(value, path, depth) };
  const prototype = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null && !(value instanceof Map)) {
    const kind = prototype?.constructor?.name ?? "a class";
    throw new UnsupportedValueError(path, `is an instance of ${kind}, not plain data`);
  }
  return { kind: "map", value: mapPayload(value instanceof Map ? value : Object.entries(value), path, depth) };
}

/** By index, since iterating methods of lists pass over holes, which are `undefined` to whoever reads them. */
function listPayload(list: readonly unknown[], path: string, depth: number): Payload[] {
  const items: Payload[] = [];
  for (let i = 0; i < list.length; i++) items.push(toPayload(list[i], `${path}[${i}]`, depth + 1));
  return items;
}

function mapPayload(entries: Iterable<[unknown, unknown]>, path: string, depth: number): Map<string, Payload> {
  const map = new Map<string, Payload>();
  for (const [key, item] of entries) {
    const itemPath = path ? `${path}.${String(key)}` : String(key);
    if (typeof key !== "string" || !key.isWellFormed())
      throw new UnsupportedValueError(itemPath, "has a key that is no text");
    if (key === "__proto__") throw new UnsupportedValueError(itemPath, "uses the reserved key __proto__");
    map.set(key, toPayload(item, itemPath, depth + 1));
  }
  return map;
}

/** Views a typed array's elements as a one-dimensional little-endian array; the bytes are copied. */
function typedArrayToNdArray(view: ArrayBufferView, path: string): NdArray {
  const dtype = typedArrayDtypes.get(view.constructor);
  if (dtype === undefined) throw new UnsupportedValueError(path, `is a ${view.constructor.name}, which has no dtype`);
  const data = copyOf(new Uint8Array(view.buffer, view.byteOffset, view.byteLength));
  return { dtype, shape: [(view as Float64Array).length], data };
}

/**
 * Gives a payload's plain form: integers within ±(2^53-1) as `number`, larger ones as `bigint`.
 * Arrays and bytes are shared with the payload, not copied.
 */
export function fromPayload(payload: Payload): Value {
  switch (payload.kind) {
    case "null":
      return null;
    case "integer": {
      const number = Number(payload.value);
      return Number.isSafeInteger(number) ? number : payload.value;
    }
    case "list":
      return payload.value.map(fromPayload);
    case "map":
      return Object.fromEntries(Array.from(payload.value, ([key, item]) => [key, fromPayload(item)]));
    default:
      return payload.value;
  }
}

/** Bytes that a payload takes, to within the few bytes of framing per item: what size limits count. */
export function payloadSize(payload: Payload): number {
  switch (payload.kind) {
    case "string":
      return payload.value.length <= 64 ? payload.value.length * 3 : utf8Size(payload.value);
    case "bytes":
      return payload.value.byteLength;
    case "array":
      return payload.value.data.byteLength + 8 * payload.value.shape.length;
    case "list":
      return payload.value.reduce((sum, item) => sum + payloadSize(item) + 2, 0);
    case "map": {
      let sum = 0;
      for (const [key, item] of payload.value) sum += key.length + payloadSize(item) + 4;
      return sum;
    }
    default:
      return 8;
  }
}

/** Bytes of a text as UTF-8, counted without encoding it. */
function utf8Size(text: string): number {
  let size = text.length;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    // Half of a surrogate pair stands for two of the pair's four bytes.
    if (unit >= 0x80) size += unit < 0x800 || (unit & 0xf800) === 0xd800 ? 1 : 2;
  }
  return size;
}
