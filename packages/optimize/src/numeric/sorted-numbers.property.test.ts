import fc from "fast-check";
import { expect, test } from "vitest";
import { createSortedNumbers } from "./sorted-numbers.ts";

const number = fc.oneof(fc.integer({ min: -5, max: 5 }), fc.double({ noNaN: true, noDefaultInfinity: true }));

test("numbers are where sorting puts them, however many there are", () => {
  fc.assert(
    fc.property(fc.array(number, { maxLength: 40 }), fc.integer({ min: 1, max: 120 }), number, (some, times, asked) => {
      const sorted = createSortedNumbers();
      const all = Array.from({ length: times }, (_, i) => some.map((each) => each + i)).flat();
      for (const each of all) sorted.insert(each);
      const expected = all.toSorted((a, b) => a - b);
      expect(sorted.size).toBe(all.length);
      expect(Array.from(all.keys(), (i) => sorted.at(i))).toEqual(expected.map((each) => each + 0));
      expect(sorted.at(all.length)).toBeNaN();
      expect(sorted.countBelow(asked)).toBe(all.filter((each) => each < asked).length);
    }),
  );
});
