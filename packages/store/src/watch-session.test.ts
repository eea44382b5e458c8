import { setImmediate as nextTurn } from "node:timers/promises";
import type { ChangesEvent, Commit, WatchOptions } from "@trimtab/core";
import { type CommitLog, createMemoryLog } from "@trimtab/log";
import { builtinTypes } from "@trimtab/types";
import { expect, onTestFinished, test } from "vitest";
import { createStore } from "./create-store.ts";

test("a watch that fell behind and asked for it gets one event with each variable's latest", async () => {
  const store = createStore({ types: builtinTypes });
  await store.createSession({ id: "s" });
  await store.registerVariables("s", [
    { name: "x", type: "integer", value: 0 },
    { name: "gone", type: "integer", value: 0 },
  ]);
  const watch = store.watch("s", {}, { coalesce: true, oldValues: true })[Symbol.asyncIterator]();
  await watch.next();
  for (let i = 1; i <= 50; i++) await store.setVariable("s", "x", i);
  await store.registerVariable("s", { name: "new", type: "integer", value: 1 });
  await store.setVariable("s", "new", 2);
  await store.registerVariable("s", { name: "brief", type: "integer", value: 1 });
  await store.deleteVariables("s", ["brief", "gone"]);
  const event = (await watch.next()).value as ChangesEvent;
  expect(event).toMatchObject({ kind: "changes", coalesced: true, revision: 56 });
  expect(event.changes.map(({ kind, name, value, oldValue }) => [kind, name, value, oldValue])).toEqual([
    ["updated", "x", 50, 0],
    ["registered", "new", 2, undefined],
    ["deleted", "gone", 0, undefined],
  ]);
  expect(event.changes[1]?.variable).toMatchObject({ name: "new", value: 2, version: 1 });
  await watch.return?.();
  await store.close();
});

test("what is merged loses no value to a notice, and tells what the value was before and whether it is still that", async () => {
  const store = createStore({ types: builtinTypes });
  onTestFinished(() => store.close());
  await store.createSession({ id: "s" });
  await store.registerVariables("s", [
    { name: "a", type: "integer", value: 0 },
    ...["set", "described", "told"].map((name) => ({ name, type: "integer", value: 0, dependencies: ["a"] })),
    { name: "back", type: "integer", value: 0 },
    { name: "still", type: "integer", value: 0 },
  ]);
  const watch = store.watch("s", {}, { coalesce: true, oldValues: true })[Symbol.asyncIterator]();
  await watch.next();
  await store.updateVariable("s", "described", { description: "of it" });
  await store.setVariables("s", { set: 5, described: 5, back: 5, still: 0 });
  await store.setVariables("s", { back: 5, still: 0 });
  await store.registerVariable("s", { name: "new", type: "integer", value: 5, dependencies: ["a"] });
  await store.setVariable("s", "a", 1);
  const event = (await watch.next()).value as ChangesEvent;
  await watch.return?.();
  const told = event.changes.map(({ kind, name, value, oldValue, unchanged }) => [
    name,
    kind,
    value,
    oldValue,
    unchanged,
  ]);
  expect(new Map(told.map(([name, ...rest]) => [name, rest]))).toEqual(
    new Map<string, unknown[]>([
      ["set", ["updated", 5, 0, undefined]],
      ["described", ["changed", 5, 0, undefined]],
      ["back", ["updated", 5, 0, undefined]],
      ["still", ["updated", 0, 0, true]],
      ["new", ["registered", 5, undefined, undefined]],
      ["a", ["updated", 1, 0, undefined]],
      ["told", ["dependency-changed", null, undefined, undefined]],
    ]),
  );
});

test("a watch that asks for it is told when the access rules of the session are set, set back, and with values", async () => {
  const store = createStore({ types: builtinTypes });
  await store.createSession({ id: "s" });
  await store.registerVariable("s", { name: "x", type: "integer", value: 0 });
  const rules = [{ id: "r", sessionPattern: "*", permissions: ["read"] }] as const;
  const open = (options: WatchOptions = {}) => store.watch("s", { refs: ["x"] }, options)[Symbol.asyncIterator]();
  const asked = open({ sessionPermissions: true });
  const plain = open();
  const merged = open({ sessionPermissions: true, coalesce: true });
  for (const watch of [asked, plain, merged]) await watch.next();
  const waiting = asked.next();
  await store.setSessionPermissions("s", rules, { actor: "ada" });
  await store.setVariable("s", "x", 1);
  await store.rollbackSession("s", { kind: "revision", revision: 2 }, { restorePermissions: true });
  const told = [(await waiting).value, (await asked.next()).value, (await asked.next()).value] as ChangesEvent[];
  expect(told.map(({ changes }) => changes.map(({ value }) => value))).toEqual([[], [1], [0]]);
  expect(told.map((event) => event.sessionPermissions?.rules.map(({ id }) => id))).toEqual([["r"], undefined, []]);
  expect(told[0]).toMatchObject({ actor: "ada", sessionPermissions: { revision: 3, updatedBy: "ada" } });
  expect(await store.getSessionPermissions("s")).toEqual(told[2]?.sessionPermissions);
  const values = [(await plain.next()).value, (await plain.next()).value] as ChangesEvent[];
  expect(values.map(({ revision, sessionPermissions }) => [revision, sessionPermissions])).toEqual([
    [4, undefined],
    [5, undefined],
  ]);
  const once = (await merged.next()).value as ChangesEvent;
  expect(once).toMatchObject({ revision: 5, coalesced: true, sessionPermissions: { rules: [], revision: 5 } });
  // Going on from before it tells it again.
  const again = open({ sessionPermissions: true, after: told[0]?.token ?? "" });
  expect((await again.next()).value).toMatchObject({ revision: 4 });
  await store.close();
});

