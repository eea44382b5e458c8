import { type Space, storeError, type ValueRecord } from "@trimtab/core";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseSampler } from "../samplers/parse-sampler.ts";
import { type AskRules, decideAsk } from "./decide-study.ts";
import { evolveStudy } from "./evolve-study.ts";
import { createStudy } from "./study.ts";
import { initialStudyState, type StudyOptions, type StudyState } from "./study-state.ts";

const real: Space = { kind: "real", min: 0, max: 1 };
const box = (dimensions: number) =>
  Object.fromEntries(Array.from({ length: dimensions }, (_, i) => [`x${i}`, real] as const));
const numbers = (values: ValueRecord) => Object.values(values) as number[];

/** Rules that a random point keeps once in 720 times, in 10 000, never, and in 3 000; each with a point that keeps it. */
const rules = {
  ordered: {
    isAllowed: (values: ValueRecord) => numbers(values).every((x, i, all) => i === 0 || (all[i - 1] ?? 0) <= x),
    anchor: [0.1, 0.2, 0.3, 0.4, 0.5, 0.6],
  },
  "a sum within a hundredth": {
    isAllowed: (values: ValueRecord) => Math.abs(numbers(values).reduce((sum, x) => sum + x, 0) - 1) < 0.005,
    anchor: [0.1, 0.1, 0.2, 0.2, 0.2, 0.2],
  },
  "shares that make one": {
    isAllowed: (values: ValueRecord) => Math.abs(numbers(values).reduce((sum, x) => sum + x, 0) - 1) < 1e-9,
    anchor: [0.5, 0.1, 0.1, 0.1, 0.1, 0.1],
  },
  "a ball in a corner": {
    isAllowed: (values: ValueRecord) => numbers(values).reduce((sum, x) => sum + x * x, 0) < 0.16,
    anchor: [0.1, 0.1, 0.1, 0.1, 0.1, 0.1],
  },
};

/** Asks and tells, under rules that answer later. */
async function run(options: StudyOptions, rule: AskRules, trials: number) {
  let state: StudyState = initialStudyState(options);
  let most = 0;
  for (let i = 0; i < trials; i++) {
    let asked = 0;
    const objectionTo = async (values: ValueRecord) => {
      asked++;
      await Promise.resolve();
      return rule.objectionTo(values);
    };
    const decision = await decideAsk(state, { kind: "ask-trials" }, { ...rule, objectionTo });
    if (decision.kind === "refused") return expect.fail(decision.refusal.message);
    most = Math.max(most, asked);
    state = decision.events.reduce(evolveStudy, state);
    const [number = -1] = decision.numbers;
    const values = [numbers(state.trials[number]?.parameters ?? {}).reduce((sum, x) => sum + (x - 0.3) ** 2, 0)];
    state = evolveStudy(state, { kind: "trial-completed", number, values, metrics: {} });
  }
  return { state, most };
}

describe.each(Object.entries(rules))("under the rule of %s", (_, { isAllowed, anchor }) => {
  const anchors = [Object.fromEntries(anchor.map((x, i) => [`x${i}`, x]))];

  test.each(["random", "sobol", "tpe", "gp", "cma-es", "nsga2"])("%s suggests what is allowed", async (name) => {
    await fc.assert(
      fc.asyncProperty(fc.nat(2 ** 31), async (seed) => {
        const sampler = parseSampler({ name });
        const rule = { objectionTo: async (values: ValueRecord) => (isAllowed(values) ? undefined : "no"), anchors };
        const { state, most } = await run({ space: box(6), sampler, seed }, rule, 25);
        for (const { parameters } of state.trials) expect(isAllowed(parameters)).toBe(true);
        // Not one and the same place again and again.
        expect(new Set(state.trials.map(({ point }) => JSON.stringify(point))).size).toBe(25);
        expect(most).toBeLessThan(200);
      }),
      { numRuns: name === "gp" ? 2 : 5 },
    );
  });

  test("rules that answer at once need no anchor but what was enqueued", () => {
    const study = createStudy({ space: box(6), isAllowed, seed: 4 });
    for (const values of anchors) study.enqueue(values);
    for (let i = 0; i < 20; i++) {
      const { number = -1, parameters = {} } = study.ask() ?? {};
      expect(isAllowed(parameters)).toBe(true);
      study.tell(number, numbers(parameters)[0] ?? 0);
    }
  });
});

test("whole numbers of a fixed sum are exchanged exactly", async () => {
  const whole = (max: bigint): Space => ({ kind: "integer", min: 0n, max });
  const space = { x0: whole(100n), x1: whole(100n), x2: whole(20n) };
  const isAllowed = (values: ValueRecord) => numbers(values).reduce((sum, x) => sum + x, 0) === 60;
  const objectionTo = async (values: ValueRecord) => (isAllowed(values) ? undefined : "no");
  const rule = { objectionTo, anchors: [{ x0: 20, x1: 30, x2: 10 }] };
  const { state } = await run({ space, seed: 2 }, rule, 30);
  for (const { parameters } of state.trials) expect(isAllowed(parameters)).toBe(true);
  expect(new Set(state.trials.map(({ point }) => JSON.stringify(point))).size).toBeGreaterThan(20);
});

