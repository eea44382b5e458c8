import fc from "fast-check";
import { expect, test } from "vitest";
import { createRandom } from "../random.ts";
import { toCodedUnit } from "../space/point.ts";
import { createSpaceLayout } from "../space/space-layout.ts";
import { withoutPause } from "../steps.ts";
import { arbitrarySpace } from "../test-parts/arbitrary-space.ts";
import { climb, type Hill } from "./climb-improvement.ts";
import { drawUnit } from "./random-sampler.ts";

/** A hill with its top at a place, from which it falls with the square of the distance; axes that are not there do not count. */
function hillAt(layout: Hill["layout"], top: Float64Array, isOpen: Hill["isOpen"] = () => true): Hill {
  const offset = (x: number, i: number) => (Number.isNaN(x) ? 0 : x - (top[i] ?? 0));
  const valueAt = (unit: Float64Array) => -unit.map(offset).reduce((sum, each) => sum + each ** 2, 0);
  return {
    layout,
    isOpen,
    valueAt,
    slopesAt(unit, slopes) {
      slopes.set(unit.map((x, i) => -2 * offset(x, i)));
      return valueAt(unit);
    },
  };
}

test("climbing gives the place of a point, on the same branches, open, and never worse", () => {
  fc.assert(
    fc.property(arbitrarySpace, fc.nat(1000), (space, seed) => {
      const layout = createSpaceLayout(space);
      const random = createRandom(seed);
      const start = toCodedUnit(layout, drawUnit(layout, random));
      // Closed to one side of the start, and where the start is.
      const isOpen = (unit: Float64Array) => unit.some((x, i) => x > (start[i] as number));
      const hill = hillAt(layout, drawUnit(layout, random), isOpen);
      const from = { unit: start, value: hill.valueAt(start) };
      const { unit, value } = withoutPause(climb(hill, from));
      expect(value).toBeGreaterThanOrEqual(from.value);
      expect(Array.from(unit, Number.isNaN)).toEqual(Array.from(start, Number.isNaN));
      if (unit !== start) expect(isOpen(unit)).toBe(true);
      for (const [i, x] of toCodedUnit(layout, unit).entries()) {
        if (!Number.isNaN(x)) expect(Math.abs(x - (unit[i] ?? Number.NaN))).toBeLessThan(1e-6);
      }
    }),
  );
});

test("climbing reaches the top of a hill over real, whole and unordered axes", () => {
  const layout = createSpaceLayout({
    rate: { kind: "real", min: 0, max: 1 },
    few: { kind: "integer", min: 0n, max: 9n },
    many: { kind: "integer", min: 0n, max: 999n },
    name: { kind: "categorical", choices: ["a", "b", "c", "d"] },
  });
  const start = toCodedUnit(layout, Float64Array.of(0.9, 0.05, 0.999, 0.1));
  const top = toCodedUnit(layout, Float64Array.of(0.3, 0.72, 0.25, 0.6));
  const hill = hillAt(layout, top);
  const { unit } = withoutPause(climb(hill, { unit: start, value: hill.valueAt(start) }));
  expect(Math.abs((unit[0] ?? 0) - 0.3)).toBeLessThan(1e-2);
  expect([unit[1], unit[3]]).toEqual([top[1], top[3]]);
  // From cell to cell by powers of two: near, as there are many.
  expect(Math.abs((unit[2] ?? 0) - 0.25)).toBeLessThan(0.1);
});
