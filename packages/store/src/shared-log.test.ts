import { type Commit, isStoreError, type SessionCheckpoint, type Store } from "@trimtab/core";
import { type CommitLog, createMemoryLog, createMemorySnapshots } from "@trimtab/log";
import { builtinTypes } from "@trimtab/types";
import { afterEach, expect, test, vi } from "vitest";
import { createStore } from "./create-store.ts";
import type { LocalStore } from "./local-store.ts";

const open: LocalStore[] = [];
afterEach(async () => {
  for (const store of open.splice(0)) await store.close();
});

/** Two stores on one log, as two processes on one database would be. */
function openPair(): [LocalStore, LocalStore] {
  const log = createMemoryLog<Commit>();
  const snapshots = createMemorySnapshots<never>();
  const pair: [LocalStore, LocalStore] = [
    createStore({ types: builtinTypes, log, snapshots }),
    createStore({ types: builtinTypes, log, snapshots }),
  ];
  open.push(...pair);
  return pair;
}

async function increment(store: Store): Promise<void> {
  for (;;) {
    const { value, version } = await store.getVariable("s", "n");
    try {
      await store.setVariable("s", "n", Number(value) + 1, { expectedVersion: version });
      return;
    } catch (error) {
      if (!isStoreError(error, "version_mismatch")) throw error;
    }
  }
}

test("two stores that race on one session lose no write and agree", async () => {
  const [a, b] = openPair();
  await a.createSession({ id: "s" });
  await a.registerVariable("s", { name: "n", type: "integer", value: 0 });
  await Promise.all(Array.from({ length: 60 }, (_, i) => increment(i % 2 === 0 ? a : b)));
  await b.setVariable("s", "n", 1000);
  const seen: number[] = [];
  for await (const event of a.watch("s")) {
    if (event.kind === "snapshot") seen.push(...event.variables.map((variable) => Number(variable.value)));
    if (event.kind === "changes") seen.push(...event.changes.map((change) => Number(change.value)));
    if (seen.at(-1) === 1000) break;
  }
  expect(await a.getVariable("s", "n")).toEqual(await b.getVariable("s", "n"));
  expect(await a.getVariable("s", "n")).toMatchObject({ value: 1000, version: 61, revision: 63 });
});

test("a watch hears what another store wrote", async () => {
  const [a, b] = openPair();
  await a.createSession({ id: "s" });
  await a.registerVariable("s", { name: "n", type: "integer", value: 0 });
  const seen: unknown[] = [];
  for await (const event of b.watch("s")) {
    if (event.kind === "snapshot") await a.setVariables("s", { n: 7 }, { actor: "ada" });
    if (event.kind !== "changes") continue;
    seen.push([event.actor, event.changes[0]?.value]);
    break;
  }
  expect(seen).toEqual([["ada", 7]]);
});

test("what another store writes while the answer to a write is on its way is heard of once that is there", async () => {
  const log = createMemoryLog<Commit>();
  const snapshots = createMemorySnapshots<never>();
  const answer = Promise.withResolvers<void>();
  let isHeld = false;
  const append: typeof log.append = async (...entries) => {
    const isMade = await log.append(...entries);
    if (isHeld) await answer.promise;
    return isMade;
  };
  const slow = createStore({ types: builtinTypes, log: { ...log, append }, snapshots });
  const other = createStore({ types: builtinTypes, log, snapshots });
  open.push(slow, other);
  await slow.createSession({ id: "s" });
  await slow.registerVariable("s", { name: "n", type: "integer", value: 0 });
  const watch = slow.watch("s")[Symbol.asyncIterator]();
  expect((await watch.next()).value).toMatchObject({ kind: "snapshot" });
  isHeld = true;
  const own = slow.setVariable("s", "n", 1);
  await expect.poll(() => log.read("s", 2)).toMatchObject({ entries: [{ revision: 3 }] });
  await other.setVariable("s", "n", 2);
  // Whoever follows the log hears of it now.
  await new Promise((resolve) => setImmediate(resolve));
  answer.resolve();
  expect(await own).toMatchObject({ version: 1 });
  for (const value of [1, 2]) expect((await watch.next()).value).toMatchObject({ changes: [{ value }] });
  await watch.return?.();
});

test("a watch that waits while another store writes more than is kept goes on with a full view", async () => {
  const log = createMemoryLog<Commit>();
  const snapshots = createMemorySnapshots<SessionCheckpoint>();
  const hearing = Promise.withResolvers<void>();
  const late = createStore({
    types: builtinTypes,
    snapshots,
    bookmarkIntervalMs: 600_000,
    log: {
      ...log,
      async *follow(...from) {
        await hearing.promise;
        yield* log.follow(...from);
      },
    },
  });
  const other = createStore({ types: builtinTypes, log, snapshots, historyCommits: 10, snapshotEvery: 5 });
  open.push(late, other);
  await other.createSession({ id: "s" });
  await other.registerVariable("s", { name: "n", type: "integer", value: 0 });
  const watch = late.watch("s")[Symbol.asyncIterator]();
  expect((await watch.next()).value).toMatchObject({ kind: "snapshot", revision: 2 });
  const waiting = watch.next();
  for (let n = 1; n <= 60; n++) await other.setVariable("s", "n", n);
  await expect.poll(() => log.read("s", 2)).toMatchObject({ kind: "trimmed" });
  hearing.resolve();
  expect((await waiting).value).toMatchObject({
    kind: "reset",
    cause: "history_lost",
    revision: 62,
    variables: [{ name: "n", value: 60 }],
  });
  await other.setVariable("s", "n", 61);
  expect((await watch.next()).value).toMatchObject({ kind: "changes", revision: 63, changes: [{ value: 61 }] });
  await watch.return?.();
});

