import fc from "fast-check";
import { expect, test } from "vitest";
import { linearInterval, logInterval } from "./interval.ts";

const finite = fc.double({ noNaN: true, noDefaultInfinity: true });
const positive = fc.double({ noNaN: true, noDefaultInfinity: true, min: Number.MIN_VALUE });
const place = fc.double({ min: 0, max: 1, noNaN: true });

/** Pairs whose second is as near to the first as numbers come, or anywhere. */
const pairOf = (each: fc.Arbitrary<number>) =>
  fc
    .tuple(each, each, fc.boolean())
    .map(([a, b, isNear]) => [a, isNear ? a + Math.abs(a) * Math.min(Math.abs(b), 1e-9) : b])
    .filter((ends) => ends.every(Number.isFinite))
    .map(([a = 1, b = 1]) => [Math.min(a, b), Math.max(a, b)] as const);

test.each([
  ["linear", linearInterval, pairOf(finite)],
  ["logarithmic", logInterval, pairOf(positive)],
] as const)(
  "a %s interval gives its ends the places 0 and 1, and has numbers in the order of their places",
  (_, make, pairs) => {
    fc.assert(
      fc.property(pairs, place, place, ([min, max], one, other) => {
        const interval = make(min, max);
        const [first, second] = [interval.at(Math.min(one, other)), interval.at(Math.max(one, other))];
        expect(min <= first && first <= second && second <= max).toBe(true);
        if (min < max) expect([interval.placeOf(min), interval.placeOf(max)]).toEqual([0, 1]);
      }),
    );
  },
);

test.each([
  ["linear", linearInterval, fc.double({ min: -1e6, max: 1e6, noNaN: true })],
  ["logarithmic", logInterval, fc.double({ min: 1e-6, max: 1e6, noNaN: true })],
] as const)("a %s interval that is narrow finds the number itself again", (_, make, starts) => {
  fc.assert(
    fc.property(starts, fc.double({ min: 1e-13, max: 1e-8, noNaN: true }), place, (min, relative, at) => {
      const interval = make(min, min + Math.abs(min) * relative);
      const value = interval.at(at);
      expect(interval.at(interval.placeOf(value))).toBe(value);
    }),
  );
});
