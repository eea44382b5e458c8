import type { Commit, SessionCheckpoint } from "@trimtab/core";
import { type CommitLog, createMemoryLog, createMemorySnapshots } from "@trimtab/log";
import { builtinTypes } from "@trimtab/types";
import { describe, expect, onTestFinished, test } from "vitest";
import { createStore } from "./create-store.ts";
import type { LocalStore } from "./local-store.ts";

/** Opens stores over one log, one after the other, as a server does that is started again. */
function openStores(snapshotEvery: number): () => LocalStore {
  const kept = { log: createMemoryLog<Commit>(), snapshots: createMemorySnapshots<SessionCheckpoint>() };
  return () => {
    const store = createStore({ types: builtinTypes, ...kept, shared: false, snapshotEvery, historyCommits: 5 });
    onTestFinished(() => store.close());
    return store;
  };
}

async function live(store: LocalStore, value: number): Promise<void> {
  await store.createSession({ id: "s" });
  await store.registerVariable("s", { name: "x", type: "float", value });
  for (let i = 0; i < 10; i++) await store.setVariable("s", "x", value + i);
}

describe.each([
  ["no snapshot", 1000],
  ["snapshots of both", 4],
])("an id that is used again after its session has ended and was swept, with %s", (_, snapshotEvery) => {
  test("is there after a restart", async () => {
    const open = openStores(snapshotEvery);
    const first = open();
    await live(first, 100);
    await first.deleteSession("s");
    await first.sweep();
    await live(first, 1);
    await first.close();
    const second = open();
    expect(await second.getVariable("s", "x")).toMatchObject({ value: 10, version: 10 });
    const { items } = await second.listVariableHistory("s", "x");
    expect(items.map(({ value }) => value)).not.toContain(100);
    const { revision } = await second.getSession("s");
    expect(await second.getVariableAt("s", "x", { kind: "revision", revision: revision - 1 })).toMatchObject({
      value: 9,
    });
  });

  test("is there where the sweep came after the second began", async () => {
    const open = openStores(snapshotEvery);
    const first = open();
    await live(first, 100);
    await first.deleteSession("s");
    await live(first, 1);
    await first.sweep();
    await first.close();
    expect(await open().getVariable("s", "x")).toMatchObject({ value: 10, version: 10 });
  });

  test("can end again, and hides no other session", async () => {
    const store = openStores(snapshotEvery)();
    await store.createSession({ id: "other" });
    for (let round = 0; round < 2; round++) {
      await live(store, round);
      await store.deleteSession("s");
      expect((await store.listSessions()).items.map(({ id }) => id)).toEqual(["other"]);
      await store.sweep();
    }
  });
});

/** A store over a log of which somebody does something while a session is loaded, once it has come that far. */
function openWatched(options: { snapshotEvery: number; shared: boolean; entriesAtOnce?: number }) {
  const log = createMemoryLog<Commit>();
  const snapshots = createMemorySnapshots<SessionCheckpoint>();
  let onRead: ((after: number) => Promise<boolean>) | undefined;
  const { entriesAtOnce = 1000, ...others } = options;
  const make = (from: CommitLog<Commit>) => {
    const store = createStore({ types: builtinTypes, log: from, snapshots, historyCommits: 5, ...others });
    onTestFinished(() => store.close());
    return store;
  };
  const store = make({
    ...log,
    async read(stream, after, limit = entriesAtOnce) {
      const found = await log.read(stream, after, Math.min(limit, entriesAtOnce));
      const act = onRead;
      onRead = undefined;
      if (act !== undefined && !(await act(after))) onRead = act;
      return found;
    },
  });
  return {
    store,
    other: make(log),
    snapshots,
    /** Is called after each read until it says that it has done what it does. */
    whileLoading: (act: NonNullable<typeof onRead>) => {
      onRead = act;
    },
  };
}

test("an id is free while what its last session left is being swept", async () => {
  const { store, snapshots } = openWatched({ snapshotEvery: 4, shared: false });
  await live(store, 1);
  await store.deleteSession("s");
  const load = snapshots.load;
  snapshots.load = async (...from) => {
    snapshots.load = load;
    const found = await load(...from);
    expect(found?.number).toBeGreaterThan(0);
    await store.sweep();
    return found;
  };
  expect(await store.createSession({ id: "s" })).toMatchObject({ id: "s" });
});

test("a session that another store begins anew while what was before is read is found", async () => {
  const { store, other, whileLoading } = openWatched({ snapshotEvery: 1000, shared: true });
  await live(other, 1);
  await other.deleteSession("s");
  await other.sweep();
  whileLoading(async (after) => {
    if (after === 0) return false;
    await live(other, 2);
    return true;
  });
  const get = () => store.getVariable("s", "x").catch(({ code }) => code);
  expect(await get()).not.toBe("data_loss");
  await expect.poll(get).toMatchObject({ value: 11 });
});

test("a session that another store ends while it is read part by part is gone", async () => {
  const { store, other, whileLoading } = openWatched({ snapshotEvery: 1000, shared: true, entriesAtOnce: 4 });
  await live(other, 1);
  whileLoading(async () => {
    await other.deleteSession("s");
    await other.sweep();
    return true;
  });
  await expect(store.getVariable("s", "x")).rejects.toMatchObject({ code: "not_found" });
});
