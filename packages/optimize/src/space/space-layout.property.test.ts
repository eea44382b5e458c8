import fc from "fast-check";
import { expect, test } from "vitest";
import { createRandom } from "../random.ts";
import { arbitrarySpace } from "../test-parts/arbitrary-space.ts";
import { isValid } from "../test-parts/is-valid.ts";
import { decodePoint, encodePoint, fromValues, toValues } from "./point.ts";
import { createSpaceLayout } from "./space-layout.ts";

const unitOf = fc.oneof(fc.constantFrom(0, 1), fc.double({ min: 0, max: 1, noNaN: true }));

test("every place in the cube is a valid point, the cube's corners included", () => {
  fc.assert(
    fc.property(arbitrarySpace, fc.infiniteStream(unitOf), (space, units) => {
      const layout = createSpaceLayout(space);
      const unit = Float64Array.from(layout.axes, () => units.next().value);
      const values = toValues(layout, decodePoint(layout, unit));
      expect(
        isValid(space, values),
        JSON.stringify(values, (_, v) => (typeof v === "bigint" ? `${v}n` : v)),
      ).toBe(true);
    }),
    { numRuns: 300 },
  );
});

test("a point is found again from its place and from its values", () => {
  fc.assert(
    fc.property(arbitrarySpace, fc.integer(), (space, seed) => {
      const layout = createSpaceLayout(space);
      const random = createRandom(seed);
      const point = decodePoint(
        layout,
        Float64Array.from(layout.axes, () => random.next()),
      );
      expect(fromValues(layout, toValues(layout, point))).toEqual(point);
      const unit = encodePoint(layout, point);
      expect(unit?.some((each) => each < 0 || each > 1)).toBe(false);
      const place = unit?.map((each) => (Number.isNaN(each) ? 0.5 : each)) ?? new Float64Array();
      const again = encodePoint(layout, decodePoint(layout, place));
      const isThere = (each: number) => !Number.isNaN(each);
      expect(Array.from(again ?? [], isThere)).toEqual(Array.from(unit ?? [], isThere));
      for (const [i, each] of unit?.entries() ?? []) if (isThere(each)) expect(again?.[i]).toBeCloseTo(each, 6);
    }),
    { numRuns: 300 },
  );
});
