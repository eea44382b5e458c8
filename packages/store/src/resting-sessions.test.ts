import type { Commit, SessionCheckpoint, SessionSummary, Store } from "@trimtab/core";
import {
  type CommitLog,
  createMemoryLog,
  createMemorySnapshots,
  createMemorySummaries,
  type SummaryStore,
} from "@trimtab/log";
import { builtinTypes } from "@trimtab/types";
import { expect, onTestFinished, test } from "vitest";
import { createStore } from "./create-store.ts";
import type { LocalStore, StoreOptions } from "./local-store.ts";
import { createMovingClock } from "./test-parts/moving-clock.ts";

/** What a folder holds, in memory, with the reads of its log counted. */
function createFolder() {
  const memory = createMemoryLog<Commit>();
  const reads: string[] = [];
  const log: CommitLog<Commit> = {
    ...memory,
    read: (stream, after, limit) => {
      reads.push(stream);
      return memory.read(stream, after, limit);
    },
  };
  const snapshots = createMemorySnapshots<SessionCheckpoint>();
  return { log, snapshots, summaries: createMemorySummaries<SessionSummary>(), reads };
}

type Folder = ReturnType<typeof createFolder>;

function openStore({ log, snapshots, summaries }: Folder, options: Partial<StoreOptions> = {}): LocalStore {
  const store = createStore({ types: builtinTypes, log, snapshots, summaries, shared: false, ...options });
  onTestFinished(() => store.close());
  return store;
}

async function fillSessions(store: Store, count: number): Promise<void> {
  for (let i = 0; i < count; i++) {
    const id = `s${i}`;
    await store.createSession({ id, metadata: { number: i } });
    await store.registerVariable(id, { name: "x", type: "float", value: i });
    for (let n = 0; n < i % 5; n++) await store.setVariable(id, "x", n);
    if (i % 3 === 0) await store.putProgram(id, "p", { n: i });
    if (i % 4 === 0) await store.updateSession(id, { ttlMs: 5_000_000 });
  }
  await store.deleteSession("s1");
  await store.forkSession("s4", { kind: "revision", revision: 2 }, { id: "fork" });
}

/** What listing tells that does not depend on when one asks. */
async function listedBy(store: Store) {
  const { items } = await store.listSessions({ pageSize: 1000 });
  return items.map(({ lastAccessedAtMs: _, stats: { ageMs: __, timeSinceAccessMs: ___, ...counts }, ...session }) => ({
    ...session,
    counts,
  }));
}

test("a store that is opened again lists its sessions without reading any", async () => {
  const folder = createFolder();
  const first = openStore(folder);
  await fillSessions(first, 30);
  const before = await listedBy(first);
  await first.close();
  folder.reads.length = 0;
  const second = openStore(folder);
  expect(await listedBy(second)).toEqual(before);
  expect(await second.countSessions()).toBe(30);
  expect(new Set(folder.reads)).toEqual(new Set(["s1"]));
  expect(await second.getVariable("s7", "x")).toMatchObject({ value: 1 });
  expect(folder.reads.at(-1)).toBe("s7");
});

test.each([
  ["whose summaries lag behind", (folder: Folder) => folder],
  ["without summaries", (folder: Folder) => ({ ...folder, summaries: createMemorySummaries<SessionSummary>() })],
])("a store on a log %s lists the same", async (_, loseSummaries) => {
  const folder = createFolder();
  // It is not closed before the second is opened, as if it had been killed.
  const first = openStore(folder);
  await fillSessions(first, 30);
  const progress: number[] = [];
  const second = openStore(loseSummaries(folder), { onProgress: (found) => progress.push(found) });
  expect(await listedBy(second)).toEqual(await listedBy(first));
  expect(progress.at(-1)).toBe(31);
});

test("sessions above the limit leave memory, the least recently used first, and come back", async () => {
  const folder = createFolder();
  const store = openStore(folder, { maxLoadedSessions: 3 });
  for (let i = 0; i < 8; i++) {
    await store.createSession({ id: `s${i}` });
    await store.registerVariable(`s${i}`, { name: "x", type: "float", value: i });
  }
  folder.reads.length = 0;
  for (const i of [5, 6, 7]) await store.getVariable(`s${i}`, "x");
  expect(folder.reads).toEqual([]);
  expect(await store.getVariable("s0", "x")).toMatchObject({ value: 0 });
  expect(new Set(folder.reads)).toEqual(new Set(["s0"]));
  await store.getVariable("s6", "x");
  expect(new Set(folder.reads)).toEqual(new Set(["s0"]));
  await store.getVariable("s5", "x");
  expect(new Set(folder.reads)).toEqual(new Set(["s0", "s5"]));
});

