import { mixWord } from "../random.ts";
import { joeKuo } from "./joe-kuo.ts";

const bits = 32;

/** A direction number for each bit, of each dimension: 32-bit words, the highest bit being one half. */
const directions: readonly Uint32Array[] = [
  Uint32Array.from({ length: bits }, (_, i) => 2 ** (bits - 1 - i)),
  ...joeKuo.trim().split(" ").map(toDirections),
];

/** Dimensions that the sequence has. */
export const sobolDimensions = directions.length;

/** The recurrence of Joe and Kuo, "Remark on algorithm 659: implementing Sobol's sequence generator", 2003. */
function toDirections(entry: string): Uint32Array {
  const [polynomial = 0, initial = []] = [Number.parseInt(entry, 10), entry.split(":")[1]?.split(",").map(Number)];
  const degree = initial.length;
  const v = new Uint32Array(bits);
  for (const [i, m] of initial.entries()) v[i] = m * 2 ** (bits - 1 - i);
  for (let i = degree; i < bits; i++) {
    let word = (v[i - degree] as number) ^ ((v[i - degree] as number) >>> degree);
    for (let k = 1; k < degree; k++) if ((polynomial >> (degree - k)) & 1) word ^= v[i - k] as number;
    v[i] = word;
  }
  return v;
}

/** One coordinate of a point of the Sobol sequence, as a 32-bit word; index 0 is the origin. */
export function sobolWord(index: number, dimension: number): number {
  const v = directions[dimension] as Uint32Array;
  let word = 0;
  // Points in the order of the Gray code (Antonov and Saleev, 1979).
  for (let gray = (index ^ (index >>> 1)) >>> 0, bit = 0; gray !== 0; gray >>>= 1, bit++) {
    if (gray & 1) word ^= v[bit] as number;
  }
  return word >>> 0;
}

/**
 * Scrambles a coordinate as Owen's nested uniform scrambling does, by a hash of the bits above each bit, which keeps
 * the sequence's evenness (Burley, "Practical hash-based Owen scrambling", 2020, after Laine and Karras, "Stratified
 * sampling for stochastic transparency", 2011).
 */
function scrambleWord(word: number, seed: number): number {
  let x = (reverseBits(word) + seed) | 0;
  for (const factor of [0x6c50b47c, 0xb82f1e52, 0xc7afe638, 0x8d22f6e6]) x ^= Math.imul(x, factor);
  return reverseBits(x);
}

function reverseBits(word: number): number {
  let x = word;
  x = ((x >>> 1) & 0x55555555) | ((x & 0x55555555) << 1);
  x = ((x >>> 2) & 0x33333333) | ((x & 0x33333333) << 2);
  x = ((x >>> 4) & 0x0f0f0f0f) | ((x & 0x0f0f0f0f) << 4);
  x = ((x >>> 8) & 0x00ff00ff) | ((x & 0x00ff00ff) << 8);
  return ((x >>> 16) | (x << 16)) >>> 0;
}

/** One coordinate of a scrambled point, in [0, 1). Another seed gives another scrambling, equally even. */
export const scrambledSobol = (index: number, dimension: number, seed: number): number =>
  (scrambleWord(sobolWord(index, dimension), mixWord(seed ^ Math.imul(dimension + 1, 0x9e3779b1))) + 0.5) / 2 ** bits;