test("a watch ends with its session, though it reads of that only when there is another of the same id", async () => {
  const store = createStore({ types: builtinTypes });
  onTestFinished(() => store.close());
  await store.createSession({ id: "s" });
  await store.registerVariable("s", { name: "x", type: "integer", value: 0 });
  const watch = store.watch("s")[Symbol.asyncIterator]();
  await watch.next();
  await store.setVariable("s", "x", 1);
  await store.deleteSession("s");
  await store.createSession({ id: "s" });
  await store.registerVariable("s", { name: "y", type: "integer", value: 0 });
  expect((await watch.next()).value).toMatchObject({ kind: "changes", changes: [{ name: "x", value: 1 }] });
  expect((await watch.next()).value).toMatchObject({ changes: [{ kind: "deleted", name: "x" }], revision: 4 });
  expect((await watch.next()).value).toMatchObject({ kind: "ended", cause: "session_deleted", revision: 4 });
  expect((await watch.next()).done).toBe(true);
});

test("a token of the present goes on quietly, and one from the future starts over, as what it was given for is lost", async () => {
  const store = createStore({ types: builtinTypes });
  onTestFinished(() => store.close());
  const { epoch } = await store.createSession({ id: "s" });
  await store.registerVariable("s", { name: "x", type: "integer", value: 7 });
  const { revision } = await store.getSession("s");
  const open = (at: number) => store.watch("s", {}, { after: `${epoch}.${at}` })[Symbol.asyncIterator]();
  expect((await open(revision).next()).value).toMatchObject({ kind: "bookmark", revision });
  const ahead = open(revision + 1);
  expect((await ahead.next()).value).toMatchObject({
    ...{ kind: "reset", cause: "history_lost", revision },
    variables: [{ name: "x", value: 7 }],
  });
  // What comes under the revision that the token spoke of is told all the same.
  await store.setVariable("s", "x", 8);
  expect((await ahead.next()).value).toMatchObject({
    kind: "changes",
    revision: revision + 1,
    changes: [{ value: 8 }],
  });
});

/** A store that keeps one commit at hand, so that a watch reads the others from the log; and the token of the second commit. */
async function openOver(log: CommitLog<Commit>) {
  const store = createStore({
    types: builtinTypes,
    log,
    shared: false,
    recentCommits: 1,
    bookmarkIntervalMs: 600_000,
  });
  onTestFinished(() => store.close());
  await store.createSession({ id: "s" });
  await store.registerVariable("s", { name: "x", type: "integer", value: 0 });
  const first = store.watch("s")[Symbol.asyncIterator]();
  const { token = "" } = (await first.next()).value ?? {};
  // A window over the newest commits is there from here on.
  onTestFinished(async () => void (await first.return?.()));
  for (const value of [1, 2, 3]) await store.setVariable("s", "x", value);
  return { store, behind: store.watch("s", {}, { after: token })[Symbol.asyncIterator]() };
}

const valuesOf = ({ changes }: ChangesEvent) => changes.map(({ value }) => value);

test("a watch that reads from the log tells nothing before it is acknowledged, and then once", async () => {
  const memory = createMemoryLog<Commit>();
  let gate = Promise.resolve();
  const { store, behind } = await openOver({
    ...memory,
    async append(...entries) {
      const made = await memory.append(...entries);
      await gate;
      return made;
    },
  });
  const { promise, resolve: open } = Promise.withResolvers<void>();
  onTestFinished(() => open());
  gate = promise;
  const writing = store.setVariable("s", "x", 4);
  await expect.poll(() => memory.read("s", 5)).toMatchObject({ entries: [{ revision: 6 }] });
  for (const value of [1, 2, 3]) expect(valuesOf((await behind.next()).value as ChangesEvent)).toEqual([value]);
  const fourth = behind.next();
  let isTold = false;
  void fourth.then(() => {
    isTold = true;
  });
  for (let turn = 0; turn < 10; turn++) await nextTurn();
  expect(isTold).toBe(false);
  open();
  await writing;
  await store.setVariable("s", "x", 5);
  expect([(await fourth).value, (await behind.next()).value].map((event) => valuesOf(event as ChangesEvent))).toEqual([
    [4],
    [5],
  ]);
});

test("a watch that is to go on where the log ends too early says that data is lost", async () => {
  const memory = createMemoryLog<Commit>();
  const { behind } = await openOver({
    ...memory,
    read: async (stream, after, limit) =>
      after < 3 ? memory.read(stream, after, 3 - after) : memory.read(stream, after + 100, limit),
  });
  expect(valuesOf((await behind.next()).value as ChangesEvent)).toEqual([1]);
  await expect(behind.next()).rejects.toMatchObject({ reason: "data_loss", details: { session: "s" } });
});
