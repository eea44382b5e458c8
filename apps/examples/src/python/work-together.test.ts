import { beforeAll, describe, expect, it } from "vitest";
import { missingPackages } from "./python-parts.ts";
import type { Step } from "./run-program.ts";
import { type Outcome, workTogether } from "./work-together.ts";

const missing = missingPackages();
const lines: string[] = [];
let outcome: Outcome;

beforeAll(async () => {
  if (missing.length === 0) outcome = await workTogether((line) => lines.push(line));
});

/** A test of the run, which says so where there was none. */
const ofRun = (name: string, body: () => void): void =>
  it(name, (context) => {
    if (missing.length > 0) context.skip(`${missing.join(", ")} not installed`);
    body();
  });

const stepsOf = (name: string): Step[] => outcome.steps.filter(({ step }) => step === name);
const stepOf = (name: string): Step | undefined => stepsOf(name)[0];

describe("a Python program over gRPC", () => {
  ofRun("registers variables in one commit, and sees them in its watch", () => {
    expect(stepOf("registered")).toMatchObject({ names: ["seed", "temperature", "topic"], revision: 2 });
    expect(stepOf("watching")).toMatchObject({ names: ["temperature", "seed", "topic"] });
  });

  ofRun("sees its own writes and those of a TypeScript program, in order", () => {
    expect(stepsOf("saw")).toMatchObject([
      { name: "temperature", value: 0.9, version: 1, actor: "python", revision: 3 },
      { name: "temperature", value: 0.45, version: 2, actor: "typescript", revision: 4 },
    ]);
    expect(stepOf("watched")?.["changes"]).toMatchObject([
      { name: "temperature", value: 0.9, version: 1, actor: "python", revision: 3 },
      { name: "temperature", value: 0.45, version: 2, actor: "typescript", revision: 4 },
      { name: "temperature", value: 1.5, version: 3, actor: "python", revision: 5 },
      { name: "seed", version: 1, actor: "python", revision: 6 },
      { name: "topic", value: "0000803e0000c0bf00004040abaaaa3e", version: 1, actor: "python", revision: 7 },
    ]);
  });

  ofRun("reads why a write over an old version is refused, and writes over the one that it is told of", () => {
    expect(stepOf("refused")).toMatchObject({
      status: "ABORTED",
      reason: "version_mismatch",
      details: { variable: "temperature", expected: 1, actual: 2 },
      message: "temperature is at version 2, not 1",
    });
    expect(stepOf("retried")).toMatchObject({ version: 3 });
  });

  ofRun("reads which limit a value breaks", () => {
    expect(stepOf("limited")).toMatchObject({
      status: "INVALID_ARGUMENT",
      reason: "constraint_violation",
      details: { field: "temperature", constraint: "max", limit: 2, value: 3 },
    });
  });

  ofRun("keeps an integer of 64 bits exact, in both languages", () => {
    expect(stepOf("integer")).toMatchObject({ seed: "9223372036854775807" });
    expect(outcome.held.seed).toBe(2n ** 63n - 1n);
  });

  ofRun("keeps an embedding bit by bit, in both languages", () => {
    expect(stepOf("embedding")).toMatchObject({ shape: [4], hex: "0000803e0000c0bf00004040abaaaa3e", same: true });
    expect(outcome.held.topic).toEqual(Float32Array.of(0.25, -1.5, 3, 1 / 3));
  });

  ofRun("both have said what they did", () => {
    expect(outcome.held.temperature).toBe(1.5);
    expect(lines.at(-1)).toMatch(/^(python|typescript): /);
    expect(lines).toContain("python:     done");
    expect(lines).toContain("typescript: saw python set temperature to 1.5, version 3");
  });
});
