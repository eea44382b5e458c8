import { expect, it } from "vitest";
import { createRateBudget } from "./rate-budget.ts";

it("allows a burst, and then so much as time brings", () => {
  let now = 5000;
  const budget = createRateBudget(3, 2, () => now);
  expect([1, 1, 1, 1].map((times) => budget.spend(times))).toEqual([true, true, true, false]);
  now += 499;
  expect(budget.spend(1)).toBe(false);
  now += 1;
  expect([1, 1].map((times) => budget.spend(times))).toEqual([true, false]);
});

it("saves up no more than a second burst", () => {
  let now = 0;
  const budget = createRateBudget(3, 2, () => now);
  now += 3_600_000;
  expect([3, 1, 2, 1].map((times) => budget.spend(times))).toEqual([true, true, true, false]);
  now += 3_600_000;
  expect([2, 1, 1].map((times) => budget.spend(times))).toEqual([true, true, false]);
});

it("takes nothing where it does not allow all", () => {
  const budget = createRateBudget(3, 0, () => 0);
  expect([4, 3].map((times) => budget.spend(times))).toEqual([false, true]);
});
