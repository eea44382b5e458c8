import fc from "fast-check";
import { expect, test } from "vitest";
import { type Losses, sortIntoFronts } from "./dominance.ts";
import { createGrowingFronts } from "./growing-fronts.ts";

/** Few values, so that many are equal in some objectives and in all. */
const losses = fc.integer({ min: 1, max: 4 }).chain((objectives) => {
  const point = fc.array(fc.integer({ min: 0, max: 6 }), { minLength: objectives, maxLength: objectives });
  return fc.array(point, { maxLength: 40 });
});

test("fronts that grew are those of sorting all that was added, whatever came first", () => {
  fc.assert(
    fc.property(losses, (added) => {
      const growing = createGrowingFronts((index: number) => added[index] as Losses);
      for (const index of added.keys()) {
        growing.add(index);
        const sorted = sortIntoFronts(added.slice(0, index + 1));
        expect(growing.fronts.map((front) => [...front].sort((a, b) => a - b))).toEqual(sorted);
      }
    }),
  );
});
