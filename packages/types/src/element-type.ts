import type { DType } from "@trimtab/core";
import { bfloat16, type FloatFormat, float16 } from "./float-format.ts";

/** `Float16Array` as the program's own `lib` declares it. Under one that does not, a bare name would be `any`. */
type HalfArray = typeof globalThis extends { readonly Float16Array: { readonly prototype: infer A } }
  ? A
  : ArrayBufferView & ArrayLike<number>;

/**
 * The arrays in which a program holds elements of each dtype. `bool` is 0 or 1. `bf16` is raw bits, and so is `f16` on
 * a runtime without `Float16Array`; `toNested` and the `bfloat16` and `float16` formats read both.
 */
export interface ElementArrays {
  bool: Uint8Array;
  u8: Uint8Array;
  u16: Uint16Array;
  u32: Uint32Array;
  u64: BigUint64Array;
  s8: Int8Array;
  s16: Int16Array;
  s32: Int32Array;
  s64: BigInt64Array;
  f16: HalfArray | Uint16Array;
  bf16: Uint16Array;
  f32: Float32Array;
  f64: Float64Array;
}

/** Any array of elements. */
export type ElementArray = ElementArrays[DType];

/** How elements of one dtype are held, read and written. */
export interface ElementType {
  /** Views bytes as elements: all of them, or `count` elements from byte `at` on, which must be where one may lie. */
  view(bytes: ArrayBuffer, at?: number, count?: number): ElementArray;
  /** Reads one element exactly: 64-bit integers as bigint, the rest as number. */
  get(array: ElementArray, index: number): number | bigint;
  /** Writes one element, floats rounded to nearest; `false` where the dtype cannot hold the value. */
  set(array: ElementArray, index: number, value: unknown): boolean;
  /** Index of the first NaN or infinity, or -1. */
  indexOfSpecial(array: ElementArray): number;
}

type NumberArray = Exclude<ElementArray, BigInt64Array | BigUint64Array>;
type NumberArrayConstructor = new (buffer: ArrayBuffer, at?: number, count?: number) => NumberArray;

/** A number to write: a float, a bigint's nearest finite float, or a text that stands for what JSON cannot write. */
function toNumber(value: unknown): number | undefined {
  if (typeof value === "number") return value;
  if (typeof value === "bigint") {
    const nearest = Number(value);
    return Number.isFinite(nearest) ? nearest : undefined;
  }
  return value === "NaN" || value === "Infinity" || value === "-Infinity" ? Number(value) : undefined;
}

/** What becomes infinite was too large, unless it was no finite number to begin with. */
const fits = (rounded: number, value: number): boolean => Number.isFinite(rounded) || !Number.isFinite(value);

function floatElements(Elements: NumberArrayConstructor): ElementType {
  return {
    view: (...bytes) => new Elements(...bytes),
    get: (array, index) => (array as NumberArray)[index] as number,
    set: (array, index, value) => {
      const number = toNumber(value);
      if (number === undefined) return false;
      array[index] = number;
      return fits(array[index] as number, number);
    },
    indexOfSpecial: (array) => {
      const floats = array as Float64Array;
      let sum = 0;
      // One multiplication per element: 0 times anything that is not finite is NaN.
      for (let i = 0; i < floats.length; i++) sum += (floats[i] as number) * 0;
      return sum === 0 ? -1 : floats.findIndex((float) => !Number.isFinite(float));
    },
  };
}

/** 16-bit floats as raw bits. */
const rawElements = (format: FloatFormat): ElementType => ({
  view: (...bytes) => new Uint16Array(...bytes),
  get: (array, index) => format.decode(array[index] as number),
  set: (array, index, value) => {
    const number = toNumber(value);
    if (number === undefined) return false;
    const bits = format.encode(number);
    array[index] = bits;
    return !format.isSpecial(bits) || !Number.isFinite(number);
  },
  indexOfSpecial: (array) => (array as Uint16Array).findIndex(format.isSpecial),
});

