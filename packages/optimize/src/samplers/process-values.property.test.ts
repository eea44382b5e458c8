import fc from "fast-check";
import { expect, test } from "vitest";
import { toProcessValues } from "./process-values.ts";

const losses = fc.array(
  fc.oneof(
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.integer({ min: -3, max: 3 }),
    fc.double({ min: -1e-3, max: 1e3, noNaN: true }),
  ),
  { minLength: 1, maxLength: 40 },
);

test("values are finite, of mean 0 and variance 1 or all 0, and as good as the losses that they are of", () => {
  fc.assert(
    fc.property(losses, (given) => {
      const values = toProcessValues(given);
      expect(values.every(Number.isFinite)).toBe(true);
      const mean = values.reduce((sum, each) => sum + each, 0) / values.length;
      const variance = values.reduce((sum, each) => sum + each ** 2, 0) / values.length;
      expect(Math.abs(mean)).toBeLessThan(1e-6);
      expect(Math.min(variance, Math.abs(variance - 1))).toBeLessThan(1e-6);
      for (const [i, a] of given.entries()) {
        for (const [j, b] of given.entries()) if (a < b) expect(values[i]).toBeLessThanOrEqual(values[j] ?? Number.NaN);
      }
    }),
  );
});

/** How many of the values are above the middle of their range. */
const above = (values: Float64Array) => {
  const middle = (Math.min(...values) + Math.max(...values)) / 2;
  return values.filter((each) => each > middle).length;
};

test("losses that are bad by orders of magnitude are told apart by those, and losses with a tail of good ones stay as they are", () => {
  const magnitudes = Array.from({ length: 21 }, (_, i) => 10 ** (i / 4));
  // As they are, three are above the middle of the range.
  expect(above(Float64Array.from(magnitudes))).toBeLessThan(5);
  expect(above(toProcessValues(magnitudes))).toBeGreaterThanOrEqual(8);
  const plateau = magnitudes.map((each) => -each);
  const [values, last] = [toProcessValues(plateau), plateau.length - 1];
  const at = (i: number) => [(values[i] ?? 0) - (values[0] ?? 0), (plateau[i] ?? 0) - (plateau[0] ?? 0)] as const;
  const [rise, fall] = at(last);
  for (const i of plateau.keys()) expect(at(i)[0]).toBeCloseTo((rise / fall) * at(i)[1], 9);
});
