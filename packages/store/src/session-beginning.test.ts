import type { Commit, SessionCheckpoint } from "@trimtab/core";
import { createMemoryLog, createMemorySnapshots } from "@trimtab/log";
import { builtinTypes } from "@trimtab/types";
import { describe, expect, onTestFinished, test } from "vitest";
import { createStore, type LocalStore } from "./create-store.ts";

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
