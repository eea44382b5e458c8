import { expect, test } from "vitest";
import { createOpeningReport } from "./report-opening.ts";

function open() {
  const lines: string[] = [];
  let now = 0;
  const report = createOpeningReport(
    "data",
    (line) => lines.push(line),
    () => now,
  );
  return { lines, report, at: (ms: number) => (now = ms) };
}

test("a quick opening is not talked about", () => {
  const { lines, report, at } = open();
  report.found(1);
  at(999);
  report.found(2);
  report.done(2);
  expect(lines).toEqual([]);
});

test("a long one is told of once a second, and when it is over", () => {
  const { lines, report, at } = open();
  for (let ms = 0; ms <= 2500; ms += 100) {
    at(ms);
    report.found(ms);
  }
  report.done(30);
  expect(lines).toEqual([
    "looking through data: 1000 sessions so far",
    "looking through data: 2000 sessions so far",
    "data holds 30 sessions; found in 2.5 s",
  ]);
});
