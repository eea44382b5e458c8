import { isNdArray, type NdArray, type Payload } from "@trimtab/core";
import { elementTypes } from "./element-type.ts";
import { bfloat16, type FloatFormat, float16 } from "./float-format.ts";
import { scaleToUnit } from "./unit-norm.ts";

/** The forms in which an embedding's components can be stored. */
export const embeddingDtypes = ["f64", "f32", "f16", "bf16"] as const;

/** One of {@link embeddingDtypes}. */
export type EmbeddingDType = (typeof embeddingDtypes)[number];

/** The array in which a program holds components that are stored as `D`. */
export type EmbeddingArray<D extends EmbeddingDType = EmbeddingDType> = {
  f64: Float64Array;
  f32: Float32Array;
  f16: Float32Array;
  bf16: Float32Array;
}[D];

const halfFormats = { f16: float16, bf16: bfloat16 } as const;

// A Float32Array holds three dtypes exactly and cannot say which it came from, and `encode` sees no constraints. What
// is not listed here was made by a program, whose array is 32 bits wide.
const halfDtypes = new WeakMap<EmbeddingArray, keyof typeof halfFormats>();

const markHalf = (components: Float32Array, dtype: keyof typeof halfFormats): Float32Array => {
  halfDtypes.set(components, dtype);
  return components;
};

/**
 * Scales components to unit length, in place, and rounds them to a dtype, ties to even. A vector that this function
 * gave comes out as it is, and so does a zero vector.
 *
 * @param sumOfSquares - of the components, as far as it can be computed; it may have overflowed or underflowed
 */
export function roundToUnit(components: Float64Array, sumOfSquares: number, dtype: EmbeddingDType) {
  if (Math.abs(Math.sqrt(sumOfSquares) - 1) <= unitTolerance(components.length, dtype)) {
    const rounded = roundComponents(components, dtype);
    // A vector that is not of the dtype has to be scaled, since rounding alone could carry its norm further from 1.
    if (typeof rounded !== "number" && embeddingEquals(rounded, components)) return rounded;
  }
  scaleToUnit(components, sumOfSquares);
  return roundComponents(components, dtype);
}

/** Says whether two embeddings have the same components, in whatever dtypes; `0` equals `-0`. */
export function embeddingEquals(a: EmbeddingArray, b: EmbeddingArray): boolean {
  if (a === b) return true;
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

/** Rounds components to a dtype, ties to even; gives the index of one that it cannot hold instead where there is one. */
export function roundComponents(components: Float64Array, dtype: EmbeddingDType): EmbeddingArray | number {
  if (dtype === "f64") return components;
  const rounded = new Float32Array(components);
  if (dtype !== "f32") {
    const format: FloatFormat = halfFormats[dtype];
    for (let i = 0; i < rounded.length; i++) rounded[i] = format.decode(format.encode(components[i] as number));
    markHalf(rounded, dtype);
  }
  const unheld = elementTypes.f32.indexOfSpecial(rounded);
  return unheld < 0 ? rounded : unheld;
}

/**
 * How far from 1 the norm of a vector may be that was scaled to unit length and then rounded: each component is off by
 * at most the dtype's roundoff, those near zero by at most its smallest number, and the sum by one rounding per term.
 */
function unitTolerance(dimensions: number, dtype: EmbeddingDType): number {
  const summation = (dimensions + 8) * Number.EPSILON;
  if (dtype === "f64") return summation;
  const { unitRoundoff, smallest } =
    dtype === "f32" ? { unitRoundoff: 2 ** -24, smallest: 2 ** -149 } : halfFormats[dtype];
  return summation + 2 * unitRoundoff + Math.sqrt(dimensions) * smallest;
}

/** The stored form of an embedding; its bytes are copied. */
export function encodeEmbedding(value: EmbeddingArray): Payload {
  const shape = [value.length];
  const half = halfDtypes.get(value);
  if (half !== undefined) {
    const bits = new Uint16Array(value.length);
    const { encode } = halfFormats[half];
    for (let i = 0; i < bits.length; i++) bits[i] = encode(value[i] as number);
    return { kind: "array", value: { dtype: half, shape, data: new Uint8Array(bits.buffer) } };
  }
  const data = new Uint8Array(value.buffer, value.byteOffset, value.byteLength).slice();
  return { kind: "array", value: { dtype: value instanceof Float64Array ? "f64" : "f32", shape, data } };
}

/**
 * Reads an embedding's stored form; the bytes are copied.
 *
 * @throws TypeError for a payload that is no vector of finite floats
 */
export function decodeEmbedding(payload: Payload): EmbeddingArray {
  const array = payload.kind === "array" && isNdArray(payload.value) ? payload.value : undefined;
  if (array?.shape.length !== 1) throw new TypeError("no stored embedding");
  const components = storedComponents(array);
  if (elementTypes[components instanceof Float64Array ? "f64" : "f32"].indexOfSpecial(components) >= 0) {
    throw new TypeError("no stored embedding: a component is not finite");
  }
  return components;
}

function storedComponents({ dtype, data }: NdArray): EmbeddingArray {
  const { buffer } = new Uint8Array(data);
  switch (dtype) {
    case "f64":
      return new Float64Array(buffer);
    case "f32":
      return new Float32Array(buffer);
    case "f16":
    case "bf16":
      return decodeHalf(new Uint16Array(buffer), dtype);
    default:
      throw new TypeError(`no stored embedding: its dtype is ${dtype}`);
  }
}

function decodeHalf(bits: Uint16Array, dtype: keyof typeof halfFormats): Float32Array {
  const components = new Float32Array(bits.length);
  const { decode } = halfFormats[dtype];
  for (let i = 0; i < bits.length; i++) components[i] = decode(bits[i] as number);
  return markHalf(components, dtype);
}
