import { beforeAll, describe, expect, it } from "vitest";
import { type Driven, driveStudy } from "./drive-study.ts";
import { missingPackages } from "./python-parts.ts";
import type { Step } from "./run-program.ts";

const missing = missingPackages();
let driven: Driven;

beforeAll(async () => {
  if (missing.length === 0) driven = await driveStudy(() => {});
});

/** A test of the run, which says so where there was none. */
const ofRun = (name: string, body: () => void): void =>
  it(name, (context) => {
    if (missing.length > 0) context.skip(`${missing.join(", ")} not installed`);
    body();
  });

const stepOf = (name: string): Step | undefined => driven.steps.find(({ step }) => step === name);

describe("an optimizer in Python that drives a study over gRPC", () => {
  ofRun("has every trial of its own making counted", () => {
    expect(driven.study.trialCounts).toMatchObject({ complete: 60, running: 0, waiting: 0, failed: 0 });
    expect(driven.trials.every(({ enqueued, clientId }) => enqueued && clientId === "evolution-strategy")).toBe(true);
    expect(driven.trials[0]?.parameters).toEqual({ rate: 0.5, momentum: 0.4 });
  });

  ofRun("is refused what lies outside the limits or breaks a rule, and reads why", () => {
    const reasons = driven.steps.filter(({ step }) => step === "refused").map(({ reason, status }) => [reason, status]);
    expect(reasons.length).toBeGreaterThan(0);
    for (const [reason, status] of reasons) {
      expect([
        ["invalid_argument", "INVALID_ARGUMENT"],
        ["rule_violation", "FAILED_PRECONDITION"],
      ]).toContainEqual([reason, status]);
    }
    expect(driven.trials.every(({ parameters: { rate, momentum } }) => Number(rate) + Number(momentum) <= 1.2)).toBe(
      true,
    );
  });

  ofRun("finds a better point, which is applied to the live variables", () => {
    expect(stepOf("searched")?.["best"]).toBeLessThan(0.001);
    expect(driven.values).toEqual(stepOf("applied")?.["values"]);
    expect(driven.study.appliedTrial).toBe(stepOf("applied")?.["number"]);
  });

  ofRun("is watched from TypeScript, which hears of each better trial in order", () => {
    expect(driven.watched).toEqual([...driven.watched].sort((a, b) => b - a));
    expect(driven.watched.at(-1)).toBe(stepOf("applied")?.["loss"]);
  });
});
