import { type DType, dtypeBytes, type NdArray } from "@trimtab/core";

/** An element in plain data: what JSON has no number for is text. */
export type PlainElement = number | boolean | string;

type Read = (view: DataView, at: number) => number | bigint;
type Write = (view: DataView, at: number, element: number | bigint) => void;

/** How elements of each dtype are read and written, and the whole numbers it holds; a float has no such range. */
const elements: Readonly<Record<DType, { read: Read; write: Write; range?: readonly [bigint, bigint] }>> = {
  bool: {
    read: (view, at) => view.getUint8(at),
    write: (view, at, n) => view.setUint8(at, Number(n)),
    range: [0n, 1n],
  },
  u8: {
    read: (view, at) => view.getUint8(at),
    write: (view, at, n) => view.setUint8(at, Number(n)),
    range: unsigned(8),
  },
  u16: {
    read: (view, at) => view.getUint16(at, true),
    write: (view, at, n) => view.setUint16(at, Number(n), true),
    range: unsigned(16),
  },
  u32: {
    read: (view, at) => view.getUint32(at, true),
    write: (view, at, n) => view.setUint32(at, Number(n), true),
    range: unsigned(32),
  },
  u64: {
    read: (view, at) => view.getBigUint64(at, true),
    write: (view, at, n) => view.setBigUint64(at, BigInt(n), true),
    range: unsigned(64),
  },
  s8: { read: (view, at) => view.getInt8(at), write: (view, at, n) => view.setInt8(at, Number(n)), range: signed(8) },
  s16: {
    read: (view, at) => view.getInt16(at, true),
    write: (view, at, n) => view.setInt16(at, Number(n), true),
    range: signed(16),
  },
  s32: {
    read: (view, at) => view.getInt32(at, true),
    write: (view, at, n) => view.setInt32(at, Number(n), true),
    range: signed(32),
  },
  s64: {
    read: (view, at) => view.getBigInt64(at, true),
    write: (view, at, n) => view.setBigInt64(at, BigInt(n), true),
    range: signed(64),
  },
  f16: {
    read: (view, at) => view.getFloat16(at, true),
    write: (view, at, n) => view.setFloat16(at, Number(n), true),
  },
  bf16: { read: readBfloat16, write: writeBfloat16 },
  f32: {
    read: (view, at) => view.getFloat32(at, true),
    write: (view, at, n) => view.setFloat32(at, Number(n), true),
  },
  f64: {
    read: (view, at) => view.getFloat64(at, true),
    write: (view, at, n) => view.setFloat64(at, Number(n), true),
  },
};

function unsigned(bits: number): readonly [bigint, bigint] {
  return [0n, 2n ** BigInt(bits) - 1n];
}

function signed(bits: number): readonly [bigint, bigint] {
  return [-(2n ** BigInt(bits - 1)), 2n ** BigInt(bits - 1) - 1n];
}

/** bfloat16 is the upper half of a 32-bit float. */
function readBfloat16(view: DataView, at: number): number {
  const wide = new DataView(new ArrayBuffer(4));
  wide.setUint16(2, view.getUint16(at, true), true);
  return wide.getFloat32(0, true);
}

/** Rounds half to even, as the wider formats do; a NaN stays one. */
function writeBfloat16(view: DataView, at: number, element: number | bigint): void {
  const wide = new DataView(new ArrayBuffer(4));
  wide.setFloat32(0, Number(element), true);
  const bits = wide.getUint32(0, true);
  const rounded = Number.isNaN(Number(element)) ? 0x7fc0 : (bits + 0x7fff + ((bits >>> 16) & 1)) >>> 16;
  view.setUint16(at, rounded, true);
}

const special = new Map([
  ["NaN", Number.NaN],
  ["Infinity", Number.POSITIVE_INFINITY],
  ["-Infinity", Number.NEGATIVE_INFINITY],
]);

/** The elements of an array in row-major order. 64-bit integers beyond what a number holds exactly are decimal text. */
export function toPlainElements({ dtype, data }: NdArray): PlainElement[] {
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  const size = dtypeBytes[dtype];
  return Array.from({ length: data.byteLength / size }, (_, index) => {
    const element = elements[dtype].read(view, index * size);
    if (dtype === "bool") return element === 1;
    const number = Number(element);
    if (typeof element === "bigint") return Number.isSafeInteger(number) ? number : String(element);
    return Number.isFinite(number) ? number : String(number);
  });
}

/** The bytes of elements in plain data; the index of the first that the dtype cannot hold, where there is one. */
export function fromPlainElements(dtype: DType, list: readonly unknown[]): Uint8Array | number {
  const size = dtypeBytes[dtype];
  const data = new Uint8Array(list.length * size);
  const view = new DataView(data.buffer);
  for (const [index, plain] of list.entries()) {
    const element = readElement(plain, elements[dtype].range);
    if (element === undefined) return index;
    elements[dtype].write(view, index * size, element);
  }
  return data;
}

function readElement(plain: unknown, range: readonly [bigint, bigint] | undefined): number | bigint | undefined {
  if (range === undefined) return typeof plain === "number" ? plain : special.get(String(plain));
  const whole = readWhole(plain);
  return whole !== undefined && whole >= range[0] && whole <= range[1] ? whole : undefined;
}

function readWhole(plain: unknown): bigint | undefined {
  if (typeof plain === "boolean" || (typeof plain === "number" && Number.isSafeInteger(plain))) return BigInt(plain);
  return typeof plain === "string" && /^-?\d{1,20}$/.test(plain) ? BigInt(plain) : undefined;
}