test("a session that nobody uses for long leaves memory, and one that is watched does not", async () => {
  const folder = createFolder();
  const { clock, advance } = createMovingClock();
  const store = openStore(folder, { clock, idleSessionMs: 1000, bookmarkIntervalMs: 10 });
  for (const id of ["idle", "watched"]) await store.createSession({ id });
  const watch = store.watch("watched")[Symbol.asyncIterator]();
  await watch.next();
  folder.reads.length = 0;
  while (!folder.reads.includes("idle")) {
    // Until the timer comes round it stays where it is.
    advance(2000);
    await new Promise((resolve) => setTimeout(resolve, 5));
    await store.getSession("idle");
  }
  await store.registerVariable("watched", { name: "x", type: "float", value: 1 });
  expect((await watch.next()).value).toMatchObject({ kind: expect.stringMatching(/changes|bookmark/) });
  expect(folder.reads).not.toContain("watched");
  await watch.return?.();
});

test("a session at rest expires, and is swept", async () => {
  const folder = createFolder();
  const { clock, advance } = createMovingClock();
  const store = openStore(folder, { clock, maxLoadedSessions: 0 });
  for (const id of ["short", "long"]) await store.createSession({ id, ttlMs: id === "short" ? 1000 : 100_000 });
  advance(2000);
  expect((await store.listSessions()).items.map(({ id }) => id)).toEqual(["long"]);
  expect(await store.sweep()).toBe(1);
  expect(await store.countSessions()).toBe(1);
  await expect(store.getSession("short")).rejects.toMatchObject({ reason: "session_not_found" });
});

test("sessions at rest count towards the limit", async () => {
  const store = openStore(createFolder(), { maxLoadedSessions: 0, maxSessions: 3 });
  for (const id of ["a", "b", "c"]) await store.createSession({ id });
  await expect(store.createSession({ id: "d" })).rejects.toMatchObject({ reason: "limit_exceeded" });
  await store.deleteSession("b");
  await store.createSession({ id: "d" });
});

test("of a request that is made again while its session comes and goes, the refused parts are known", async () => {
  const store = openStore(createFolder(), { maxLoadedSessions: 0 });
  await store.createSession({ id: "s" });
  await store.registerVariable("s", { name: "x", type: "float", value: 1, constraints: { max: 2 } });
  await store.registerVariable("s", { name: "y", type: "float", value: 1 });
  const write = () => store.setVariables("s", { x: 9, y: 2 }, { atomic: false, requestId: "r" });
  const first = await write();
  await store.createSession({ id: "other" });
  const again = await write();
  expect([...again.refused].map(([ref, { reason }]) => [ref, reason])).toEqual([["x", "constraint_violation"]]);
  expect(again.applied).toEqual(first.applied);
});

test("a session that was only read leaves memory without a write", async () => {
  const folder = createFolder();
  const first = openStore(folder);
  await fillSessions(first, 5);
  await first.close();
  const saved: string[] = [];
  const summaries: SummaryStore<SessionSummary> = {
    ...folder.summaries,
    save: (stream, number, data) => {
      saved.push(stream);
      return folder.summaries.save(stream, number, data);
    },
  };
  const second = openStore({ ...folder, summaries }, { maxLoadedSessions: 0 });
  await second.countSessions();
  for (const id of ["s2", "s3", "s2"]) await second.getVariable(id, "x");
  expect(saved).toEqual([]);
  await second.setVariable("s3", "x", 7);
  expect(saved).toEqual(["s3"]);
});

test("the summary of a session that is written to all the time is renewed every tenth of a second or thousand commits", async () => {
  const folder = createFolder();
  const saved: number[] = [];
  const summaries: SummaryStore<SessionSummary> = {
    ...folder.summaries,
    save(stream, number, data) {
      saved.push(number);
      return folder.summaries.save(stream, number, data);
    },
  };
  let elapsed = 0;
  const clock = { now: () => 1_000_000 + elapsed, elapsed: () => elapsed };
  const store = openStore({ ...folder, summaries }, { clock });
  await store.createSession({ id: "s" });
  await store.registerVariable("s", { name: "x", type: "integer", value: 0 });
  const writeThrough = async (revision: number) => {
    for (let n = (await store.getSession("s")).revision; n < revision; n++) await store.setVariable("s", "x", n);
  };
  await writeThrough(1050);
  expect(saved).toEqual([1, 1001]);
  elapsed = 100;
  await writeThrough(1200);
  expect(saved).toEqual([1, 1001, 1101]);
  elapsed = 1000;
  await writeThrough(1201);
  expect(saved).toEqual([1, 1001, 1101, 1201]);
});
