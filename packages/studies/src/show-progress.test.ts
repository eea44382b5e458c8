import type { Trial } from "@trimtab/optimize";
import { expect, onTestFinished, test, vi } from "vitest";
import { type ProgressOutput, progressOutput, showProgress } from "./show-progress.ts";

const trial = (state: Trial["state"]): Trial => ({
  number: 0,
  state,
  point: {},
  parameters: {},
  spaceVersion: 1,
  values: [],
  intermediateValues: [],
  metrics: {},
  enqueued: false,
});

/** Output that keeps what it is given. */
function keep(given: Partial<ProgressOutput> = {}) {
  const texts: string[] = [];
  return { texts, output: { ...given, write: (text: string) => texts.push(text) } };
}

test("a terminal has one line that is drawn again at most ten times a second, and the last state stays", () => {
  const { texts, output } = keep({ isTTY: true, columns: 60 });
  let atMs = 0;
  const display = showProgress(output, { total: 40, found: () => ({ kind: "best", value: 3 }), now: () => atMs });
  for (let i = 0; i < 40; i++) {
    atMs += 25;
    display.onTrial(trial(i === 0 ? "failed" : "complete"));
  }
  display.end();
  expect(texts).toHaveLength(1 + 9 + 1 + 1);
  for (const text of texts.slice(0, -1)) {
    expect(text.startsWith("\r\u001b[2K")).toBe(true);
    expect(text.slice(5)).toMatch(/^[^\r\n]{1,59}$/);
  }
  expect(texts.at(-2)).toContain("40/40");
  expect(texts.at(-2)).toContain("best 3, 1 failed, 40 trials/s");
  expect(texts.at(-1)).toBe("\n");
});

test("elsewhere each tenth has a line, and the first trial", () => {
  const { texts, output } = keep();
  const display = showProgress(output, { total: 50, found: () => undefined });
  for (let i = 0; i < 50; i++) display.onTrial(trial("complete"));
  display.end();
  expect(texts.map((text) => text.slice(0, 5))).toEqual([
    " 1/50",
    ...[5, 10, 15, 20, 25, 30, 35, 40, 45, 50].map((ended) => `${String(ended).padStart(2)}/50`),
  ]);
  for (const text of texts) expect(text).toMatch(/^[^\r\n]+\n$/);
});

test("a run that ends early says where it stood, and one without trials says nothing", () => {
  const early = keep();
  const display = showProgress(early.output, { total: 100, found: () => undefined });
  for (let i = 0; i < 7; i++) display.onTrial(trial("complete"));
  display.end();
  expect(early.texts.at(-1)).toContain("7/100");
  const none = keep({ isTTY: true });
  showProgress(none.output, { total: 10, found: () => undefined }).end();
  expect(none.texts).toEqual([]);
});

test("it is shown where it was asked for, and by itself on no standard error of a test", () => {
  const { output } = keep();
  expect(progressOutput(output)).toBe(output);
  expect(progressOutput(true)).toBe(process.stderr);
  expect(progressOutput(false)).toBeUndefined();
  expect(progressOutput(undefined)).toBeUndefined();
});

test("it is shown by itself on a terminal, but not while tests run there", () => {
  const { stderr } = process;
  const { isTTY } = stderr;
  onTestFinished(() => {
    Object.assign(stderr, { isTTY });
    vi.unstubAllEnvs();
  });
  for (const [terminal, environment, output] of [
    [true, "production", stderr],
    [true, "test", undefined],
    [false, "production", undefined],
  ] as const) {
    Object.assign(stderr, { isTTY: terminal });
    vi.stubEnv("NODE_ENV", environment);
    expect(progressOutput(undefined)).toBe(output);
  }
});
