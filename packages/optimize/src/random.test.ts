import { expect, test } from "vitest";
import { createRandom, fromState } from "./random.ts";

/** xoshiro128** as its authors give it, in exact arithmetic. */
function reference(state: bigint[], count: number): number[] {
  const low = (x: bigint) => BigInt.asUintN(32, x);
  const turn = (x: bigint, k: bigint) => low(x << k) | (low(x) >> (32n - k));
  return Array.from({ length: count }, () => {
    const result = low(turn(low((state[1] ?? 0n) * 5n), 7n) * 9n);
    let [a = 0n, b = 0n, c = 0n, d = 0n] = state;
    const t = low(b << 9n);
    c ^= a;
    d ^= b;
    b ^= c;
    a ^= d;
    c ^= t;
    d = turn(d, 11n);
    state.splice(0, 4, a, b, c, d);
    return Number(result);
  });
}

test("is xoshiro128**", () => {
  const words = reference([1n, 2n, 3n, 4n], 200);
  expect(words.slice(0, 3)).toEqual([11520, 0, 5927040]);
  const random = fromState(Uint32Array.of(1, 2, 3, 4));
  for (let i = 0; i < 200; i += 2) {
    const [high = 0, low = 0] = words.slice(i, i + 2);
    expect(random.next()).toBe(((high >>> 5) * 2 ** 26 + (low >>> 6)) / 2 ** 53);
  }
});

test("the seed and each key make a stream of its own", () => {
  const first = (seed: number | bigint, ...keys: number[]) => createRandom(seed, ...keys).next();
  const streams = [
    first(0),
    first(1),
    first(2n ** 32n),
    first(-1),
    first(0, 0),
    first(0, 1),
    first(0, 1, 0),
    first(0, 0, 1),
  ];
  expect(new Set(streams).size).toBe(streams.length);
  expect(first(7, 3)).toBe(first(7n, 3));
  expect(first(-1)).toBe(first(2n ** 64n - 1n));
});

test("uniform, normal and whole numbers are distributed as they say", () => {
  const random = createRandom(5);
  const count = 20_000;
  const normals = Array.from({ length: count }, () => random.normal());
  const mean = normals.reduce((sum, x) => sum + x, 0) / count;
  expect(Math.abs(mean)).toBeLessThan(4 / Math.sqrt(count));
  const variance = normals.reduce((sum, x) => sum + x * x, 0) / count;
  expect(Math.abs(variance - 1)).toBeLessThan(4 * Math.sqrt(2 / count));
  const counts = new Float64Array(7);
  for (let i = 0; i < count; i++) {
    const at = random.below(7);
    counts[at] = (counts[at] ?? 0) + 1;
  }
  for (const each of counts) expect(Math.abs(each - count / 7)).toBeLessThan(5 * Math.sqrt(count / 7));
});