test("a grid gets past what the rules refuse, and puts nothing in its place", async () => {
  const space = { x0: real, x1: real };
  const objectionTo = async (values: ValueRecord) =>
    (values["x0"] as number) + (values["x1"] as number) === 1 ? undefined : "no";
  let state = initialStudyState({ space, sampler: parseSampler({ name: "grid", config: { pointsPerAxis: 3 } }) });
  const decision = await decideAsk(state, { kind: "ask-trials", count: 9 }, { objectionTo });
  if (decision.kind === "refused") return expect.fail(decision.refusal.message);
  state = decision.events.reduce(evolveStudy, state);
  expect(state.trials.map(({ parameters }) => numbers(parameters))).toEqual([
    [0, 1],
    [0.5, 0.5],
    [1, 0],
  ]);
});

test("a grid asks once about each point that the rules refuse, and no more often than is bearable", async () => {
  const grid = (pointsPerAxis: number) =>
    initialStudyState({ space: box(2), sampler: parseSampler({ name: "grid", config: { pointsPerAxis } }) });
  const asked: string[] = [];
  const objectionTo = async (values: ValueRecord) => {
    asked.push(JSON.stringify(values));
    return values["x1"] === 1 ? undefined : "x1 is too low";
  };
  let state = grid(60);
  for (let i = 0; i < 60; i++) {
    const decision = await decideAsk(state, { kind: "ask-trials" }, { objectionTo });
    if (decision.kind === "refused") return expect.fail(decision.refusal.message);
    expect(decision.numbers).toEqual([i]);
    state = decision.events.reduce(evolveStudy, state);
    if (i % 2 === 0) state = evolveStudy(state, { kind: "trial-completed", number: i, values: [1], metrics: {} });
  }
  expect([asked.length, new Set(asked).size]).toEqual([3600, 3600]);
  expect(await decideAsk(state, { kind: "ask-trials" }, { objectionTo })).toMatchObject({ numbers: [] });
  asked.splice(0);
  const refuseAll = async (values: ValueRecord) => {
    await objectionTo(values);
    return "no";
  };
  const never = await decideAsk(grid(1000), { kind: "ask-trials" }, { objectionTo: refuseAll });
  expect(never).toMatchObject({
    kind: "refused",
    refusal: { reason: "rule_violation", message: "the rules allow none of the next 10000 points of the grid, as no" },
  });
  expect(asked.length).toBe(10_000);
});

test("more are handed out as long as there are any", async () => {
  const state = initialStudyState({ space: box(1), sampler: parseSampler("random") });
  let left = 2;
  const objectionTo = async () => (left-- > 0 ? undefined : "there were enough");
  const decision = await decideAsk(state, { kind: "ask-trials", count: 5 }, { objectionTo });
  expect(decision).toMatchObject({ kind: "accepted", numbers: [0, 1] });
});

test("what is in line and not allowed fails and is in nobody's way", () => {
  const study = createStudy({ space: box(2), isAllowed: ({ x0, x1 }) => (x0 as number) < (x1 as number) });
  study.enqueue({ x0: 1, x1: 0 });
  study.enqueue({ x0: 1 });
  study.enqueue({ x1: 0.5 });
  expect(study.ask()).toMatchObject({ number: 2, parameters: { x1: 0.5 } });
  expect(study.trials.slice(0, 2).map(({ state, cause }) => [state, cause])).toEqual([
    ["failed", "the rules do not allow the values that were given: the study's rule refuses them"],
    ["failed", expect.stringContaining("the rules allow none of 20032 points")],
  ]);
});

test("rules that allow nothing are said so, and rules that cannot be asked end the asking", async () => {
  const state = initialStudyState({ space: box(2) });
  const never = await decideAsk(state, { kind: "ask-trials" }, { objectionTo: async () => "x is y" });
  expect(never).toMatchObject({
    kind: "refused",
    refusal: { reason: "rule_violation", message: expect.stringMatching(/^the rules allow none .* as x is y$/) },
  });
  const broken = async () => {
    throw new RangeError("no answer");
  };
  await expect(decideAsk(state, { kind: "ask-trials" }, { objectionTo: broken })).rejects.toThrow("no answer");
  const gone = async () => {
    throw storeError("not_found", "there is no session s", { resource: "session", id: "s" });
  };
  expect(await decideAsk(state, { kind: "ask-trials" }, { objectionTo: gone })).toMatchObject({ kind: "refused" });
});
