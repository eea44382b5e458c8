import { describe, expect, test } from "vitest";
import { ask, type OpenStudies, openSample, refusalOf } from "./harness.ts";

/** Registers what studies promise of asking for trials and telling what they came to. */
export function describeTrials(opened: OpenStudies): void {
  describe("trials", () => {
    describeHolding(opened);
    describeTelling(opened);
    describeProposing(opened);
  });
}

function describeHolding(opened: OpenStudies): void {
  test("are the client's that asked, which gets them again", async () => {
    const { studies } = await openSample(opened);
    const { trials } = await studies.askTrials("s", "one", { clientId: "a", count: 2 });
    expect(trials.map(({ number, state, clientId }) => [number, state, clientId])).toEqual([
      [0, "running", "a"],
      [1, "running", "a"],
    ]);
    expect((await studies.askTrials("s", "one", { clientId: "a", count: 2 })).trials).toEqual(trials);
    expect((await ask(studies, "b")).number).toBe(2);
    const strange = studies.tellTrial("s", "one", { number: 0, values: [1] }, { clientId: "b" });
    expect((await refusalOf(strange, "lease_lost")).details).toMatchObject({ trial: 0, holder: "a" });
    await refusalOf(studies.renewTrial("s", "one", 0, { clientId: "b" }), "lease_lost");
    const { leaseExpiresAtMs } = await studies.renewTrial("s", "one", 0, { clientId: "a" });
    expect(leaseExpiresAtMs).toBeGreaterThanOrEqual(trials[0]?.leaseExpiresAtMs ?? 0);
    await refusalOf(studies.askTrials("s", "one", { clientId: "" }), "invalid_argument");
    await refusalOf(studies.askTrials("s", "one", { count: 1001 }), "invalid_argument");
  });

  test("that fail or are lost are put in line again, as often as the study says", async () => {
    const { studies } = await openSample(opened, { maxRetries: 1 });
    const first = await ask(studies);
    const failed = await studies.failTrial("s", "one", first.number, { cause: "no power", retry: true });
    expect([failed.trial.state, failed.trial.cause, failed.retryNumber]).toEqual(["failed", "no power", 1]);
    const again = await ask(studies);
    expect([again.parameters, again.retryOf, again.enqueued]).toEqual([first.parameters, 0, true]);
    const last = await studies.failTrial("s", "one", again.number, { retry: true });
    expect(last.retryNumber).toBeUndefined();
  });

  test("that are not heard of in time are lost, while somebody watches and nobody asks", async () => {
    const { studies } = await openSample(opened, { maxRetries: 1, trialTtlMs: 30 });
    await ask(studies, "gone");
    for await (const event of studies.watchStudy("s", "one")) {
      if (event.kind !== "snapshot" && event.kind !== "changes") continue;
      if (event.study.trialCounts.failed === 0) continue;
      expect(event.study.trialCounts).toMatchObject({ waiting: 1, running: 0, failed: 1 });
      break;
    }
    expect((await ask(studies, "other")).retryOf).toBe(0);
  });
}

