import { describe, expect, test } from "vitest";
import type { StartOptimizationOptions, Store, ValueRecord } from "../../index.ts";
import { describeConflicts, describeListings } from "./describe-optimizers.ts";
import { type OpenStore, openNumbers, rejection, type StoreFacts } from "./harness.ts";

/** Leases variables to a tuner. */
export const startTuner = (store: Store, refs: readonly string[], options: Partial<StartOptimizationOptions> = {}) =>
  store.startOptimization("s", refs, { optimizer: "tuner", ...options });

/** A store whose session has the floats a, b and c. */
export const openThree = async (opened: OpenStore) => (await openNumbers(opened, { a: 1, b: 2, c: 3 })).store;

/** The optimization of a variable. */
export const ofVariable = (ref: string) => ({ kind: "variable", ref }) as const;

/** Registers what a store promises of optimizations and of their leases. */
export function describeOptimizations(opened: OpenStore, facts: StoreFacts): void {
  describe("optimizations", () => {
    describeLeases(opened, facts);
    describeProgress(opened);
    describeConflicts(opened);
    describeListings(opened);
  });
}

function describeLeases(opened: OpenStore, facts: StoreFacts): void {
  test("hold their variables against everyone else's writes, however they are made", async () => {
    const store = await openThree(opened);
    const { optimization } = await startTuner(store, ["a", "b"], { actor: "ada" });
    const details = { variable: "a", optimization: optimization.id, holder: "ada" };
    const refused = await rejection(store.setVariable("s", "a", 5), "already_optimizing");
    expect(refused).toMatchObject({ code: "failed_precondition", details });
    await rejection(store.setVariables("s", { c: 4, a: 5 }), "already_optimizing");
    await rejection(store.deleteVariable("s", "a"), "already_optimizing");
    await rejection(store.updateVariable("s", "a", { description: "mine" }), "already_optimizing");
    expect((await store.getVariable("s", "a")).value).toBe(1);
    const partial = await store.setVariables("s", { c: 4, a: 5 }, { atomic: false });
    expect([...partial.applied.keys()]).toEqual(["c"]);
    expect(partial.refused.get("a")?.reason).toBe("already_optimizing");
  });

  test("hold against rollbacks and imports too", async () => {
    const store = await openThree(opened);
    await store.setVariable("s", "a", 5);
    const exported = await store.exportVariables("s", {});
    await store.setVariable("s", "a", 6);
    const { optimization } = await startTuner(store, ["a"]);
    await rejection(store.rollbackVariable("s", "a", { kind: "version", version: 1 }), "already_optimizing");
    await rejection(store.rollbackSession("s", { kind: "revision", revision: 2 }), "already_optimizing");
    await rejection(store.importVariables("s", exported, { strategy: "replace" }), "already_optimizing");
    await store.stopOptimization("s", { kind: "optimization", id: optimization.id });
    await store.rollbackVariable("s", "a", { kind: "version", version: 1 });
  });

  test("are written by their holder, until it lets go", async () => {
    const store = await openThree(opened);
    const { optimization, fencingToken } = await startTuner(store, ["a", "b"]);
    const lease = { optimization: optimization.id, fencingToken };
    await store.setVariables("s", { a: 5, b: 6, c: 7 }, { lease });
    const { finalValues } = await store.stopOptimization("s", ofVariable("a"), { fencingToken });
    expect(Object.values(finalValues)).toEqual([5, 6]);
    await store.setVariable("s", "a", 8);
    await rejection(store.setVariable("s", "a", 9, { lease }), "lease_lost");
    await rejection(store.setVariable("s", "c", 9, { lease }), "lease_lost");
    await rejection(store.stopOptimization("s", ofVariable("a")), "not_optimizing");
  });

  test("hold in no other session, whether it is forked or comes after one of the same id", async () => {
    const store = await openThree(opened);
    const { optimization, fencingToken } = await startTuner(store, ["a"]);
    const lease = { optimization: optimization.id, fencingToken };
    await store.forkSession("s", { kind: "revision", revision: 2 }, { id: "f" });
    await store.setVariable("f", "a", 2);
    // In the fork a lease is granted at the same revision, and so with the same token.
    const there = await store.startOptimization("f", ["a"], { optimizer: "other" });
    expect(there.fencingToken).toBe(fencingToken);
    await rejection(store.setVariable("f", "a", 5, { lease }), "lease_lost");
    await rejection(store.renewLease("f", optimization.id, { fencingToken }), "lease_lost");
    await store.deleteSession("s");
    await store.createSession({ id: "s" });
    await store.registerVariable("s", { name: "a", type: "float", value: 1 });
    await startTuner(store, ["a"]);
    await rejection(store.setVariable("s", "a", 5, { lease }), "lease_lost");
  });

  test("need the token of the lease that is held, and a later one is greater", async () => {
    const store = await openThree(opened);
    const first = await startTuner(store, ["a"]);
    for (const fencingToken of [first.fencingToken - 1, first.fencingToken + 1]) {
      const wrong = { optimization: first.optimization.id, fencingToken };
      await rejection(store.setVariable("s", "a", 5, { lease: wrong }), "lease_lost");
      await rejection(store.renewLease("s", wrong.optimization, wrong), "lease_lost");
      await rejection(store.reportProgress("s", wrong.optimization, wrong), "lease_lost");
      await rejection(store.stopOptimization("s", ofVariable("a"), wrong), "lease_lost");
    }
    await store.stopOptimization("s", ofVariable("a"));
    const second = await startTuner(store, ["a"]);
    expect(second.fencingToken).toBeGreaterThan(first.fencingToken);
    expect(second.optimization.id).not.toBe(first.optimization.id);
  });

  test.skipIf(facts.expressions !== true)("hold what is derived from others against writes of those", async () => {
    const store = await openThree(opened);
    const derivation = { kind: "expression", expression: "a + b" } as const;
    await store.registerVariable("s", { name: "sum", type: "float", derivation });
    await rejection(startTuner(store, ["sum"]), "read_only");
    const { optimization, fencingToken } = await startTuner(store, ["c"]);
    await store.setVariable("s", "a", 5);
    expect((await store.getVariable("s", "sum")).value).toBe(7);
    const lease = { optimization: optimization.id, fencingToken };
    await store.setVariable("s", "c", 9, { lease });
    // What is leased first and derived afterwards follows from others, whose writes would be writes of it.
    await rejection(store.setDerivation("s", "c", { kind: "expression", expression: "a * 2.0" }), "already_optimizing");
    await store.setDerivation("s", "c", { kind: "expression", expression: "a * 2.0" }, { lease });
    await rejection(store.setVariable("s", "a", 6), "already_optimizing");
    // That nothing could be computed of it any more is a change of it, too.
    await store.updateVariable("s", "c", { constraints: { max: 10 } }, { lease });
    await rejection(store.setVariable("s", "a", 6), "already_optimizing");
    expect((await store.getVariable("s", "a")).value).toBe(5);
  });

  test("are lost where they are not renewed in time", async () => {
    const { store, advance } = await openNumbers(opened, { a: 1 });
    if (advance === undefined) return;
    const { optimization, fencingToken } = await startTuner(store, ["a"], { leaseTtlMs: 60_000 });
    advance(35_000);
    await store.renewLease("s", optimization.id, { fencingToken });
    advance(35_000);
    const lease = { optimization: optimization.id, fencingToken };
    await store.setVariable("s", "a", 2, { lease });
    advance(35_000);
    expect(await store.getOptimizationStatus("s", ofVariable("a"))).toMatchObject({ optimizing: true });
    advance(30_000);
    expect(await store.getOptimizationStatus("s", ofVariable("a"))).toMatchObject({
      optimizing: false,
      optimization: { state: "abandoned" },
    });
    await rejection(store.setVariable("s", "a", 3, { lease }), "lease_lost");
    await store.setVariable("s", "a", 4);
    const again = await startTuner(store, ["a"]);
    expect(again.fencingToken).toBeGreaterThan(fencingToken);
  });

  test("are of variables that are there, at least one, and of plain settings", async () => {
    const store = await openThree(opened);
    await rejection(startTuner(store, []), "invalid_argument");
    await rejection(startTuner(store, ["a", "missing"]), "not_found");
    for (const wrong of [{ optimizer: "" }, { leaseTtlMs: 0 }, { maxIterations: 0.5 }])
      await rejection(startTuner(store, ["a"], wrong), "invalid_argument");
    const { details } = await rejection(startTuner(store, ["a"], { convergenceThreshold: -1 }), "invalid_argument");
    expect(details).toEqual({ field: "convergenceThreshold", limit: 0, value: -1 });
    await rejection(store.getOptimizationStatus("s", { kind: "optimization", id: "none" }), "not_found");
    expect(await store.getOptimizationStatus("s", ofVariable("a"))).toMatchObject({ optimizing: false, waiting: 0 });
    await startTuner(store, ["a", "a"]);
  });
}

