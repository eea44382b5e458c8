import { builtinTypes } from "@trimtab/types";
import { expect, onTestFinished, test } from "vitest";
import { createStore } from "./create-store.ts";

// The life of variables as people first described it, told as they told it.

async function openStore() {
  const store = createStore({ types: builtinTypes });
  onTestFinished(() => store.close());
  await store.createSession({ id: "s" });
  return store;
}

test("a float is registered with constraints, under an id that begins with its name", async () => {
  const store = await openStore();
  const spec = { name: "temperature", type: "float", value: 0.7, constraints: { min: 0, max: 2, step: 0.1 } };
  const { variable } = await store.registerVariable("s", spec);
  expect(variable.id).toMatch(/^var_temperature_\d+$/);
  expect(await store.getVariable("s", variable.id)).toEqual(await store.getVariable("s", "temperature"));
});

test("a type that nobody knows is refused by name", async () => {
  const store = await openStore();
  const unknown = store.registerVariable("s", { name: "x", type: "unknown", value: 1 });
  await expect(unknown).rejects.toMatchObject({ reason: "invalid_type", details: { type: "unknown" } });
});

test("an integer of at most 10 refuses 15 and takes 8", async () => {
  const store = await openStore();
  await store.registerVariable("s", { name: "n", type: "integer", value: 5, constraints: { max: 10 } });
  await expect(store.setVariable("s", "n", 15)).rejects.toMatchObject({
    reason: "constraint_violation",
    details: { constraint: "max", limit: 10, value: 15 },
  });
  expect((await store.getVariable("s", "n")).version).toBe(0);
  await store.setVariable("s", "n", 8);
  expect((await store.getVariable("s", "n")).value).toBe(8);
});

test("whoever watches a variable is told of its new value, who set it and why", async () => {
  const store = await openStore();
  const { variable } = await store.registerVariable("s", { name: "temperature", type: "float", value: 0.7 });
  const watch = store.watch("s", { refs: [variable.id] }, { oldValues: true })[Symbol.asyncIterator]();
  await watch.next();
  const metadata = { source: "bayesian_optimizer", reason: "trial 7" };
  await store.setVariable("s", "temperature", 0.9, { metadata });
  const { value: event } = await watch.next();
  expect(event).toMatchObject({ kind: "changes", actor: "bayesian_optimizer" });
  expect(event).toMatchObject({ changes: [{ id: variable.id, value: 0.9, oldValue: 0.7, version: 1, metadata }] });
  await watch.return?.();
});

test("what a write says is merged into the variable's metadata, and kept with the write as it was said", async () => {
  const store = await openStore();
  const metadata = { affects: "style" };
  await store.registerVariable("s", { name: "temperature", type: "float", value: 0.7, metadata });
  await store.setVariable("s", "temperature", 0.9, { metadata: { source: "ada", reason: "dull" } });
  const variable = await store.getVariable("s", "temperature");
  expect(variable.metadata).toMatchObject({ affects: "style", source: "ada", reason: "dull" });
  const { items } = await store.listVariableHistory("s", "temperature");
  expect(items[0]?.metadata).toEqual({ source: "ada", reason: "dull" });
});

test("a rollback gives an earlier value as a new version", async () => {
  const store = await openStore();
  await store.registerVariable("s", { name: "temperature", type: "float", value: 0.1 });
  await store.setVariable("s", "temperature", 0.2);
  await store.setVariable("s", "temperature", 0.3);
  const to = { kind: "version", version: 1 } as const;
  const rolledBack = await store.rollbackVariable("s", "temperature", to, { metadata: { reason: "worse" } });
  expect(rolledBack).toMatchObject({ rolledBackFrom: 2, rolledBackTo: 1, written: { version: 3 } });
  expect(await store.getVariable("s", "temperature")).toMatchObject({
    value: 0.2,
    version: 3,
    metadata: { reason: "worse", rolled_back_from: 2, rolled_back_to: 1 },
  });
});

test("of many writers at once, one is last, and each has a version of its own", async () => {
  const store = await openStore();
  await store.registerVariable("s", { name: "n", type: "integer", value: 0 });
  const written = await Promise.all(Array.from({ length: 10 }, (_, i) => store.setVariable("s", "n", i)));
  expect(new Set(written.map(({ version }) => version))).toEqual(new Set([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]));
  const last = written.find(({ version }) => version === 10);
  expect((await store.getVariable("s", "n")).value).toBe(written.indexOf(last ?? expect.fail("no last write")));
});

test("what others depend on cannot be deleted, and no variable can depend on itself by any way", async () => {
  const store = await openStore();
  for (const name of ["a", "b", "c"]) await store.registerVariable("s", { name, type: "float", value: 1 });
  await store.addDependency("s", { variable: "b", dependsOn: "a" });
  await store.addDependency("s", { variable: "c", dependsOn: "b", kind: "optimization", metadata: { weight: 2 } });
  await expect(store.deleteVariable("s", "a")).rejects.toMatchObject({ reason: "has_dependents" });
  await expect(store.addDependency("s", { variable: "a", dependsOn: "c" })).rejects.toMatchObject({
    reason: "would_create_cycle",
    details: { cycle: ["a", "c", "b", "a"] },
  });
  const { items } = await store.listDependents("s", "a", { transitive: true });
  expect(items.map(({ variableName, depth }) => [variableName, depth])).toEqual([
    ["b", 1],
    ["c", 2],
  ]);
});
