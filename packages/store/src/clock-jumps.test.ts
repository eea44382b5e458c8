import type { Commit, WatchEvent } from "@trimtab/core";
import { createMemoryLog, createMemorySnapshots } from "@trimtab/log";
import { builtinTypes } from "@trimtab/types";
import { expect, onTestFinished, test } from "vitest";
import { createStore } from "./create-store.ts";
import type { StoreOptions } from "./local-store.ts";

const year = 365 * 24 * 3_600_000;

/** A store whose wall clock is set by hand, as by people and by time servers, while time goes on as it does. */
function open(options: Partial<StoreOptions> = {}) {
  const started = Date.UTC(2026, 10, 21);
  let wall = started;
  let elapsed = 0;
  const clock = { now: () => wall, elapsed: () => elapsed };
  const store = createStore({ types: builtinTypes, clock, bookmarkIntervalMs: 1_000_000, ...options });
  onTestFinished(() => store.close());
  const jump = (ms: number) => {
    wall += ms;
  };
  const pass = (ms: number) => {
    wall += ms;
    elapsed += ms;
  };
  return { store, started, jump, pass };
}

test.each([
  ["forwards", [year]],
  ["backwards", [-year]],
  ["to and fro", [year, -2 * year, 5, year, -1, -year]],
  ["before 1970", [-60 * year]],
])("a clock that jumps %s neither loses a write nor turns its order round", async (_, jumps) => {
  const { store, jump } = open();
  await store.createSession({ id: "s" });
  await store.registerVariable("s", { name: "n", type: "integer", value: 0 });
  let n = 0;
  for (const ms of jumps) {
    jump(ms);
    for (let i = 0; i < 3; i++) expect(await store.setVariable("s", "n", ++n)).toMatchObject({ version: n });
  }
  const { items } = await store.listCommits("s");
  const times = items.map(({ atMs }) => atMs).sort((a, b) => a - b);
  const byRevision = [...items].sort((a, b) => a.revision - b.revision).map(({ atMs }) => atMs);
  expect(byRevision).toEqual(times);
  expect(new Set(times).size).toBe(times.length);
  expect(await store.getVariable("s", "n")).toMatchObject({ value: n, version: n });
});

test("what a process with a clock that is behind changes of a variable is later than what another one wrote", async () => {
  const log = createMemoryLog<Commit>();
  const ahead = open({ log });
  ahead.jump(year);
  await ahead.store.createSession({ id: "s" });
  await ahead.store.registerVariable("s", { name: "n", type: "integer", value: 0 });
  const { updatedAtMs } = await ahead.store.setVariable("s", "n", 1);
  const behind = open({ log }).store;
  const described = await behind.updateVariable("s", "n", { description: "changed" });
  expect(described.updatedAtMs).toBeGreaterThan(updatedAtMs);
  expect((await behind.setVariable("s", "n", 2)).updatedAtMs).toBeGreaterThan(described.updatedAtMs);
});

test("what was, at a time, is found across a jump", async () => {
  const { store, started, jump, pass } = open();
  await store.createSession({ id: "s" });
  await store.registerVariable("s", { name: "n", type: "integer", value: 0 });
  pass(1000);
  await store.setVariable("s", "n", 1);
  jump(year);
  await store.setVariable("s", "n", 2);
  jump(-2 * year);
  await store.setVariable("s", "n", 3);
  const at = async (atMs: number) => (await store.getVariableAt("s", "n", { kind: "time", atMs })).value;
  expect(await at(started + 500)).toBe(0);
  expect(await at(started + 1500)).toBe(1);
  expect(await at(started + 2 * year)).toBe(3);
});

test("no session expires because the clock was set, and each does when its time has passed", async () => {
  const { store, jump, pass } = open();
  await store.createSession({ id: "s", ttlMs: 60_000 });
  for (const ms of [year, -3 * year, 2 * year]) {
    jump(ms);
    expect(await store.sweep()).toBe(0);
  }
  pass(60_001);
  jump(-year);
  expect(await store.sweep()).toBe(1);
});

test("a lease that nobody renews ends although the clock was set back, and another can be had meanwhile", async () => {
  const { store, jump, pass } = open();
  await store.createSession({ id: "s" });
  for (const name of ["n", "m"]) await store.registerVariable("s", { name, type: "integer", value: 0 });
  const lease = { optimizer: "test", leaseTtlMs: 30_000 } as const;
  await store.startOptimization("s", ["n"], lease);
  jump(-3_600_000);
  await store.startOptimization("s", ["m"], lease);
  pass(20_000);
  for (const name of ["n", "m"]) {
    await expect(store.startOptimization("s", [name], lease)).rejects.toMatchObject({ reason: "already_optimizing" });
  }
  // Until the clock has caught up, time goes half as fast.
  pass(40_001);
  for (const name of ["n", "m"]) await store.startOptimization("s", [name], lease);
});

