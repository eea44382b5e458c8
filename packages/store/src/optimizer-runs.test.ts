import type { Commit, OptimizationState } from "@trimtab/core";
import { createMemoryLog } from "@trimtab/log";
import { builtinTypes } from "@trimtab/types";
import { expect, onTestFinished, test } from "vitest";
import { createStore } from "./create-store.ts";
import type { LocalStore } from "./local-store.ts";
import type { Optimizer, OptimizerRun } from "./optimizer.ts";

async function openStore(optimizers: Readonly<Record<string, Optimizer>>) {
  // Leases run out by this clock alone, so that a machine that is slow loses none.
  let nowMs = Date.UTC(2030, 0);
  const clock = { now: () => nowMs, elapsed: () => performance.now() };
  const store = createStore({ types: builtinTypes, optimizers, clock });
  onTestFinished(() => store.close());
  await store.createSession({ id: "s" });
  await store.registerVariable("s", { name: "x", type: "float", value: 3 });
  await store.registerVariable("s", { name: "y", type: "float", value: 0 });
  const advance = (ms: number) => {
    nowMs += ms;
  };
  return Object.assign(store, { advance });
}

const target = { kind: "variable", ref: "x" } as const;
const statusOf = async (store: LocalStore) => (await store.getOptimizationStatus("s", target)).optimization;
const expectState = (store: LocalStore, state: OptimizationState) =>
  expect.poll(async () => (await statusOf(store))?.state).toBe(state);

/** An optimizer that works until it is told to end. */
function endless() {
  const runs: OptimizerRun[] = [];
  const optimizer: Optimizer = async (run) => {
    runs.push(run);
    await new Promise((resolve) => run.signal.addEventListener("abort", resolve));
    await run.set({ x: 9 });
  };
  return { runs, optimizer, begun: () => expect.poll(() => runs.length).toBe(1) };
}

/** Halves its way to where (x - 1)^2 is least. */
const halving: Optimizer = async ({ optimization, variables: [x], set, report, signal }) => {
  let [at, step] = [x?.value as number, 1];
  const lossAt = (value: number) => (value - 1) ** 2;
  while (!signal.aborted && step > 0.1) {
    const better = [at - step, at + step].find((value) => lossAt(value) < lossAt(at));
    if (better === undefined) step /= 2;
    at = better ?? at;
    await set({ x: at }, { metrics: { loss: lossAt(at) } });
  }
  await report({ values: { x: at }, metrics: { loss: lossAt(at), budget: optimization.config["budget"] as number } });
};

test("an optimization that is started by the name of an optimizer of this process is worked on by it", async () => {
  const store = await openStore({ halving });
  const { optimization } = await store.startOptimization("s", ["x"], {
    optimizer: "halving",
    config: { budget: 7 },
    actor: "ada",
  });
  await expectState(store, "completed");
  const done = await statusOf(store);
  expect(done).toMatchObject({ id: optimization.id, holder: "ada", best: { metrics: { loss: 0 } } });
  const { items } = await store.listOptimizationHistory("s");
  expect(items[0]).toMatchObject({ metrics: { loss: 0, budget: 7 }, iteration: done?.iteration });
  expect(await store.getVariable("s", "x")).toMatchObject({ value: 1, updatedBy: "ada" });
  expect((await store.listCommits("s", { pageSize: 1 })).items).toMatchObject([{ actor: "ada" }]);
  await store.setVariable("s", "x", 5);
});

test("one of any other name is nobody's work here", async () => {
  const store = await openStore({ halving });
  await store.startOptimization("s", ["x"], { optimizer: "toString" });
  expect(await statusOf(store)).toMatchObject({ state: "running", iteration: 0 });
});

test("an optimizer that throws has failed, with its message as the cause", async () => {
  const store = await openStore({
    broken() {
      throw new Error("no gradient".padEnd(5000, "."));
    },
  });
  await store.startOptimization("s", ["x"], { optimizer: "broken" });
  await expectState(store, "failed");
  expect((await statusOf(store))?.cause).toBe("no gradient".padEnd(1000, "."));
});

test("the last iteration ends it, and its optimizer hears of that", async () => {
  const { runs, optimizer, begun } = endless();
  const store = await openStore({ optimizer });
  await store.startOptimization("s", ["x"], { optimizer: "optimizer", maxIterations: 2 });
  await begun();
  const [run] = runs;
  await run?.report({ metrics: { loss: 2 } });
  expect(run?.signal.aborted).toBe(false);
  const last = await run?.report({ metrics: { loss: 1 } });
  expect([last?.optimization.state, run?.signal.aborted]).toEqual(["completed", true]);
  await expect(run?.report({ metrics: { loss: 0 } })).rejects.toMatchObject({ reason: "cancelled" });
  expect(await store.getVariable("s", "x")).toMatchObject({ value: 3 });
});

