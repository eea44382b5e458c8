import type { Space, ValueRecord } from "@trimtab/core";
import fc from "fast-check";
import { expect, test } from "vitest";
import { createRandom } from "../random.ts";
import { drawUnit } from "../samplers/random-sampler.ts";
import { decodePoint, encodePoint, toValues } from "../space/point.ts";
import { createSpaceLayout } from "../space/space-layout.ts";
import { arbitrarySpace } from "../test-parts/arbitrary-space.ts";
import { judge } from "./judged.ts";
import { type Repair, repairPoint } from "./repair-point.ts";

/** Repairs under a rule; gives the place, and how often the rule was asked. */
function run(repair: Repair, isAllowed: (values: ValueRecord) => boolean) {
  let asked = 0;
  const place = judge(repairPoint(repair), (values) => {
    asked++;
    return isAllowed(values) ? undefined : "no";
  });
  return { place, asked };
}

const seeds = fc.nat(2 ** 31);

test("whatever the space and the rule, what comes out is allowed, or nothing does", () => {
  fc.assert(
    fc.property(arbitrarySpace, seeds, fc.integer({ min: 2, max: 7 }), (space, seed, modulus) => {
      const layout = createSpaceLayout(space);
      const random = createRandom(seed);
      // No rule that anybody would write, which is the point.
      const isAllowed = (values: ValueRecord) => {
        const text = JSON.stringify(values, (_, each) => (typeof each === "bigint" ? String(each) : each));
        return [...text].reduce((sum, each) => (sum * 31 + each.charCodeAt(0)) >>> 0, 7) % modulus !== 0;
      };
      const valuesAt = (unit: Float64Array) => toValues(layout, decodePoint(layout, unit));
      const [target, anchor] = [drawUnit(layout, random), drawUnit(layout, random)];
      const { place } = run({ layout, target, anchor, valuesAt, random }, isAllowed);
      if (!isAllowed(valuesAt(anchor))) expect(place).toBeUndefined();
      else if (place !== undefined) expect(isAllowed(valuesAt(place))).toBe(true);
    }),
    { numRuns: 200 },
  );
});

const real: Space = { kind: "real", min: 0, max: 1 };

test("only what the broken rule speaks of stays back, after few questions", () => {
  fc.assert(
    fc.property(fc.integer({ min: 3, max: 40 }), seeds, (dimensions, seed) => {
      const layout = createSpaceLayout(
        Object.fromEntries(Array.from({ length: dimensions }, (_, i) => [`x${i}`, real])),
      );
      const random = createRandom(seed);
      const at = (values: ValueRecord, i: number) => values[`x${i}`] as number;
      const isAllowed = (values: ValueRecord) => at(values, 0) <= at(values, 1);
      const target = drawUnit(layout, random);
      target.set([0.9, 0.2]);
      const anchor = drawUnit(layout, random);
      anchor.set([0.3, 0.5]);
      const valuesAt = (unit: Float64Array) => toValues(layout, decodePoint(layout, unit));
      const { place, asked } = run({ layout, target, anchor, valuesAt, random }, isAllowed);
      if (place === undefined) return expect.fail("there is an allowed way of some length");
      expect(isAllowed(valuesAt(place))).toBe(true);
      expect(place.subarray(2)).toEqual(target.subarray(2));
      expect(asked).toBeLessThan(10 + 4 * Math.ceil(Math.log2(dimensions)));
    }),
  );
});

test("a branch is taken with all that it brings, or not at all", () => {
  const branches = { a: { n: { kind: "integer", min: 1n, max: 9n } }, b: { x: real } } as const;
  const choice: Space = {
    kind: "conditional",
    branches,
    toValue: (branch, parameters) => ({ branch, parameters }),
  };
  const layout = createSpaceLayout({ choice, y: real });
  const valuesAt = (unit: Float64Array) => toValues(layout, decodePoint(layout, unit));
  const placeOf = (point: ValueRecord) => encodePoint(layout, point) ?? new Float64Array();
  // In the order of the axes; a target has no gaps.
  const target = Float64Array.of(0.9, 0.5, 0.7, 0.95);
  const anchor = placeOf({ choice: "a", "choice/a/n": 3, y: 0.1 });
  const repair = { layout, target, anchor, valuesAt, random: createRandom(1) };
  const { place } = run(repair, ({ y }) => (y as number) < 0.5);
  const values = valuesAt(place ?? new Float64Array());
  expect(values["choice"]).toEqual({ branch: "b", parameters: { x: 0.7 } });
  expect(values["y"]).toBeLessThan(0.5);
});
