import type { Space, ValueRecord } from "@trimtab/core";
import { describe, expect, test } from "vitest";
import { createMedianPruner } from "../pruners/median-pruner.ts";
import { createCmaEsSampler } from "../samplers/cma-es-sampler.ts";
import { createRandomSampler } from "../samplers/random-sampler.ts";
import { decideStudy } from "./decide-study.ts";
import { replayStudy } from "./evolve-study.ts";
import { createStudy } from "./study.ts";
import type { StudyOptions } from "./study-state.ts";

const real = (min: number, max: number): Space => ({ kind: "real", min, max });
const space = { x: real(0, 1), y: real(0, 1) };
const start = (options: Partial<StudyOptions> = {}) =>
  createStudy({ space, sampler: createRandomSampler(), ...options });
const refused = (reason: string, details: object = {}) =>
  expect.objectContaining({ reason, details: expect.objectContaining(details) });

describe("trials", () => {
  test("are numbered without gaps, handed out once, and told once", () => {
    const study = start();
    expect(study.askMany(3).map(({ number }) => number)).toEqual([0, 1, 2]);
    expect(study.tell(1, 0.5, { metrics: { seconds: 2 } })).toMatchObject({
      state: "complete",
      values: [0.5],
      metrics: { seconds: 2 },
    });
    const before = study.events.length;
    expect(study.tell(1, 0.5).values).toEqual([0.5]);
    expect(study.events.length).toBe(before);
    expect(() => study.tell(1, 0.6)).toThrow(refused("trial_ended", { trial: 1, state: "complete" }));
    expect(() => study.fail(1)).toThrow(refused("trial_ended"));
    expect(() => study.tell(9, 1)).toThrow(refused("not_found", { resource: "trial", id: "9" }));
  });

  test("take one finite number per objective, whole steps and finite metrics", () => {
    const study = start();
    study.ask();
    const before = study.state;
    expect(() => study.tell(0, [1, 2])).toThrow("values must be 1, one per objective, got 2");
    expect(() => study.tell(0, Number.NaN)).toThrow("values[0] must be a finite number, got NaN");
    expect(() => study.tell(0, 1, { metrics: { loss: Infinity } })).toThrow("metrics.loss must be a finite number");
    expect(() => study.report(0, 1.5, 1)).toThrow("step must be a whole number");
    expect(study.state).toBe(before);
  });

  test("keep one intermediate value per step, in order", () => {
    const study = start({ pruner: createMedianPruner() });
    study.ask();
    study.report(0, 2, 5);
    study.report(0, 1, 7);
    study.report(0, 2, 4);
    expect(study.trials[0]?.intermediateValues).toEqual([
      { step: 1, value: 7 },
      { step: 2, value: 4 },
    ]);
  });
});

describe("clients", () => {
  test("get the trials they hold before any new one, and speak for no other's", () => {
    const study = start();
    const first = study.ask("a");
    expect(study.ask("b")?.number).toBe(1);
    expect(study.ask("a")).toBe(first);
    expect(study.askMany(2, "a").map(({ number }) => number)).toEqual([0, 2]);
    expect(() => study.tell(1, 0, { clientId: "a" })).toThrow(refused("lease_lost", { trial: 1, holder: "b" }));
    study.tell(1, 0, { clientId: "b" });
    expect(study.ask("b")?.number).toBe(3);
  });

  test("that are lost give their trials back, as often as the study says", () => {
    const study = start({ maxRetries: 1 });
    const held = study.askMany(2, "a");
    expect(study.releaseClient("a").map(({ state }) => state)).toEqual(["failed", "failed"]);
    const again = study.askMany(2, "b");
    expect(again.map(({ retryOf, point }) => [retryOf, point])).toEqual(
      held.map(({ number, point }) => [number, point]),
    );
    study.releaseClient("b");
    expect(study.trials.filter(({ state }) => state === "waiting")).toEqual([]);
  });

  test("that fail a trial may ask for it again", () => {
    const study = start({ maxRetries: 5 });
    const failed = study.fail(study.ask()?.number ?? -1, { cause: "out of memory", retry: true });
    expect(failed.cause).toBe("out of memory");
    expect(study.ask()).toMatchObject({ number: 1, retryOf: 0, point: failed.point, enqueued: true });
  });
});

