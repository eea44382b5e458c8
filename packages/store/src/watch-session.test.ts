import type { ChangesEvent, WatchOptions } from "@trimtab/core";
import { builtinTypes } from "@trimtab/types";
import { expect, test } from "vitest";
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