function describeProgress(opened: OpenStore): void {
  test("keep the best of what is reported, and apply it where they are told to", async () => {
    const store = await openThree(opened);
    const { optimization, fencingToken } = await startTuner(store, ["a", "b"]);
    const report = (a: number, loss: number) =>
      store.reportProgress("s", optimization.id, { fencingToken, values: { a }, metrics: { loss, other: 1 } });
    expect(await report(10, 3)).toMatchObject({ improved: true, optimization: { iteration: 1 } });
    expect(await report(11, 1)).toMatchObject({ improved: true });
    const third = await report(12, 2);
    expect(third.improved).toBe(false);
    expect(third.optimization).toMatchObject({
      objective: { metric: "loss", direction: "minimize" },
      iteration: 3,
      best: { iteration: 2, metrics: { loss: 1, other: 1 } },
    });
    const another = await startTuner(store, ["c"], { objective: "maximize_time_saved" });
    expect(another.optimization.objective).toEqual({ metric: "time_saved", direction: "maximize" });
    await rejection(store.reportProgress("s", optimization.id, { fencingToken, iteration: 3 }), "invalid_argument");
    await rejection(
      store.reportProgress("s", optimization.id, { fencingToken, metrics: { loss: Number.NaN } }),
      "invalid_argument",
    );
    const before = await store.getVariable("s", "a");
    expect(before.value).toBe(1);
    const stopped = await store.stopOptimization(
      "s",
      { kind: "optimization", id: optimization.id },
      { applyBest: true },
    );
    expect(stopped.finalValues).toEqual({ [before.id]: 11, [(await store.getVariable("s", "b")).id]: 2 });
    expect(stopped.optimization).toMatchObject({ state: "stopped" });
  });

  test("are reported on with values of their own variables alone", async () => {
    const store = await openThree(opened);
    const { optimization, fencingToken } = await startTuner(store, ["a", "b"]);
    const report = (values: ValueRecord) => store.reportProgress("s", optimization.id, { fencingToken, values });
    expect((await rejection(report({ a: 5, c: 6 }), "invalid_argument")).details.field).toBe("values.c");
    await rejection(report({ a: 5, missing: 6 }), "not_found");
    expect((await report({ a: 5, b: 6 })).optimization.iteration).toBe(1);
  });

  test("whose best is not allowed any more end without it only where that is forced", async () => {
    const store = await openThree(opened);
    const { optimization, fencingToken } = await startTuner(store, ["a"]);
    const target = { kind: "optimization", id: optimization.id } as const;
    const lease = { optimization: optimization.id, fencingToken };
    await store.reportProgress("s", optimization.id, { fencingToken, values: { a: 11 }, metrics: { loss: 1 } });
    await store.updateVariable("s", "a", { constraints: { max: 5 } }, { lease });
    await rejection(store.stopOptimization("s", target, { applyBest: true }), "constraint_violation");
    expect(await store.getOptimizationStatus("s", target)).toMatchObject({ optimizing: true });
    const stopped = await store.stopOptimization("s", target, { applyBest: true, force: true });
    expect(stopped.optimization).toMatchObject({ state: "stopped" });
    expect((await store.getVariable("s", "a")).value).toBe(1);
  });

  test("count writes with an iteration or metrics as reports", async () => {
    const store = await openThree(opened);
    const { optimization, fencingToken } = await startTuner(store, ["a", "b"], {
      objective: { metric: "score", direction: "maximize" },
    });
    const lease = { optimization: optimization.id, fencingToken };
    await store.setVariable("s", "a", 5, { lease });
    await store.setVariables("s", { a: 6, b: 7 }, { lease, metadata: { metrics: { score: 0.5 }, note: "first" } });
    await store.setVariable("s", "a", 8, { lease, metadata: { iteration: 9, metrics: { score: 0.4 } } });
    const { items } = await store.listOptimizationHistory("s");
    const a = await store.getVariable("s", "a");
    expect(items.map(({ iteration }) => iteration)).toEqual([9, 1]);
    expect(items[0]).toMatchObject({ values: { [a.id]: 8 }, metrics: { score: 0.4 }, versions: { [a.id]: 3 } });
    expect(items[1]).toMatchObject({ metadata: { note: "first" }, metrics: { score: 0.5 } });
    const { optimization: now } = await store.getOptimizationStatus("s", ofVariable("b"));
    expect(now).toMatchObject({ iteration: 9, best: { iteration: 1 } });
  });

  test("end by themselves once they converge, or have had all iterations", async () => {
    const store = await openThree(opened);
    const { optimization, fencingToken } = await startTuner(store, ["a"], { convergenceThreshold: 0.1 });
    const report = (id: string, token: number, loss: number) =>
      store.reportProgress("s", id, { fencingToken: token, metrics: { loss } });
    const states: string[] = [];
    for (let i = 0; i < 11; i++) {
      const loss = i === 0 ? 1 : 0.95;
      states.push((await report(optimization.id, fencingToken, loss)).optimization.state);
    }
    expect(states).toEqual([...Array.from({ length: 10 }, () => "running"), "converged"]);
    await store.setVariable("s", "a", 2);
    const short = await startTuner(store, ["a"], { maxIterations: 2 });
    await report(short.optimization.id, short.fencingToken, 1);
    const last = await report(short.optimization.id, short.fencingToken, 2);
    expect(last.optimization).toMatchObject({ state: "completed", iteration: 2 });
    await rejection(report(short.optimization.id, short.fencingToken, 3), "lease_lost");
  });
}