describe("warm starts", () => {
  test("are handed out first, as given, the rest being suggested", () => {
    const study = start();
    study.enqueue({ x: 0.123456789 });
    study.enqueue({ x: 0, y: 1 });
    const [first, second, third] = study.askMany(3);
    expect(first?.parameters["x"]).toBe(0.123456789);
    expect(first?.parameters["y"]).toEqual(expect.any(Number));
    expect(second?.parameters).toEqual({ x: 0, y: 1 });
    expect([first?.enqueued, second?.enqueued, third?.enqueued]).toEqual([true, true, false]);
    expect(() => study.enqueue({ x: 2 })).toThrow("x is not within its range");
  });

  test("CMA-ES starts at the best of them", () => {
    const study = start({ sampler: createCmaEsSampler({ sigma: 0.01 }) });
    study.enqueue({ x: 0.9, y: 0.1 });
    study.tell(study.ask()?.number ?? -1, 0);
    const { x, y } = study.ask()?.parameters ?? {};
    expect(Math.hypot(Number(x) - 0.9, Number(y) - 0.1)).toBeLessThan(0.06);
  });
});

describe("limits", () => {
  test("on trials at once and in all, where failed ones do not count", () => {
    const study = start({ parallelism: 2, maxTrials: 3 });
    expect(study.askMany(5)).toHaveLength(2);
    expect(study.ask()).toBeUndefined();
    study.fail(0);
    study.tell(1, 0);
    expect(study.askMany(5)).toHaveLength(2);
    study.tell(2, 0);
    study.fail(3);
    expect(study.state.status).toBe("running");
    study.tell(study.ask()?.number ?? -1, 0);
    expect(study.state.status).toBe("completed");
    expect(study.ask()).toBeUndefined();
    study.update({ status: "running", maxTrials: 0, parallelism: 0 });
    expect(study.askMany(5)).toHaveLength(5);
  });

  test("that are reached complete a study with the last trial under way, however that ends", () => {
    const study = start({ maxTrials: 2 });
    study.askMany(2);
    study.prune(0);
    expect(study.state.status).toBe("running");
    study.fail(1, { retry: true });
    expect(study.state.status).toBe("running");
    study.ask();
    study.update({ maxTrials: 1 });
    expect(study.state.status).toBe("running");
    study.releaseClient("nobody");
    study.fail(2);
    expect(study.state.status).toBe("completed");
    study.update({ status: "running" });
    study.update({ maxTrials: 2 });
    expect(study.ask()?.number).toBe(3);
    study.fail(3);
    expect(study.state.status).toBe("running");
    study.update({ maxTrials: 1 });
    expect(study.state.status).toBe("completed");
  });

  test("a paused study hands out none, and takes what is told", () => {
    const study = start();
    study.ask();
    study.update({ status: "paused" });
    expect(study.ask()).toBeUndefined();
    expect(study.tell(0, 1).state).toBe("complete");
  });

  test("that make no sense are refused", () => {
    expect(() => start({ maxTrials: 0 })).toThrow("maxTrials must be a whole number of at least 1, got 0");
    expect(() => start({ objectives: [] })).toThrow("objectives must not be empty");
    expect(() => start({ objectives: [{ metric: "a" }, { metric: "a" }] })).toThrow(
      "objectives[1].metric: a is the metric",
    );
    const objectives = [{ metric: "error", direction: "minimise" as "minimize" }];
    expect(() => start({ objectives })).toThrow("objectives[0].direction must be one of minimize, maximize");
    expect(() => start({ seed: 0.5 })).toThrow("seed must be a whole number");
    expect(() => start().askMany(0)).toThrow("count must be a whole number of at least 1");
  });
});