function integerElements(Elements: NumberArrayConstructor, min: number, max: number): ElementType {
  return {
    view: (...bytes) => new Elements(...bytes),
    get: (array, index) => (array as NumberArray)[index] as number,
    set: (array, index, value) => {
      if (typeof value !== "number" && typeof value !== "bigint") return false;
      if (!(value >= min && value <= max) || !Number.isInteger(Number(value))) return false;
      array[index] = Number(value);
      return true;
    },
    indexOfSpecial: () => -1,
  };
}

/** 64-bit integers; a number beyond ±(2^53-1) is refused, since it may already have been rounded. */
function bigintElements(Elements: BigInt64ArrayConstructor | BigUint64ArrayConstructor): ElementType {
  const [min, max] = Elements === BigInt64Array ? [-(2n ** 63n), 2n ** 63n - 1n] : [0n, 2n ** 64n - 1n];
  return {
    view: (...bytes) => new Elements(...bytes),
    get: (array, index) => array[index] as bigint,
    set: (array, index, value) => {
      if (typeof value !== "bigint" && !Number.isSafeInteger(value)) return false;
      const exact = BigInt(value as bigint | number);
      if (exact < min || exact > max) return false;
      array[index] = exact;
      return true;
    },
    indexOfSpecial: () => -1,
  };
}

const booleanElements: ElementType = {
  view: (...bytes) => new Uint8Array(...bytes),
  get: (array, index) => array[index] as number,
  set: (array, index, value) => {
    const bit = typeof value === "boolean" || typeof value === "bigint" ? Number(value) : value;
    if (bit !== 0 && bit !== 1) return false;
    array[index] = bit;
    return true;
  },
  indexOfSpecial: () => -1,
};

/** Makes the table of element types for a runtime that has, or lacks, `Float16Array`. */
export const createElementTypes = (
  Float16: (new (buffer: ArrayBuffer, at?: number, count?: number) => HalfArray) | undefined,
): Readonly<Record<DType, ElementType>> => ({
  bool: booleanElements,
  u8: integerElements(Uint8Array, 0, 2 ** 8 - 1),
  u16: integerElements(Uint16Array, 0, 2 ** 16 - 1),
  u32: integerElements(Uint32Array, 0, 2 ** 32 - 1),
  u64: bigintElements(BigUint64Array),
  s8: integerElements(Int8Array, -(2 ** 7), 2 ** 7 - 1),
  s16: integerElements(Int16Array, -(2 ** 15), 2 ** 15 - 1),
  s32: integerElements(Int32Array, -(2 ** 31), 2 ** 31 - 1),
  s64: bigintElements(BigInt64Array),
  f16: Float16 === undefined ? rawElements(float16) : floatElements(Float16),
  bf16: rawElements(bfloat16),
  f32: floatElements(Float32Array),
  f64: floatElements(Float64Array),
});

/** The element types of this runtime. */
export const elementTypes: Readonly<Record<DType, ElementType>> = createElementTypes(
  typeof Float16Array === "undefined" ? undefined : Float16Array,
);

const arrayDtypes = new Map<unknown, DType>([
  [Uint8Array, "u8"],
  [Uint8ClampedArray, "u8"],
  [Uint16Array, "u16"],
  [Uint32Array, "u32"],
  [BigUint64Array, "u64"],
  [Int8Array, "s8"],
  [Int16Array, "s16"],
  [Int32Array, "s32"],
  [BigInt64Array, "s64"],
  [Float32Array, "f32"],
  [Float64Array, "f64"],
]);
if (typeof Float16Array !== "undefined") arrayDtypes.set(Float16Array, "f16");

/** The dtype whose elements a typed array holds, or `undefined` for what is none, such as a `DataView`. */
export function dtypeOf(array: ArrayBufferView): DType | undefined {
  for (const [Elements, dtype] of arrayDtypes) if (array instanceof (Elements as typeof Uint8Array)) return dtype;
  return undefined;
}
