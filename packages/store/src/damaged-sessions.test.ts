import type { Commit, SessionCheckpoint, SessionSummary } from "@trimtab/core";
import {
  createMemoryLog,
  createMemorySnapshots,
  createMemorySummaries,
  LogError,
  type SummaryStore,
} from "@trimtab/log";
import { builtinTypes } from "@trimtab/types";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { createStore } from "./create-store.ts";
import type { LocalStore, StoreOptions } from "./local-store.ts";

/** Sessions a, b and c in a folder of which any entry can be damaged, and its summaries. */
async function openFolder() {
  const memory = createMemoryLog<Commit>();
  const entries = new Map<string, { readonly entry: number; readonly error: LogError }>();
  const lost = new Set<string>();
  let isListDamaged = false;
  let reads = 0;
  const log: typeof memory = {
    ...memory,
    async read(stream, after, limit = 1000) {
      reads++;
      if (lost.has(stream)) throw new LogError("damaged", `where ${stream} ends is lost`);
      const found = await memory.read(stream, after, limit);
      const { entry, error } = entries.get(stream) ?? { entry: 0 };
      if (error === undefined || found.kind === "trimmed" || entry <= after || entry > after + limit) return found;
      throw error;
    },
    async trim(stream, through) {
      if (through === Number.MAX_SAFE_INTEGER) lost.delete(stream);
      await memory.trim(stream, through);
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
  const damage = (stream: string, entry: number) => {
    const error = new LogError("damaged", `entry ${entry} is not what was stored`);
    entries.set(stream, { entry, error });
  };
  const seal = (stream: string, key: string) => {
    const error = new LogError("unsupported", `what is stored was sealed with key ${key}`, { key });
    entries.set(stream, { entry: 1, error });
  };
  const lose = (stream: string) => void lost.add(stream);
  const mend = (stream: string) => void entries.delete(stream);
  const damageList = () => {
    isListDamaged = true;
  };
  return { open, first, log, snapshots, damage, seal, mend, lose, damageList, summaries, reads: () => reads };
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

test("a session whose key is missing is refused by the name of the key, keeps no other from work, and is told of once for each key", async () => {
  const { open, seal, mend, summaries } = await openFolder();
  seal("a", "old");
  seal("b", "old");
  const told: unknown[] = [];
  const store = open({ onDamage: (error) => told.push(error) });
  expect(await idsOf(store)).toEqual(["c"]);
  await store.createSession({ id: "d" });
  expect(told).toMatchObject([
    { message: expect.stringContaining("session a is not listed, nor is any other that was sealed with key old") },
  ]);
  const missing = { reason: "data_loss", details: { session: "b", key: "old" } };
  for (const use of [store.getSession("b"), store.setVariable("b", "x", 1), store.createSession({ id: "b" })])
    await expect(use).rejects.toMatchObject(missing);
  mend("a");
  mend("b");
  expect(await idsOf(open({ summaries }))).toEqual(["a", "b", "c", "d"]);
  expect(await store.getVariable("b", "x")).toMatchObject({ value: 1 });
  expect(await idsOf(store)).toEqual(["b", "c", "d"]);
});

test("what is listed from before it was damaged is listed until it is found not to be readable, and told of then", async () => {
  const { open, first, damage, summaries } = await openFolder();
  await first.close();
  damage("b", 2);
  const told: unknown[] = [];
  let elapsed = 0;
  const clock = { now: () => 1_795_000_000_000 + elapsed, elapsed: () => elapsed };
  const store = open({ summaries, clock, onDamage: (error) => told.push(error) });
  expect(await idsOf(store)).toEqual(["a", "b", "c"]);
  elapsed = 2000;
  expect(await store.sweep()).toBe(2);
  expect(told).toMatchObject([{ message: expect.stringContaining("session b is not listed: ") }]);
  expect(await store.countSessions()).toBe(0);
  expect(await store.sweep()).toBe(0);
  expect(told).toHaveLength(1);
});

test("a stranger is told of a damaged session what it is told of one that is not there", async () => {
  const { open, first, damage } = await openFolder();
  await first.setSessionPermissions("b", [{ effect: "allow", sessionPattern: "c", permissions: ["read"] }]);
  await first.close();
  damage("b", 2);
  const answer = { allowed: false, basis: "no-rule" } as const;
  const store = open({ access: { authorize: () => answer, explain: () => [] } });
  const seen = store.as({ id: "p", sessions: ["a"] });
  const calls: readonly ((owner: string) => Promise<unknown>)[] = [
    (owner) => seen.getVariable("a", `${owner}/x`),
    (owner) => seen.setVariable("a", `${owner}/x`, 2),
    (owner) => seen.listVariableHistory("a", `${owner}/x`),
    (owner) => seen.checkAccess("a", `${owner}/x`, "read"),
    (owner) =>
      seen
        .watch("a", { refs: [`${owner}/x`] })
        [Symbol.asyncIterator]()
        .next(),
  ];
  const told = (call: (typeof calls)[number], owner: string) =>
    call(owner).catch((error: Error) => error.message.replace(`${owner}/x`, "other/x"));
  for (const call of calls) expect(await told(call, "b")).toEqual(await told(call, "none"));
});

test("a watch that is to go on over what is damaged starts over with the present, as where it is gone", async () => {
  const { open, first, damage } = await openFolder();
  const tokens: string[] = [];
  for await (const { token } of first.watch("b")) {
    tokens.push(token);
    if (tokens.length > 6) break;
    await first.setVariable("b", "x", tokens.length);
  }
  await first.close();
  damage("b", 4);
  const store = open();
  const [before = "", , at = ""] = tokens;
  for (const after of [before, at]) {
    const { value } = await store.watch("b", {}, { after })[Symbol.asyncIterator]().next();
    expect(value).toMatchObject({ kind: "reset", cause: "history_lost", variables: [{ value: 6 }] });
  }
});

describe("a session that cannot be read", () => {
  test("can be deleted: its name and its place are free again, and the log says who did it", async () => {
    const { open, log, snapshots, damage, seal, first } = await openFolder();
    for (let value = 0; value < 5; value++) await first.setVariable("b", "x", value);
    await first.close();
    damage("b", 6);
    seal("c", "old");
    const store = open();
    expect(await idsOf(store)).toEqual(["a"]);
    for (const id of ["b", "c"]) {
      await store.deleteSession(id, { actor: "operator" });
      await expect(store.getSession(id)).rejects.toMatchObject({ reason: "session_not_found" });
      await expect(store.deleteSession(id)).rejects.toMatchObject({ reason: "session_not_found" });
    }
    expect(await log.read("b", 7)).toMatchObject({
      entries: [{ actor: "operator", revision: 8, events: [{ kind: "session-deleted", cause: "session_deleted" }] }],
    });
    expect(await snapshots.load("b")).toBeUndefined();
    await store.createSession({ id: "b" });
    await store.sweep();
    expect(await idsOf(open())).toEqual(["a", "b"]);
    expect(await log.before("c", 0)).toBe(3);
    const left: string[] = [];
    for await (const { stream } of log.streams()) left.push(stream);
    expect(left.sort()).toEqual(["a", "b"]);
  });

  test("is gone for whoever opens the log after its end was appended and nothing freed, and its successor stays", async () => {
    const { open, log, damage } = await openFolder();
    damage("b", 1);
    const trim = vi.spyOn(log, "trim").mockRejectedValue(new LogError("read_only", "not now"));
    const store = open();
    await store.deleteSession("b");
    await expect(store.createSession({ id: "b" })).rejects.toMatchObject({ reason: "storage_read_only" });
    trim.mockRestore();
    const next = open();
    expect(await idsOf(next)).toEqual(["a", "c"]);
    await next.createSession({ id: "b" });
    expect(await idsOf(open())).toEqual(["a", "b", "c"]);
  });

  test("can be deleted where not even the end of its log is known", async () => {
    const { open, lose } = await openFolder();
    lose("b");
    const store = open();
    expect(await idsOf(store)).toEqual(["a", "c"]);
    await store.deleteSession("b");
    await store.createSession({ id: "b" });
    expect(await idsOf(open())).toEqual(["a", "b", "c"]);
  });

  test("is deleted once by those who do it at the same time", async () => {
    const { open, damage } = await openFolder();
    damage("b", 2);
    const store = open();
    const ends = await Promise.allSettled([store.deleteSession("b"), store.deleteSession("b")]);
    expect(ends.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
    expect(ends).toContainEqual({
      status: "rejected",
      reason: expect.objectContaining({ reason: "session_not_found" }),
    });
  });

  test("is deleted by whoever may act as it, which nothing has to be read for, and nobody else", async () => {
    const { open, damage } = await openFolder();
    damage("b", 2);
    const answer = { allowed: true, basis: "no-rule" } as const;
    const store = open({ access: { authorize: () => answer, explain: () => [] } });
    const other = store.as({ id: "p", sessions: ["a"] });
    await expect(other.deleteSession("b")).rejects.toMatchObject({ reason: "access_denied" });
    await expect(store.getSession("b")).rejects.toMatchObject({ reason: "data_loss" });
    await store.as({ id: "admin", sessions: ["*"] }).deleteSession("b");
    await expect(store.getSession("b")).rejects.toMatchObject({ reason: "session_not_found" });
  });
});