describe("the space", () => {
  test("changes for later trials; what lies outside counts no more, what waits there fails", () => {
    const study = start();
    study.tell(study.ask()?.number ?? -1, 1);
    study.enqueue({ x: 0.9 });
    study.changeSpace({ x: real(0, 0.1), z: { kind: "categorical", choices: ["a"] } }, ["y"]);
    for (const { parameters, spaceVersion } of study.askMany(10)) {
      expect(Object.keys(parameters)).toEqual(["x", "z"]);
      expect(parameters["x"]).toBeLessThanOrEqual(0.1);
      expect(spaceVersion).toBe(2);
    }
    expect(study.trials[1]).toMatchObject({ state: "failed", cause: "it does not lie within the space any more" });
    expect(study.trials[0]?.spaceVersion).toBe(1);
    expect(() => study.changeSpace({}, ["w"])).toThrow("w is no parameter of the search space");
    expect(() => study.changeSpace({}, ["x", "z"])).toThrow("space has no parameters");
  });

  test("has rules across parameters that every suggestion keeps", () => {
    const isAllowed = ({ x, y }: ValueRecord) => (x as number) + (y as number) < 0.3;
    for (const sampler of [undefined, createRandomSampler(), createCmaEsSampler()]) {
      const study = createStudy({ space, isAllowed, ...(sampler && { sampler }) });
      for (let i = 0; i < 30; i++) {
        const { number = -1, parameters = {} } = study.ask() ?? {};
        expect(isAllowed(parameters)).toBe(true);
        study.tell(number, parameters["x"] as number);
      }
    }
  });

  test("that no rule allows says so", () => {
    const study = start({ isAllowed: () => false });
    expect(() => study.ask()).toThrow(refused("rule_violation", { variables: ["x", "y"] }));
    expect(study.events).toEqual([]);
  });
});

describe("the best", () => {
  test("is the earliest among equals, in the objective's direction", () => {
    const study = start({ objectives: [{ metric: "accuracy" }] });
    expect(study.best).toBeUndefined();
    for (const [i, value] of [0.5, 0.9, 0.9, 0.1].entries()) study.tell(study.ask()?.number ?? i, value);
    expect(study.best?.number).toBe(1);
  });

  test("of several objectives is a front", () => {
    const study = start({ objectives: [{ metric: "loss" }, { metric: "speed" }] });
    for (const values of [
      [1, 1],
      [2, 3],
      [2, 2],
      [0.5, 0.5],
      [3, 3],
    ])
      study.tell(study.ask()?.number ?? -1, values);
    expect(study.paretoFront.map(({ number }) => number)).toEqual([0, 1, 3]);
    expect(() => study.best).toThrow(refused("several_objectives", { objectives: 2 }));
    expect(() => study.report(study.ask()?.number ?? -1, 0, 1)).toThrow(refused("several_objectives"));
  });
});

test("a refusal is data, and nothing happens", () => {
  const { state } = start();
  const decision = decideStudy(state, { kind: "prune-trial", number: 0 });
  expect(decision).toMatchObject({ kind: "refused", refusal: { reason: "not_found" } });
});

test("a study goes on from its events, changes of the space and limits included", () => {
  const options = { space, sampler: createRandomSampler(), seed: 12n, maxRetries: 2 };
  const study = createStudy(options);
  study.askMany(3, "a");
  study.tell(0, 1);
  study.releaseClient("a");
  study.changeSpace({ x: real(0.2, 0.3) });
  study.update({ parallelism: 4 });
  study.askMany(4);
  const resumed = createStudy(options, study.events);
  expect(resumed.state).toEqual({ ...study.state, layout: expect.anything(), definition: expect.anything() });
  expect(replayStudy(options, resumed.events).trials).toEqual(study.trials);
  study.update({ parallelism: 0 });
  resumed.update({ parallelism: 0 });
  expect(resumed.ask()?.point).toEqual(study.ask()?.point);
});
