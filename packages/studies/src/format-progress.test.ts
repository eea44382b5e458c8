import { expect, test } from "vitest";
import { formatProgress, type RunProgress } from "./format-progress.ts";

const progress = (given: Partial<RunProgress> = {}): RunProgress => ({
  ended: 25,
  total: 100,
  pruned: 0,
  failed: 0,
  elapsedMs: 5000,
  ...given,
});

test("a line says how many have ended, what was found, how fast, and how long it will take", () => {
  expect(formatProgress(progress({ found: { kind: "best", value: 0.0123456 } }))).toBe(
    " 25/100 █████                best 0.01235, 5 trials/s, 15 s left",
  );
  expect(formatProgress(progress({ ended: 30, pruned: 4, failed: 1, found: { kind: "front", size: 7 } }))).toBe(
    " 30/100 ██████               7 on the front, 4 pruned, 1 failed, 6 trials/s, 12 s left",
  );
});

test("slow trials have a length and not a rate, and long times have two units", () => {
  const slow = progress({ ended: 1, total: 8, elapsedMs: 1_110_000 });
  expect(formatProgress(slow)).toBe("1/8 ██▌                  18 min 30 s per trial, 2 h 9 min left");
  expect(formatProgress(progress({ ended: 0, elapsedMs: 100 }))).toBe("  0/100");
});

test("a run that is over says how long it took", () => {
  expect(formatProgress(progress({ ended: 100, elapsedMs: 80 }))).toBe(
    "100/100 ████████████████████ 1300 trials/s, 80 ms in all",
  );
});

test("a narrow terminal gets no more than fits, the bar being left out first", () => {
  const found = { kind: "best", value: -1.5 } as const;
  expect(formatProgress(progress({ found }), 50)).toBe(" 25/100 best -1.5, 5 trials/s, 15 s left");
  for (let columns = 0; columns < 80; columns++) {
    expect(formatProgress(progress({ found }), columns).length).toBeLessThanOrEqual(columns);
  }
});
