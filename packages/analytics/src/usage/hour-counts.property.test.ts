import * as fc from "fast-check";
import { expect, test } from "vitest";
import { createHourCounts } from "./hour-counts.ts";

test("hours are counted as by a plain count of each, the newest ones kept", async () => {
  const hours = fc.array(fc.integer({ min: 0, max: 9 }), { maxLength: 200 });
  await fc.assert(
    fc.property(hours, (added) => {
      const counts = createHourCounts(100);
      for (const hour of added) counts.add(hour);
      const plain = new Map<number, number>();
      for (const hour of added) plain.set(hour, (plain.get(hour) ?? 0) + 1);
      expect(new Map(counts)).toEqual(plain);
    }),
  );
  const few = createHourCounts(3);
  for (let hour = 0; hour < 10; hour++) few.add(hour);
  expect([...few]).toEqual([
    [7, 1],
    [8, 1],
    [9, 1],
  ]);
});
