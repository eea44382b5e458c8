import { expect, test } from "vitest";
import { rankTest } from "./rank-test.ts";

test("samples apart are told apart, and the same sample is not", () => {
  const [low, high] = [Array.from({ length: 10 }, (_, i) => i), Array.from({ length: 10 }, (_, i) => i + 10)];
  // U = 0 of 10 and 10: z = (50 - 0.5) / sqrt(175) = 3.742.
  expect(rankTest(low, high)).toEqual({ share: 1, p: expect.closeTo(0.000183, 5) });
  expect(rankTest(high, low).share).toBe(0);
  expect(rankTest(low, low)).toEqual({ share: 0.5, p: expect.closeTo(1, 6) });
  expect(rankTest([1, 1], [1, 1]).p).toBe(1);
});
