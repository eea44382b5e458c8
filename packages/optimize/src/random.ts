import type { Random as CoreRandom } from "@trimtab/core";
import { checkLimit } from "./check-limit.ts";
import { inverseNormalCdf } from "./numeric/normal.ts";

/** A stream of random numbers that the seed determines: what points are drawn by in `core`, and normal numbers. */
export interface Random extends CoreRandom {
  /** A number of the standard normal distribution. */
  normal(): number;
}

/**
 * Starts a stream. The seed is taken modulo 2^64. Streams of one seed with different keys, for instance the number
 * of a trial, are independent of each other for all practical purposes, so that each can be drawn without the others.
 *
 * Numbers come from xoshiro128** (Blackman and Vigna, "Scrambled linear pseudorandom number generators", 2021); its
 * state is filled by hashing the seed and the keys with the finaliser of MurmurHash3 (Appleby).
 *
 * @throws StoreError `invalid_argument` for a seed that is no whole number
 */
export function createRandom(seed: number | bigint, ...keys: readonly number[]): Random {
  if (typeof seed !== "bigint") checkLimit("seed", seed, Number.MIN_SAFE_INTEGER);
  return fromState(seedState(seed, keys));
}

// Half of the distance between two uniform numbers: keeps them off 0, where the normal distribution has no inverse.
const halfStep = 2 ** -54;

/** The stream that goes on from four 32-bit words, not all of them 0. */
export function fromState(state: Uint32Array): Random {
  const word = () => nextWord(state);
  const next = () => ((word() >>> 5) * 0x4000000 + (word() >>> 6)) / 0x20000000000000;
  return {
    next,
    // One uniform number each, so that how much of a stream was used never depends on what came out of it.
    normal: () => inverseNormalCdf(next() + halfStep),
    below: (count) => Math.floor(next() * count),
  };
}

/** xoshiro128**, one step: gives an unsigned 32-bit word. */
function nextWord(state: Uint32Array): number {
  const [s0 = 0, s1 = 0, s2 = 0, s3 = 0] = state;
  const result = Math.imul(rotateLeft(Math.imul(s1, 5), 7), 9) >>> 0;
  const c = s2 ^ s0;
  const d = s3 ^ s1;
  state[0] = s0 ^ d;
  state[1] = s1 ^ c;
  state[2] = c ^ (s1 << 9);
  state[3] = rotateLeft(d, 11);
  return result;
}

const rotateLeft = (word: number, bits: number): number => (word << bits) | (word >>> (32 - bits));

function seedState(seed: number | bigint, keys: readonly number[]): Uint32Array {
  const whole = BigInt.asUintN(64, BigInt(seed));
  const words = [Number(whole & 0xffffffffn), Number(whole >> 32n), ...keys];
  const state = new Uint32Array(4);
  for (let i = 0; i < 4; i++) {
    let hash = 0x9e3779b9 * (i + 1);
    for (const word of words) hash = mixWord(Math.imul(hash, 0x85ebca6b) ^ word);
    state[i] = hash;
  }
  if (state.every((word) => word === 0)) state[0] = 1;
  return state;
}

/** Finaliser of MurmurHash3: every bit of the word changes every bit of the result with probability near one half. */
export function mixWord(word: number): number {
  let h = word + 0x6d2b79f5;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}
