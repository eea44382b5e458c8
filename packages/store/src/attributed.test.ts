import { builtinTypes } from "@trimtab/types";
import { expect, onTestFinished, test } from "vitest";
import { createStore } from "./create-store.ts";
import { createMovingClock } from "./test-parts/moving-clock.ts";

test("the write that finds a lease run out is not that lease's", async () => {
  const { clock, advance } = createMovingClock();
  const store = createStore({ types: builtinTypes, clock });
  onTestFinished(() => store.close());
  await store.createSession({ id: "s" });
  await store.registerVariable("s", { name: "x", type: "float", value: 1 });
  const { optimization, fencingToken } = await store.startOptimization("s", ["x"], {
    optimizer: "o",
    leaseTtlMs: 1000,
  });
  const { id } = optimization;
  await store.setVariable("s", "x", 2, { lease: { optimization: id, fencingToken } });
  advance(5000);
  await store.setVariable("s", "x", 3);
  const { items } = await store.listVariableHistory("s", "x");
  expect(items.map(({ version, optimization: by }) => [version, by])).toEqual([
    [2, undefined],
    [1, id],
    [0, undefined],
  ]);
  const { optimization: over } = await store.getOptimizationStatus("s", { kind: "optimization", id });
  expect(over).toMatchObject({ state: "abandoned", endedAtMs: items[0]?.updatedAtMs });
});

test("what an imported version says of an optimization elsewhere is not told", async () => {
  const store = createStore({ types: builtinTypes });
  onTestFinished(() => store.close());
  for (const id of ["s", "t"]) await store.createSession({ id });
  await store.registerVariable("s", { name: "x", type: "float", value: 1 });
  await store.setVariable("s", "x", 2);
  const data = await store.exportVariables("s", { includeHistory: true });
  const history = new Map(
    Array.from(data.history, ([id, versions]) => [id, versions.map((each) => ({ ...each, optimization: "theirs" }))]),
  );
  await store.importVariables("t", { ...data, history });
  const { items } = await store.listVariableHistory("t", "x");
  expect(items.length).toBeGreaterThan(1);
  for (const version of items) expect(version).not.toHaveProperty("optimization");
});
