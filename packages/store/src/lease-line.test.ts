import type { Commit } from "@trimtab/core";
import { type CommitLog, createMemoryLog } from "@trimtab/log";
import { builtinTypes } from "@trimtab/types";
import { expect, onTestFinished, test } from "vitest";
import { createStore } from "./create-store.ts";

/** A log in which the lease of one optimizer is on its way until it is let through. */
function holdingBack(optimizer: string) {
  const [reached, letThrough] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const kept = createMemoryLog<Commit>();
  const isHeldBack = ({ events }: Commit) =>
    events.some((event) => event.kind === "optimization-started" && event.optimization.optimizer === optimizer);
  const log: CommitLog<Commit> = {
    ...kept,
    async append(stream, after, entries) {
      if (entries.some(isHeldBack)) {
        reached.resolve();
        await letThrough.promise;
      }
      return kept.append(stream, after, entries);
    },
  };
  return { log, reached: reached.promise, letThrough: letThrough.resolve };
}

async function openStore(log: CommitLog<Commit>) {
  const store = createStore({ types: builtinTypes, log, shared: false });
  onTestFinished(() => store.close());
  await store.createSession({ id: "s" });
  await store.registerVariables("s", [
    { name: "a", type: "float", value: 1 },
    { name: "b", type: "float", value: 2 },
  ]);
  const start = (optimizer: string, refs: readonly string[], signal?: AbortSignal) =>
    store.startOptimization("s", refs, {
      optimizer,
      onConflict: "wait",
      waitTimeoutMs: 60_000,
      ...(signal !== undefined && { signal }),
    });
  const waiting = async (ref: string, count: number) => {
    while ((await store.getOptimizationStatus("s", { kind: "variable", ref })).waiting !== count);
  };
  const stop = (id: string) => store.stopOptimization("s", { kind: "optimization", id });
  return { store, start, stop, waiting };
}

test("a lease that is granted to somebody who has left meanwhile passes on to the next in line", async () => {
  const { log, reached, letThrough } = holdingBack("second");
  const { store, start, stop, waiting } = await openStore(log);
  const first = await start("first", ["a"]);
  const away = new AbortController();
  const second = start("second", ["a", "b"], away.signal);
  await waiting("a", 1);
  const third = start("third", ["b", "a"]);
  await waiting("a", 2);
  await stop(first.optimization.id);
  await reached;
  away.abort();
  letThrough();
  await expect(second).rejects.toMatchObject({ reason: "cancelled" });
  const granted = await third;
  const { items } = await store.listOptimizations("s");
  expect(items.map(({ optimizer, state }) => [optimizer, state])).toEqual([
    ["third", "running"],
    ["second", "stopped"],
    ["first", "stopped"],
  ]);
  expect(granted.optimization.variables).toHaveLength(2);
  const lease = { optimization: granted.optimization.id, fencingToken: granted.fencingToken };
  await store.setVariables("s", { a: 3, b: 4 }, { lease });
  await waiting("a", 0);
});

test("who waits for several variables holds none of them before it holds them all", async () => {
  const { store, start, stop, waiting } = await openStore(createMemoryLog<Commit>());
  const first = await start("first", ["a"]);
  const both = start("both", ["a", "b"]);
  await waiting("b", 1);
  await store.setVariable("s", "b", 5);
  await stop(first.optimization.id);
  const { optimization } = await both;
  await expect(store.setVariable("s", "b", 6)).rejects.toMatchObject({
    reason: "already_optimizing",
    details: { optimization: optimization.id },
  });
});

test("a lease that was not renewed in time is noted as lost, also beside one that is held", async () => {
  let elapsed = 0;
  const clock = { now: () => 1_000_000 + elapsed, elapsed: () => elapsed };
  const store = createStore({ types: builtinTypes, clock });
  onTestFinished(() => store.close());
  await store.createSession({ id: "s" });
  for (const name of ["a", "b"]) await store.registerVariable("s", { name, type: "float", value: 1 });
  await store.startOptimization("s", ["a"], { optimizer: "brief", leaseTtlMs: 1000 });
  const { revision } = await store.startOptimization("s", ["b"], { optimizer: "long", leaseTtlMs: 100_000 });
  elapsed = 2000;
  for (let round = 0; round < 2; round++) {
    await store.sweep();
    expect((await store.getSession("s")).revision).toBe(revision + 1);
  }
  const { items } = await store.listOptimizations("s");
  expect(items.map(({ optimizer, state }) => [optimizer, state])).toEqual([
    ["long", "running"],
    ["brief", "abandoned"],
  ]);
});

test("whoever waits for a variable that is deleted meanwhile is told so, also behind others", async () => {
  const { store, start, waiting } = await openStore(createMemoryLog<Commit>());
  const { optimization, fencingToken } = await start("holder", ["a", "b"]);
  const ahead = start("ahead", ["b"]);
  await waiting("b", 1);
  const behind = start("behind", ["b", "a"]);
  await waiting("b", 2);
  await store.deleteVariable("s", "a", { lease: { optimization: optimization.id, fencingToken } });
  await expect(behind).rejects.toMatchObject({ reason: "not_found", details: { resource: "variable", id: "a" } });
  await store.stopOptimization("s", { kind: "variable", ref: "b" });
  expect((await ahead).optimization.optimizer).toBe("ahead");
});