test("a lease that was granted or renewed since the store was opened with the clock set back lasts as long as it says", async () => {
  const kept = { log: createMemoryLog<never>(), snapshots: createMemorySnapshots<never>(), shared: false };
  const first = open(kept);
  first.jump(year);
  await first.store.createSession({ id: "s" });
  for (const name of ["n", "m"]) await first.store.registerVariable("s", { name, type: "integer", value: 0 });
  const lease = { optimizer: "test", leaseTtlMs: 30_000 } as const;
  const renewed = await first.store.startOptimization("s", ["n"], lease);
  await first.store.close();
  const { store, pass } = open(kept);
  await store.renewLease("s", renewed.optimization.id, { fencingToken: renewed.fencingToken });
  const granted = await store.startOptimization("s", ["m"], lease);
  pass(29_000);
  for (const name of ["n", "m"]) {
    await expect(store.startOptimization("s", [name], lease)).rejects.toMatchObject({ reason: "already_optimizing" });
  }
  pass(1001);
  const { optimization } = await store.getOptimizationStatus("s", {
    kind: "optimization",
    id: granted.optimization.id,
  });
  const { state, startedAtMs, endedAtMs } = optimization ?? expect.fail("it is not there");
  expect(state).toBe("abandoned");
  expect(endedAtMs).toBeGreaterThanOrEqual(startedAtMs);
  for (const name of ["n", "m"]) await store.startOptimization("s", [name], lease);
});

test("a lease of before that nobody renews ends by its own time after a restart with the clock set back", async () => {
  const kept = { log: createMemoryLog<never>(), snapshots: createMemorySnapshots<never>(), shared: false };
  const first = open(kept);
  first.jump(year);
  await first.store.createSession({ id: "s" });
  for (const name of ["n", "m"]) await first.store.registerVariable("s", { name, type: "integer", value: 0 });
  const lost = await first.store.startOptimization("s", ["n"], { optimizer: "test", leaseTtlMs: 30_000 });
  const kept40 = await first.store.startOptimization("s", ["m"], { optimizer: "test", leaseTtlMs: 30_000 });
  await first.store.renewLease("s", kept40.optimization.id, { fencingToken: kept40.fencingToken, leaseTtlMs: 40_000 });
  await first.store.close();
  const { store, started, pass } = open(kept);
  pass(20_000);
  const target = { kind: "optimization", id: lost.optimization.id } as const;
  const { optimization } = await store.getOptimizationStatus("s", target);
  expect(optimization).toMatchObject({ state: "running", leaseExpiresAtMs: expect.closeTo(started + 30_000, 0) });
  const start = (name: string) => store.startOptimization("s", [name], { optimizer: "test" });
  for (const name of ["n", "m"]) await expect(start(name)).rejects.toMatchObject({ reason: "already_optimizing" });
  pass(10_001);
  await start("n");
  await expect(start("m")).rejects.toMatchObject({ reason: "already_optimizing" });
  pass(10_000);
  await start("m");
});

test("ages are never negative, and a watch goes on", async () => {
  const { store, jump } = open();
  await store.createSession({ id: "s" });
  await store.registerVariable("s", { name: "n", type: "integer", value: 0 });
  const watch = store.watch("s")[Symbol.asyncIterator]();
  const next = async (): Promise<WatchEvent> => {
    const { value } = await watch.next();
    return value ?? expect.fail("the watch has ended");
  };
  const { token } = await next();
  for (const ms of [year, -2 * year]) {
    jump(ms);
    const { revision } = await store.setVariable("s", "n", 1);
    expect(await next()).toMatchObject({ kind: "changes", revision });
    expect((await store.getSession("s")).stats.ageMs).toBeGreaterThanOrEqual(0);
  }
  await watch.return?.();
  const resumed = store.watch("s", {}, { after: token })[Symbol.asyncIterator]();
  expect((await resumed.next()).value).toMatchObject({ kind: "changes", revision: 3 });
  await resumed.return?.();
});

test("a store that is opened again while the clock stands before the last commit goes on after it", async () => {
  const kept = { log: createMemoryLog<never>(), snapshots: createMemorySnapshots<never>(), shared: false };
  const first = open(kept);
  first.jump(year);
  await first.store.createSession({ id: "s" });
  await first.store.registerVariable("s", { name: "n", type: "integer", value: 0 });
  const [before] = (await first.store.listCommits("s")).items;
  await first.store.close();
  const second = open(kept);
  await second.store.setVariable("s", "n", 1);
  const [after] = (await second.store.listCommits("s")).items;
  expect(after?.atMs).toBeGreaterThan(before?.atMs ?? Number.NaN);
});