function describeTelling(opened: OpenStudies): void {
  test("end once, and telling the same again changes nothing", async () => {
    const { studies } = await openSample(opened);
    const { number } = await ask(studies);
    const result = { number, values: [0.25], metrics: { seconds: 3 } };
    const told = await studies.tellTrial("s", "one", result);
    expect(told).toMatchObject({
      improved: true,
      trial: { state: "complete", values: [0.25], metrics: { seconds: 3 } },
    });
    const { revision } = await studies.getStudy("s", "one");
    expect((await studies.tellTrial("s", "one", result)).trial).toEqual(told.trial);
    expect((await studies.getStudy("s", "one")).revision).toBe(revision);
    const otherwise = studies.tellTrial("s", "one", { number, values: [0.5] });
    expect((await refusalOf(otherwise, "trial_ended")).details).toEqual({ trial: number, state: "complete" });
    await refusalOf(studies.tellTrial("s", "one", { number: 99, values: [1] }), "not_found");
    const next = await ask(studies);
    await refusalOf(studies.tellTrial("s", "one", { number: next.number, values: [Number.NaN] }), "invalid_argument");
    await refusalOf(studies.tellTrial("s", "one", { number: next.number, values: [1, 2] }), "invalid_argument");
    expect((await studies.tellTrial("s", "one", { number: next.number, values: [1] })).improved).toBe(false);
  });

  test("are told together: all or none, or those that can be", async () => {
    const { studies } = await openSample(opened);
    await studies.askTrials("s", "one", { count: 3 });
    const results = [
      { number: 0, values: [3] },
      { number: 1, values: [] },
      { number: 2, state: "pruned" as const },
    ];
    await refusalOf(studies.tellTrials("s", "one", results), "invalid_argument");
    expect((await studies.getStudy("s", "one")).trialCounts.running).toBe(3);
    const { trials, refused } = await studies.tellTrials("s", "one", results, { atomic: false });
    expect(trials.map(({ number, state }) => [number, state])).toEqual([
      [0, "complete"],
      [2, "pruned"],
    ]);
    expect([...refused].map(([number, error]) => [number, error.reason])).toEqual([[1, "invalid_argument"]]);
    const twice = [results[0], results[0]].flatMap((each) => each ?? []);
    await refusalOf(studies.tellTrials("s", "one", twice, { atomic: false }), "invalid_argument");
  });

  test("say how they are doing, and are told to give up where there is no hope", async () => {
    const { studies } = await openSample(opened, { pruner: { name: "median", config: { startupTrials: 1 } } });
    const good = await ask(studies);
    const fine = await studies.reportIntermediateValue("s", "one", { number: good.number, step: 0, value: 1 });
    expect(fine.shouldPrune).toBe(false);
    await studies.tellTrial("s", "one", { number: good.number, values: [1] });
    const bad = await ask(studies);
    const hopeless = await studies.reportIntermediateValue("s", "one", { number: bad.number, step: 0, value: 9 });
    expect(hopeless.shouldPrune).toBe(true);
    const { trial } = await studies.tellTrial("s", "one", { number: bad.number, state: "pruned" });
    expect(trial).toMatchObject({ state: "pruned", intermediateValues: [{ step: 0, value: 9 }] });
  });

  test("are read one by one, by page and state, and by how good they are", async () => {
    const { studies } = await openSample(opened);
    await refusalOf(studies.getBestTrial("s", "one"), "not_found");
    await studies.askTrials("s", "one", { count: 4, clientId: "a" });
    for (const [number, value] of [3, 1, 2].entries()) await studies.tellTrial("s", "one", { number, values: [value] });
    expect((await studies.getBestTrial("s", "one")).number).toBe(1);
    expect((await studies.getStudy("s", "one")).bestTrial).toBe(1);
    const numbers = async (options: Parameters<typeof studies.listTrials>[2]) => {
      const page = await studies.listTrials("s", "one", options);
      return { numbers: page.items.map(({ number }) => number), token: page.nextPageToken ?? "" };
    };
    const first = await numbers({ pageSize: 3, newestFirst: true });
    expect(first.numbers).toEqual([3, 2, 1]);
    expect((await numbers({ pageSize: 3, newestFirst: true, pageToken: first.token })).numbers).toEqual([0]);
    expect((await numbers({ states: ["complete"] })).numbers).toEqual([0, 1, 2]);
    expect((await numbers({ clientId: "b" })).numbers).toEqual([]);
  });

  test("of several objectives have a front and no best", async () => {
    const objectives = [{ metric: "loss" }, { metric: "speed" }];
    const { studies } = await openSample(opened, { objectives });
    await studies.askTrials("s", "one", { count: 3 });
    const improved: boolean[] = [];
    for (const [number, values] of [
      [1, 1],
      [2, 2],
      [3, 1.5],
    ].entries()) {
      improved.push((await studies.tellTrial("s", "one", { number, values })).improved);
    }
    expect(improved).toEqual([true, true, false]);
    expect((await studies.listParetoTrials("s", "one")).items.map(({ number }) => number)).toEqual([0, 1]);
    expect((await refusalOf(studies.getBestTrial("s", "one"), "several_objectives")).details).toEqual({
      objectives: 2,
    });
  });
}

