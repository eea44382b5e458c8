import type { Commit, SessionCheckpoint, SessionSummary } from "@trimtab/core";
import { createMemoryLog, createMemorySnapshots, createMemorySummaries } from "@trimtab/log";
import { builtinTypes } from "@trimtab/types";
import { expect, onTestFinished, test } from "vitest";
import { createStore } from "./create-store.ts";

/** A log whose steps of freeing what ended sessions held are stopped at: each before and after it is done. */
function openLog() {
  const [log, snapshots] = [createMemoryLog<Commit>(), createMemorySnapshots<SessionCheckpoint>()];
  const summaries = createMemorySummaries<SessionSummary>();
  let stop: (() => Promise<void>) | undefined;
  const stopping = async (work: () => Promise<void>): Promise<void> => {
    await stop?.();
    await work();
    await stop?.();
  };
  const stepped = {
    log: { ...log, trim: (stream: string, through: number) => stopping(() => log.trim(stream, through)) },
    snapshots: { ...snapshots, drop: (stream: string) => stopping(() => snapshots.drop(stream)) },
    summaries: { ...summaries, drop: (stream: string) => stopping(() => summaries.drop(stream)) },
  };
  const open = (parts: typeof stepped = { log, snapshots, summaries }) => {
    const store = createStore({ types: builtinTypes, ...parts, shared: false, historyCommits: 20, snapshotEvery: 10 });
    onTestFinished(() => store.close());
    return store;
  };
  const stopAt = (at: (() => Promise<void>) | undefined) => {
    stop = at;
  };
  return { open, stepped, stopAt };
}

/** A session that has lived for so long that its log does not reach back to its beginning. */
async function openEnded() {
  const { open, stepped, stopAt } = openLog();
  const store = open(stepped);
  await store.createSession({ id: "s" });
  await store.registerVariable("s", { name: "x", type: "float", value: 0 });
  for (let i = 0; i < 100; i++) await store.setVariable("s", "x", i);
  await expect.poll(() => store.getSessionAt("s", { kind: "revision", revision: 50 }).catch(() => "gone")).toBe("gone");
  await store.deleteSession("s");
  return { store, open, stopAt };
}

test("a session that ended is gone at every moment while what it held is freed, and for whoever opens its log then", async () => {
  const { store, open, stopAt } = await openEnded();
  let moments = 0;
  stopAt(async () => {
    moments++;
    await expect(store.getSession("s")).rejects.toMatchObject({ reason: "session_not_found" });
    expect((await open().listSessions()).items).toEqual([]);
  });
  await store.sweep();
  expect(moments).toBe(6);
});

test.each([1, 2, 3, 4, 5, 6])("a session of the same id that begins at moment %i of that stays", async (moment) => {
  const { store, open, stopAt } = await openEnded();
  let moments = 0;
  stopAt(async () => {
    if (++moments !== moment) return;
    await store.createSession({ id: "s" });
    await store.registerVariable("s", { name: "x", type: "float", value: 7 });
  });
  await store.sweep();
  stopAt(undefined);
  for (const each of [store, open()]) {
    expect((await each.listSessions()).items).toMatchObject([{ id: "s" }]);
    expect(await each.getVariable("s", "x")).toMatchObject({ value: 7, version: 0 });
  }
});
