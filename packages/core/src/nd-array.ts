/** Element types of an n-dimensional array: IEEE floats, bfloat16, signed and unsigned integers, and booleans. */
export const dtypes = [
  "bool",
  "u8",
  "u16",
  "u32",
  "u64",
  "s8",
  "s16",
  "s32",
  "s64",
  "f16",
  "bf16",
  "f32",
  "f64",
] as const;

/** One of {@link dtypes}. */
export type DType = (typeof dtypes)[number];

/** Bytes that one element of each dtype takes. */
export const dtypeBytes: Readonly<Record<DType, number>> = {
  bool: 1,
  u8: 1,
  u16: 2,
  u32: 4,
  u64: 8,
  s8: 1,
  s16: 2,
  s32: 4,
  s64: 8,
  f16: 2,
  bf16: 2,
  f32: 4,
  f64: 8,
};

/**
 * An n-dimensional array as it is stored and sent: elements in row-major order, little-endian, without padding.
 * `data` holds exactly `product(shape) * dtypeBytes[dtype]` bytes and is shared, not copied: do not write to it.
 */
export interface NdArray {
  readonly dtype: DType;
  /** Extent of each dimension, outermost first; `[]` is a scalar. */
  readonly shape: readonly number[];
  readonly data: Uint8Array;
}

/** Number of elements that a shape holds. */
export const elementCount = (shape: readonly number[]): number =>
  shape.reduce((product, extent) => product * extent, 1);

/** Says whether a value is an {@link NdArray} whose dtype is known and whose byte count agrees with its shape. */
export function isNdArray(value: unknown): value is NdArray {
  if (typeof value !== "object" || value === null) return false;
  const { dtype, shape, data } = value as Partial<NdArray>;
  if (!(data instanceof Uint8Array) || !Array.isArray(shape) || typeof dtype !== "string") return false;
  if (!Object.hasOwn(dtypeBytes, dtype) || !isShape(shape)) return false;
  return elementCount(shape) * dtypeBytes[dtype] === data.byteLength;
}

/** By index, since iterating methods of lists pass over holes. */
function isShape(extents: readonly unknown[]): boolean {
  for (let i = 0; i < extents.length; i++) {
    const extent = extents[i];
    if (!Number.isSafeInteger(extent) || (extent as number) < 0) return false;
  }
  return true;
}

const settled = new WeakSet<ArrayBufferView>();

/**
 * Declares that nobody will write to some array's memory any more, so that types may keep it where they would otherwise
 * copy. What a program may still hold and change must not be declared so.
 */
export function settle<T extends ArrayBufferView>(array: T): T {
  settled.add(array);
  return array;
}

/** Says whether an array's memory was declared never to change, see {@link settle}. */
export const isSettled = (array: ArrayBufferView): boolean => settled.has(array);

const finite = new WeakMap<ArrayBufferLike, ArrayBufferView>();

/**
 * Declares that some memory, read as floats of 32 bits, holds finite numbers alone, and that nobody will write to it any more: whoever
 * looked at them as they came spares others to do so again. One such declaration holds for each buffer, the last.
 */
export const noteFinite = (floats: Float32Array): void => void finite.set(floats.buffer, floats);

/** Says whether floats lie within memory that was declared to hold finite ones alone, see {@link noteFinite}. */
export function isNotedFinite({ buffer, byteOffset, byteLength }: Float32Array): boolean {
  const noted = finite.get(buffer);
  if (noted === undefined || (byteOffset - noted.byteOffset) % Float32Array.BYTES_PER_ELEMENT !== 0) return false;
  return byteOffset >= noted.byteOffset && byteOffset + byteLength <= noted.byteOffset + noted.byteLength;
}