function describeProposing(opened: OpenStudies): void {
  test("stay within what the variables take, where that is less than what the study searches by now", async () => {
    const { store, studies } = await openSample(opened);
    const given = await studies.enqueueTrial("s", "one", { x: 9, y: 9 });
    await store.updateVariable("s", "x", { constraints: { min: 4, max: 6 } });
    const { trials } = await studies.askTrials("s", "one", { count: 20 });
    expect(trials).toHaveLength(20);
    for (const { parameters } of trials) {
      expect(parameters["x"]).toBeGreaterThanOrEqual(4);
      expect(parameters["x"]).toBeLessThanOrEqual(6);
    }
    expect(await studies.getTrial("s", "one", given.number)).toMatchObject({ state: "failed" });
    const parameters = { x: 7, y: 1 };
    const { message } = await refusalOf(studies.askTrials("s", "one", { parameters }), "rule_violation");
    expect(message).toBe("parameters: x: value 7 is above maximum 6");
    // Whoever holds a lease may end before anything is applied.
    await store.startOptimization("s", ["x"], { optimizer: "tuner" });
    expect((await studies.askTrials("s", "one", { clientId: "a" })).trials).toHaveLength(1);
  });

  test("are refused without the value that was proposed for a variable that is sensitive", async () => {
    const { store, studies } = await openSample(opened);
    const constraints = { min: 0, max: 10 };
    await store.registerVariables("s", [
      { name: "pin", type: "float", value: 7, constraints, sensitive: true },
      { name: "code", type: "float", value: 7, constraints, metadata: { sensitive: true } },
    ]);
    await studies.createStudy("s", { id: "secret", variables: ["x", "pin", "code"] });
    const good = { x: 1, pin: 2, code: 3 };
    for (const name of ["pin", "code"]) {
      const parameters = { ...good, [name]: 4242 };
      for (const propose of [
        () => studies.askTrials("s", "secret", { parameters }),
        () => studies.askTrials("s", "one", { parameters }),
        () => studies.enqueueTrial("s", "secret", parameters),
      ]) {
        const { message, details } = await refusalOf(propose(), "invalid_argument");
        expect(JSON.stringify([message, details])).not.toMatch(/4242|[:]2/);
      }
    }
    const plain = await refusalOf(studies.enqueueTrial("s", "secret", { ...good, x: 4242 }), "invalid_argument");
    expect(plain.message).toContain("4242");
  });

  test("that are put in line come first, filled in by the sampler", async () => {
    const { studies } = await openSample(opened);
    const waiting = await studies.enqueueTrial("s", "one", { x: 3 });
    expect([waiting.state, waiting.parameters]).toEqual(["waiting", { x: 3 }]);
    const trial = await ask(studies);
    expect([trial.number, trial.parameters["x"], typeof trial.parameters["y"]]).toEqual([0, 3, "number"]);
    const outside = await refusalOf(studies.enqueueTrial("s", "one", { x: 11 }), "invalid_argument");
    expect(outside.details).toMatchObject({ field: "x", value: 11 });
    await refusalOf(studies.enqueueTrial("s", "one", { z: 1 }), "invalid_argument");
  });

  test("of a client's own values start at once, where bounds and rules allow them", async () => {
    const { store, studies } = await openSample(opened);
    await store.putRule("s", { name: "order", expression: "x <= y" });
    const propose = (parameters: object) =>
      studies.askTrials("s", "one", { clientId: "outside", parameters: parameters as Record<string, number> });
    const [trial] = (await propose({ x: 1, y: 2 })).trials;
    expect(trial).toMatchObject({ state: "running", parameters: { x: 1, y: 2 }, clientId: "outside", enqueued: true });
    expect((await propose({ x: 1, y: 2 })).trials[0]?.number).toBe(trial?.number);
    await refusalOf(propose({ x: 3, y: 2 }), "rule_violation");
    await refusalOf(propose({ x: 3, y: 12 }), "invalid_argument");
    const lacking = await refusalOf(propose({ x: 3 }), "invalid_argument");
    expect(lacking.details).toMatchObject({ field: "parameters.y" });
    await refusalOf(propose({}), "invalid_argument");
    expect((await studies.listTrials("s", "one")).items).toHaveLength(1);
  });

  test("break no rule of the session", async () => {
    const { store, studies } = await openSample(opened, { sampler: { name: "random" } });
    await store.putRule("s", { name: "order", expression: "x <= y" });
    const { trials } = await studies.askTrials("s", "one", { count: 5 });
    expect(trials.every(({ parameters: { x, y } }) => Number(x) <= Number(y))).toBe(true);
    // No number that is drawn is just this one: it comes from what the variable has.
    await store.putRule("s", { name: "five", expression: "x == 5.0" });
    const { trials: pinned } = await studies.askTrials("s", "one", { count: 3 });
    expect(pinned.map(({ parameters: { x } }) => x)).toEqual([5, 5, 5]);
    expect(new Set(pinned.map(({ parameters: { y } }) => y)).size).toBe(3);
    await studies.changeBounds("s", "one", { x: { min: 0, max: 1 } });
    const refused = await refusalOf(studies.askTrials("s", "one", {}), "rule_violation");
    expect(refused.message).toContain("rule five would not hold");
    expect((await studies.listTrials("s", "one")).items.filter(({ state }) => state === "failed")).toEqual([]);
  });

  test("are handed out, put in line and told once for each request", async () => {
    const { studies } = await openSample(opened);
    const requestId = "r-1";
    const enqueued = await studies.enqueueTrial("s", "one", { x: 3 }, { requestId });
    expect(await studies.enqueueTrial("s", "one", { x: 3 }, { requestId })).toEqual(enqueued);
    const asked = await studies.askTrials("s", "one", { requestId: "r-2" });
    expect((await studies.askTrials("s", "one", { requestId: "r-2" })).trials).toEqual(asked.trials);
    await refusalOf(studies.askTrials("s", "one", { requestId }), "invalid_argument");
    expect((await studies.listTrials("s", "one")).items).toHaveLength(1);
  });
}
