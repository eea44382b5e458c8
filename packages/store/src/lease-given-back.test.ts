import type { Commit } from "@trimtab/core";
import { type CommitLog, createMemoryLog } from "@trimtab/log";
import { builtinTypes } from "@trimtab/types";
import { expect, test } from "vitest";
import { createStore } from "./create-store.ts";

/** A log that keeps back the next lease that is granted, until it is told to go on. */
function createHeldLog() {
  const log = createMemoryLog<Commit>();
  const reached = Promise.withResolvers<void>();
  const released = Promise.withResolvers<void>();
  let isArmed = false;
  const isGrant = ({ events }: Commit) => events.some(({ kind }) => kind === "optimization-started");
  const held: CommitLog<Commit> = {
    ...log,
    async append(stream, after, entries, options) {
      if (isArmed && entries.some(isGrant)) {
        isArmed = false;
        reached.resolve();
        await released.promise;
      }
      return log.append(stream, after, entries, options);
    },
  };
  const arm = () => {
    isArmed = true;
  };
  return { log: held, arm, reached: reached.promise, release: () => released.resolve() };
}

test("a lease that is granted to a caller who has left the line is given back at once", async () => {
  const { log, arm, reached, release } = createHeldLog();
  const store = createStore({ types: builtinTypes, log });
  await store.createSession({ id: "s" });
  await store.registerVariable("s", { name: "x", type: "float", value: 1 });
  const { optimization } = await store.startOptimization("s", ["x"], { optimizer: "holder" });
  const left = new AbortController();
  const waiting = store.startOptimization("s", ["x"], {
    optimizer: "impatient",
    onConflict: "wait",
    waitTimeoutMs: 60_000,
    signal: left.signal,
  });
  const refused = expect(waiting).rejects.toMatchObject({ reason: "cancelled" });
  arm();
  await store.stopOptimization("s", { kind: "optimization", id: optimization.id });
  // It has been decided that the lease is theirs, and they leave before they hear of it.
  await reached;
  left.abort();
  release();
  await refused;
  const [last, first] = (await store.listOptimizations("s")).items;
  expect([first?.optimizer, last?.optimizer, last?.state]).toEqual(["holder", "impatient", "stopped"]);
  // Nobody holds it, so that it can be written and leased again.
  await store.setVariable("s", "x", 2);
  await store.startOptimization("s", ["x"], { optimizer: "next" });
  await store.close();
});