test("whoever stops it, preempts it, or deletes its session ends the optimizer's work", async () => {
  const { runs, optimizer } = endless();
  const store = await openStore({ optimizer });
  const start = () => store.startOptimization("s", ["x"], { optimizer: "optimizer", leaseTtlMs: 300 });
  await start();
  await expect.poll(() => runs.length).toBe(1);
  await store.stopOptimization("s", target);
  expect(runs[0]?.signal).toMatchObject({ aborted: true, reason: { reason: "cancelled" } });
  await start();
  await expect.poll(() => runs.length).toBe(2);
  const other = { optimizer: "other", priority: 1, onConflict: "preempt" } as const;
  const { fencingToken } = await store.startOptimization("s", ["x"], other);
  expect(runs[1]?.signal.aborted).toBe(true);
  await store.stopOptimization("s", target, { fencingToken });
  await start();
  await expect.poll(() => runs.length).toBe(3);
  await store.deleteSession("s");
  await expect.poll(() => runs[2]?.signal.aborted).toBe(true);
});

test("its lease is renewed while it works", async () => {
  const { optimizer, begun } = endless();
  const store = await openStore({ optimizer });
  const { optimization } = await store.startOptimization("s", ["x"], { optimizer: "optimizer", leaseTtlMs: 300 });
  await begun();
  const first = optimization.leaseExpiresAtMs ?? 0;
  store.advance(250);
  await expect.poll(async () => (await statusOf(store))?.leaseExpiresAtMs ?? 0).toBeGreaterThanOrEqual(first + 250);
  store.advance(250);
  expect(await statusOf(store)).toMatchObject({ state: "running" });
});

test("a request that is made again is worked on once", async () => {
  const { runs, optimizer, begun } = endless();
  const store = await openStore({ optimizer });
  const start = () => store.startOptimization("s", ["x"], { optimizer: "optimizer", requestId: "r" });
  const [first, again] = [await start(), await start()];
  expect(again.fencingToken).toBe(first.fencingToken);
  await begun();
  await store.setVariable("s", "y", 1);
  expect(runs.length).toBe(1);
});

test("what was at work in a process that was killed is abandoned, and nobody is kept from its variables", async () => {
  const log = createMemoryLog<Commit>();
  const { runs, optimizer } = endless();
  const options = { types: builtinTypes, log, shared: false };
  // It is left as it is when the next one begins, and told nothing.
  const killed = createStore({ ...options, optimizers: { optimizer } });
  await killed.createSession({ id: "s" });
  for (const name of ["x", "y"]) await killed.registerVariable("s", { name, type: "float", value: 3 });
  const began = { optimizer: "optimizer", leaseTtlMs: 365 * 24 * 3_600_000, requestId: "r" };
  const { optimization } = await killed.startOptimization("s", ["x"], began);
  await killed.startOptimization("s", ["y"], { optimizer: "elsewhere" });
  await expect.poll(() => runs.length).toBe(1);

  const store = createStore({ ...options, optimizers: { optimizer }, maxLoadedSessions: 1 });
  onTestFinished(() => store.close());
  const cause = "the process that worked on it has ended";
  expect(await statusOf(store)).toMatchObject({ id: optimization.id, state: "abandoned", cause });
  const others = await store.getOptimizationStatus("s", { kind: "variable", ref: "y" });
  expect(others).toMatchObject({ optimizing: true });
  const ended: unknown[] = [];
  store.telemetry.on("dspex.variables.optimization_completed", ({ metadata }) => ended.push(metadata.outcome));
  await store.sweep();
  expect(ended).toEqual(["abandoned"]);
  await store.setVariable("s", "x", 4);
  expect(await statusOf(store)).toMatchObject({ state: "abandoned", cause });
  // What runs here goes on, when its session comes back into memory too.
  await store.startOptimization("s", ["x"], { optimizer: "optimizer" });
  await expect.poll(() => runs.length).toBe(2);
  await store.createSession({ id: "t" });
  expect(await statusOf(store)).toMatchObject({ state: "running" });
});

test("a store that is closed ends the work, and the optimization as stopped", async () => {
  const { runs, optimizer, begun } = endless();
  const store = await openStore({ optimizer });
  await store.startOptimization("s", ["x"], { optimizer: "optimizer" });
  await begun();
  const ended: unknown[] = [];
  store.telemetry.on("dspex.variables.optimization_completed", ({ metadata }) => ended.push(metadata.outcome));
  await store.close();
  expect([ended, runs[0]?.signal.aborted]).toEqual([["stopped"], true]);
});
