import type { AccessControl, Commit } from "@trimtab/core";
import { createMemoryLog } from "@trimtab/log";
import { createStore } from "@trimtab/store";
import { builtinTypes } from "@trimtab/types";
import { expect, onTestFinished, test } from "vitest";
import { openAuditRecord } from "./audit-record.ts";
import { auditedLog } from "./audited-log.ts";
import { jsonCodec } from "./test-parts/json-codec.ts";

async function open() {
  let ahead = 0;
  const clock = { now: () => Date.now() + ahead, elapsed: () => performance.now() + ahead };
  const record = await openAuditRecord({ log: createMemoryLog(), codec: jsonCodec, onError: () => {} });
  const log = auditedLog(createMemoryLog<Commit>(), record);
  const store = createStore({ types: builtinTypes, log, shared: false, clock });
  onTestFinished(async () => {
    await store.close();
    await record.close();
  });
  const listed = async () => {
    await record.settled();
    const { items } = await record.listAuditEntries("s", { pageSize: 1000 });
    return items.toReversed().map((entry) => [entry.action, entry.variableName, entry.oldVersion, entry.newVersion]);
  };
  const advance = (ms: number) => {
    ahead += ms;
  };
  return { store, listed, advance };
}

test("everything that a store does to a session is entered, and nothing that it refuses or only looks at", async () => {
  const { store, listed, advance } = await open();
  await store.createSession({ id: "s", ttlMs: 60_000 });
  await store.registerVariables("s", [
    { name: "a", type: "float", value: 1 },
    { name: "b", type: "float", value: 1 },
  ]);
  await store.setVariables("s", { a: 2, b: 2 });
  await store.updateVariable("s", "a", { description: "x" });
  await store.rollbackVariable("s", "a", { kind: "version", version: 0 });
  await store.setLabel("s", "l");
  await expect(store.setVariable("s", "a", "warm")).rejects.toMatchObject({ reason: "validation_failed" });
  await store.getVariable("s", "a");
  await store.deleteVariable("s", "b");
  advance(60_001);
  await store.sweep();
  expect(await listed()).toEqual([
    ["SessionCreated", "", undefined, undefined],
    ["VariableRegistered", "a", undefined, 0],
    ["VariableRegistered", "b", undefined, 0],
    ["VariableSet", "a", 0, 1],
    ["VariableSet", "b", 0, 1],
    ["VariableChanged", "a", 1, 1],
    ["VariableSet", "a", 1, 2],
    ["LabelSet", "", undefined, undefined],
    ["VariableDeleted", "b", 1, undefined],
    ["SessionDeleted", "", undefined, undefined],
  ]);
});

test("leases are entered with the variables that they are of", async () => {
  const { store, listed, advance } = await open();
  await store.createSession({ id: "s" });
  await store.registerVariables("s", [
    { name: "a", type: "float", value: 1 },
    { name: "b", type: "float", value: 1 },
  ]);
  const start = (names: readonly string[], priority: number) =>
    store.startOptimization("s", names, { optimizer: "o", onConflict: "preempt", priority, leaseTtlMs: 1000 });
  const { optimization, fencingToken } = await start(["a"], 1);
  await store.renewLease("s", optimization.id, { fencingToken });
  await start(["a", "b"], 2);
  advance(1001);
  await store.sweep();
  const told = (await listed()).map(([action, name]) => [action, name]);
  expect(told.slice(3)).toEqual([
    ["OptimizationStarted", "a"],
    ["LeaseRenewed", ""],
    ["OptimizationEnded", "a"],
    ["OptimizationEnded", "b"],
    ["OptimizationEnded", "a"],
    ["OptimizationEnded", "b"],
  ]);
});

test("what a principal does to another session's variables is entered as done by it, and told to the session that it called as", async () => {
  const record = await openAuditRecord({ log: createMemoryLog(), codec: jsonCodec, onError: () => {} });
  const log = auditedLog(createMemoryLog<Commit>(), record);
  const access: AccessControl = { authorize: () => ({ allowed: true, basis: "rule" }), explain: () => [] };
  const store = createStore({ types: builtinTypes, log, shared: false, access });
  onTestFinished(() => store.close().then(record.close));
  await store.createSession({ id: "s" });
  await store.createSession({ id: "guest" });
  await store.registerVariable("s", { name: "a", type: "float", value: 1 });
  const ada = store.as({ id: "ada", sessions: ["guest"] });
  await ada.setVariable("guest", "s/a", 2);
  const via = { principal: "bob", session: "g", action: "Set", address: "192.0.2.7", userAgent: "", protocol: "grpc" };
  await ada.setVariable("guest", "s/a", 3, { via });
  await record.settled();
  const { items } = await record.listAuditEntries("guest", { filter: { variable: "a" } });
  const peer = { address: "", userAgent: "", protocol: "in-process" };
  expect(items).toMatchObject([
    { session: "s", callerSession: "guest", principal: "ada", action: "VariableSet", peer },
  ]);
  const { items: called } = await record.listAuditEntries("g");
  expect(called).toMatchObject([{ principal: "bob", action: "Set", peer: { address: "192.0.2.7", protocol: "grpc" } }]);
});
