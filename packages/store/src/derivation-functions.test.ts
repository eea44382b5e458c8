import { builtinTypes } from "@trimtab/types";
import { expect, onTestFinished, test } from "vitest";
import { createStore } from "./create-store.ts";
import type { StoreOptions } from "./local-store.ts";

const numbers = (inputs: object): number[] => Object.values(inputs).filter((each) => typeof each === "number");

async function openStore(functions: NonNullable<StoreOptions["functions"]>) {
  const store = createStore({ types: builtinTypes, functions });
  onTestFinished(() => store.close());
  await store.createSession({ id: "s" });
  await store.registerVariables("s", [
    { name: "a", type: "float", value: 1 },
    { name: "b", type: "float", value: 2 },
  ]);
  return store;
}

const derivation = { kind: "function", name: "sum" } as const;

test("a function is given the values of what its variable depends on, by name", async () => {
  const store = await openStore({ sum: (inputs) => numbers(inputs).reduce((sum, each) => sum + each, 0) });
  const spec = { name: "total", type: "float", dependencies: ["a", "b"], derivation };
  expect((await store.registerVariable("s", spec)).variable).toMatchObject({ value: 3, derivation });
  await store.setVariables("s", { a: 10, b: 20 });
  expect(await store.getVariable("s", "total")).toMatchObject({ value: 30, version: 1 });
});

test("what a function throws is why its variable is stale, until it is computed again", async () => {
  let isUp = true;
  const store = await openStore({
    sum: ({ a = 0 }) => {
      if (!isUp) throw new TypeError("the oracle sleeps");
      return a;
    },
  });
  const { variable } = await store.registerVariable("s", {
    name: "total",
    type: "float",
    dependencies: ["a"],
    derivation,
  });
  isUp = false;
  await store.setVariable("s", "a", 5);
  expect(await store.getVariable("s", "total")).toMatchObject({
    value: 1,
    stale: { cause: expect.stringContaining("the oracle sleeps") },
  });
  expect((await store.recomputeVariables("s")).failed.get(variable.id)?.message).toContain("the oracle sleeps");
  isUp = true;
  const { applied, revision } = await store.recomputeVariables("s", []);
  expect(applied.get(variable.id)).toMatchObject({ name: "total", version: 1, revision });
  expect(await store.getVariable("s", "total")).toMatchObject({ value: 5, version: 1 });
  // Computed on demand, it has no cause among variables.
  const [newest] = (await store.listVariableHistory("s", "total")).items;
  expect(newest).not.toHaveProperty("causedBy");
});

test("why a sensitive variable is stale says nothing of the value that it cannot have", async () => {
  const store = await openStore({ sum: ({ a = 0 }) => a });
  const spec = { name: "total", type: "float", dependencies: ["a"], derivation, constraints: { max: 4 } };
  await store.registerVariable("s", { ...spec, sensitive: true });
  await store.registerVariable("s", { ...spec, name: "plain" });
  await store.setVariable("s", "a", 777.25);
  const causeOf = async (name: string) => (await store.getVariable("s", name)).stale?.cause;
  expect(await causeOf("total")).toBe("the value for total breaks its constraint max");
  expect(await causeOf("plain")).toContain("777.25");
});
