import { expect, test } from "vitest";
import { measure, median } from "./measure.ts";

test("the median is the middle, or the mean of the two in the middle", () => {
  expect(median([3, 1, 2])).toBe(2);
  expect(median([4, 1, 3, 2])).toBe(2.5);
  expect(median([])).toBeNaN();
});

test("subjects take turns, and every one is timed", async () => {
  const turns: string[] = [];
  const subject = (name: string) => ({
    name,
    run(count: number) {
      if (turns.at(-1) !== name) turns.push(name);
      spin(count);
    },
  });
  const timings = await measure([subject("a"), subject("b")], { rounds: 3, turnMs: 1 });
  expect(timings.map(({ name }) => name)).toEqual(["a", "b"]);
  for (const { micros } of timings) expect(micros).toBeGreaterThan(0);
  expect(turns.slice(-8)).toEqual(["a", "b", "a", "b", "a", "b", "a", "b"]);
});

function spin(count: number): number {
  let sum = 0;
  for (let i = 0; i < count * 50; i++) sum += Math.sqrt(i);
  return sum;
}