/** A store with a log of its own making, and another one that keeps little of the past. */
function openBeside(around: (log: CommitLog<Commit>) => Partial<CommitLog<Commit>>) {
  const log = createMemoryLog<Commit>();
  const snapshots = createMemorySnapshots<SessionCheckpoint>();
  const other = createStore({ types: builtinTypes, log, snapshots, historyCommits: 10, snapshotEvery: 5 });
  const store = createStore({ types: builtinTypes, snapshots, log: { ...log, ...around(log) } });
  open.push(store, other);
  return { log, other, store };
}

test("what is loaded anew while a write goes on from a later state does not take that back", async () => {
  const heard = Promise.withResolvers<void>();
  const released = Promise.withResolvers<void>();
  const seen = Promise.withResolvers<void>();
  let holding = false;
  let isHeld = false;
  const { log, other, store } = openBeside((log) => ({
    async *follow(...from) {
      await heard.promise;
      yield* log.follow(...from);
    },
    async read(...from) {
      if (isHeld) await seen.promise;
      const found = await log.read(...from);
      // The end of the first state that is loaded anew comes late.
      if (holding && found.kind === "entries" && found.entries.length === 0) {
        holding = false;
        await released.promise;
      }
      return found;
    },
  }));
  await other.createSession({ id: "s" });
  await other.registerVariable("s", { name: "n", type: "integer", value: 0 });
  await store.getVariable("s", "n");
  for (let n = 1; n <= 60; n++) await other.setVariable("s", "n", n);
  await expect.poll(() => log.read("s", 2)).toMatchObject({ kind: "trimmed" });
  holding = true;
  heard.resolve();
  await expect.poll(() => holding).toBe(false);
  await store.setVariable("s", "n", 61);
  isHeld = true;
  released.resolve();
  for (let turns = 0; turns < 20; turns++) await Promise.resolve();
  expect(await store.getVariable("s", "n")).toMatchObject({ value: 61, revision: 63 });
  seen.resolve();
});

test.each(["follow", "read"] as const)("others are heard again after a log failed to %s", async (failing) => {
  vi.useFakeTimers({ toFake: ["setTimeout"] });
  try {
    let failures = 0;
    const { other, store } = openBeside((log) => ({
      async *follow(...from) {
        if (failing === "follow" && failures > 0 && failures--) throw new Error("the network is down");
        for await (const read of log.follow(...from)) {
          if (failing === "follow" && failures > 0 && failures--) throw new Error("the network is down");
          yield read;
        }
      },
      async read(...from) {
        if (failing === "read" && failures > 0 && failures--) throw new Error("the network is down");
        return log.read(...from);
      },
    }));
    await other.createSession({ id: "s" });
    await other.registerVariable("s", { name: "n", type: "integer", value: 0 });
    const watch = store.watch("s")[Symbol.asyncIterator]();
    await watch.next();
    const heard = watch.next();
    failures = 2;
    await other.setVariable("s", "n", 7);
    await vi.advanceTimersByTimeAsync(5000);
    expect(failures).toBe(0);
    expect((await heard).value).toMatchObject({ kind: "changes", changes: [{ value: 7 }] });
    await watch.return?.();
  } finally {
    vi.useRealTimers();
  }
});

test("what is still being loaded when the store is closed does not follow the log", async () => {
  const loading = Promise.withResolvers<void>();
  const released = Promise.withResolvers<void>();
  const followed: AbortSignal[] = [];
  const { other, store } = openBeside((log) => ({
    async read(...from) {
      loading.resolve();
      await released.promise;
      return log.read(...from);
    },
    follow(stream, after, signal) {
      followed.push(signal);
      return log.follow(stream, after, signal);
    },
  }));
  await other.createSession({ id: "s" });
  const used = store.getSession("s").catch(() => {});
  await loading.promise;
  await store.close();
  released.resolve();
  await used;
  expect(followed.map(({ aborted }) => aborted)).toEqual([true]);
});

test("a store opened later finds everything", async () => {
  const log = createMemoryLog<Commit>();
  const first = createStore({ types: builtinTypes, log });
  await first.createSession({ id: "s", metadata: { team: "x" } });
  await first.registerVariables("s", [
    { name: "x", type: "float", value: 1 },
    { name: "y", type: "float", value: 2 },
  ]);
  await first.setVariable("s", "y", 3);
  await first.deleteVariable("s", "x");
  await first.putProgram("s", "p", { a: 1 });
  const before = [await first.getVariable("s", "y"), await first.getProgram("s", "p")];
  await first.close();
  const second = createStore({ types: builtinTypes, log });
  open.push(second);
  expect((await second.listSessions()).items.map((session) => session.id)).toEqual(["s"]);
  expect([await second.getVariable("s", "y"), await second.getProgram("s", "p")]).toEqual(before);
  expect(await second.getSession("s")).toMatchObject({
    revision: 5,
    metadata: { team: "x" },
    stats: { totalVariableUpdates: 3 },
  });
});
