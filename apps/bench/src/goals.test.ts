import { expect, test } from "vitest";
import { formatGoals, isMet, ratioGoal } from "./goals.ts";

test("a goal is met at its limit and beyond it, and says so", () => {
  const fast = ratioGoal("reads", [80, 100], { atLeast: 0.8 });
  const cheap = ratioGoal("cost", [151, 100], { atMost: 1.5 });
  const unknown = ratioGoal("peer", [1, Number.NaN], { atLeast: 2 });
  expect([fast, cheap, unknown].map(isMet)).toEqual([true, false, false]);
  const rows = formatGoals([fast, cheap, unknown])
    .split("\n")
    .slice(2, 5)
    .map((row) => row.split("|").map((cell) => cell.trim()));
  expect(rows).toEqual([
    ["", "reads", "at least 0.8", "0.8", "met", ""],
    ["", "cost", "at most 1.5", "1.51", "missed", ""],
    ["", "peer", "at least 2", "-", "not measured", ""],
  ]);
});
