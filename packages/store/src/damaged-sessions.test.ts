import type { Commit, SessionCheckpoint, SessionSummary } from "@trimtab/core";
import {
  createMemoryLog,
  createMemorySnapshots,
  createMemorySummaries,
  LogError,
  type SummaryStore,
} from "@trimtab/log";
import { builtinTypes } from "@trimtab/types";
import { expect, onTestFinished, test } from "vitest";
import { createStore, type LocalStore, type StoreOptions } from "./create-store.ts";

/** Sessions a, b and c in a folder of which any entry can be damaged, and its summaries. */
async function openFolder() {
  const memory = createMemoryLog<Commit>();
  const entries = new Map<string, number>();
  let isListDamaged = false;
  let reads = 0;
  const log: typeof memory = {
    ...memory,
    async read(stream, after, limit = 1000) {
      reads++;
      const found = await memory.read(stream, after, limit);
      const damaged = entries.get(stream) ?? 0;
      if (damaged <= after || damaged > after + limit) return found;
      throw new LogError("damaged", `entry ${damaged} is not what was stored`);
    },
  };
  const stored = createMemorySummaries<SessionSummary>();
  const summaries: SummaryStore<SessionSummary> = {
    ...stored,
    async *all() {
      if (isListDamaged) throw new LogError("damaged", "it is not what was stored");
      yield* stored.all();
    },
  };
  const snapshots = createMemorySnapshots<SessionCheckpoint>();
  const open = (options: Partial<StoreOptions> = {}): LocalStore => {
    const store = createStore({ types: builtinTypes, log, snapshots, shared: false, ...options });
    onTestFinished(() => store.close());
    return store;
  };
  const first = open({ summaries, snapshotEvery: 4 });
  for (const id of ["a", "b", "c"]) {
    await first.createSession({ id, ttlMs: 1000 });
    await first.registerVariable(id, { name: "x", type: "float", value: 1 });
  }
  const damage = (stream: string, entry: number) => void entries.set(stream, entry);
  const damageList = () => {
    isListDamaged = true;
  };
  return { open, first, damage, damageList, summaries, reads: () => reads };
}

const idsOf = async (store: LocalStore) => (await store.listSessions()).items.map(({ id }) => id).sort();

test("a damaged session is told of and refused when it is used, and keeps no other from being listed, created or ended", async () => {
  const { open, damage } = await openFolder();
  damage("b", 2);
  const told: unknown[] = [];
  let elapsed = 0;
  const clock = { now: () => 1_795_000_000_000 + elapsed, elapsed: () => elapsed };
  const store = open({ maxSessions: 3, clock, onDamage: (error) => told.push(error) });
  expect(await idsOf(store)).toEqual(["a", "c"]);
  expect(told).toMatchObject([{ reason: "data_loss", details: { session: "b" } }]);
  expect(await store.countSessions()).toBe(2);
  await store.createSession({ id: "d" });
  await expect(store.createSession({ id: "e" })).rejects.toMatchObject({ reason: "limit_exceeded" });
  for (const use of [store.getSession("b"), store.getVariable("b", "x"), store.createSession({ id: "b" })]) {
    await expect(use).rejects.toMatchObject({ reason: "data_loss", details: { session: "b" } });
  }
  elapsed = 2000;
  expect(await store.sweep()).toBe(2);
  expect(await idsOf(store)).toEqual(["d"]);
  expect(told).toHaveLength(1);
});

test("where others write, a damaged session is told of and read again only when something was added to it", async () => {
  const { open, first, damage, reads } = await openFolder();
  damage("b", 2);
  const told: unknown[] = [];
  const store = open({ shared: true, onDamage: (error) => told.push(error) });
  await idsOf(store);
  const before = reads();
  expect(await idsOf(store)).toEqual(["a", "c"]);
  expect(reads()).toBe(before);
  await first.setVariable("b", "x", 2);
  await idsOf(store);
  expect(told).toHaveLength(2);
});

test("damage before a snapshot, or to what sessions are listed by, leaves out none", async () => {
  const { open, first, damage, damageList, summaries } = await openFolder();
  for (let value = 2; value < 5; value++) await first.setVariable("b", "x", value);
  damage("b", 3);
  expect(await idsOf(open({ summaries }))).toEqual(["a", "b", "c"]);
  damageList();
  const told: unknown[] = [];
  expect(await idsOf(open({ summaries, onDamage: (error) => told.push(error) }))).toEqual(["a", "b", "c"]);
  expect(told).toMatchObject([{ reason: "data_loss" }]);
});

test("what is shared is listed without that of a damaged session", async () => {
  const { open, first, damage, summaries } = await openFolder();
  for (const id of ["a", "b"])
    await first.setSessionPermissions(id, [{ effect: "allow", sessionPattern: "*", permissions: ["read"] }]);
  await first.close();
  damage("b", 2);
  const answer = { allowed: true, basis: "no-rule" } as const;
  const store = open({ summaries, access: { authorize: () => answer, explain: () => [] } });
  expect(await idsOf(store)).toEqual(["a", "b", "c"]);
  expect((await store.listAccessible("c")).items.map(({ owner }) => owner)).toEqual(["a"]);
  await expect(store.listAccessible("b")).rejects.toMatchObject({ reason: "data_loss" });
});
