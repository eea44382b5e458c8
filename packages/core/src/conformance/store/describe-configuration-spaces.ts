import { describe, expect, test } from "vitest";
import type { Store } from "../../index.ts";
import { type OpenStore, openSample, rejection, type StoreFacts } from "./harness.ts";

async function openSpace(open: OpenStore): Promise<Store> {
  const { store } = await openSample(open);
  await store.registerVariable("s", { name: "fixed", type: "integer", value: 5, readOnly: true });
  const variables = ["temperature", "model", "fixed"];
  await store.putConfigurationSpace("s", { name: "llm", variables, description: "d", metadata: { team: "x" } });
  return store;
}

const versionOf = async (store: Store) => (await store.getConfigurationSpace("s", "llm")).version;

/** Registers what a store promises of configuration spaces: keeping, sampling and applying them. */
export function describeConfigurationSpaces(open: OpenStore, facts: StoreFacts): void {
  describe("configuration spaces", () => {
    describeKeeping(open);
    describeApplying(open);
    describeSampling(open, facts);
  });
}

function describeKeeping(open: OpenStore): void {
  test("are stored, read, replaced, listed and deleted", async () => {
    const store = await openSpace(open);
    const ids = (await store.listVariables("s")).items.map(({ id }) => id);
    const space = await store.getConfigurationSpace("s", "llm");
    expect(space).toMatchObject({ name: "llm", description: "d", metadata: { team: "x" }, version: 0, revision: 4 });
    expect(space.variables).toEqual(ids);
    const spec = { name: "llm", variables: ["model"] };
    const put = await store.putConfigurationSpace("s", spec, { expectedVersion: 0 });
    expect(put.space).toMatchObject({ version: 1, description: "", variables: [ids[1]], revision: put.revision });
    expect(put.space.createdAtMs).toBe(space.createdAtMs);
    const stale = store.putConfigurationSpace("s", spec, { expectedVersion: 0 });
    expect((await rejection(stale, "version_mismatch")).details).toMatchObject({ expected: 0, actual: 1 });
    await store.putConfigurationSpace("s", { name: "other", variables: ["temperature"] });
    expect((await store.listConfigurationSpaces("s")).items.map(({ name }) => name)).toEqual(["llm", "other"]);
    const some = await store.listConfigurationSpaces("s", { pattern: "o*" });
    expect(some.items.map(({ name }) => name)).toEqual(["other"]);
    await store.deleteConfigurationSpace("s", "llm");
    const error = await rejection(store.getConfigurationSpace("s", "llm"), "not_found");
    expect(error.details).toEqual({ resource: "configuration_space", id: "llm" });
    await rejection(store.deleteConfigurationSpace("s", "llm"), "not_found");
    await store.deleteConfigurationSpace("s", "llm", { allowMissing: true });
    expect((await store.listVariables("s")).items).toHaveLength(3);
  });

  test.each([
    ["an unknown variable", { name: "x", variables: ["nope"] }, "not_found"],
    ["no variables", { name: "x", variables: [] }, "invalid_argument"],
    ["a variable twice", { name: "x", variables: ["model", "model"] }, "invalid_argument"],
    ["an empty name", { name: "", variables: ["model"] }, "invalid_argument"],
  ] as const)("are refused for %s", async (_, spec, reason) => {
    const { store } = await openSample(open);
    await rejection(store.putConfigurationSpace("s", spec), reason);
    expect((await store.listConfigurationSpaces("s")).items).toEqual([]);
  });

  test("have a new version with each value of theirs, and with no other", async () => {
    const store = await openSpace(open);
    await store.setVariable("s", "temperature", 1);
    await store.setVariables("s", { temperature: 0.2, model: "claude-3" });
    expect(await versionOf(store)).toBe(2);
    await store.registerVariable("s", { name: "apart", type: "float", value: 1 });
    await store.setVariable("s", "apart", 2);
    await store.setVariable("s", "temperature", 0.2);
    expect(await versionOf(store)).toBe(2);
  });

  test("follow no variable of what they were before they were replaced, or deleted", async () => {
    const store = await openSpace(open);
    await store.putConfigurationSpace("s", { name: "llm", variables: ["model"] });
    await store.setVariable("s", "temperature", 1);
    expect(await versionOf(store)).toBe(1);
    await store.deleteConfigurationSpace("s", "llm");
    await store.putConfigurationSpace("s", { name: "llm", variables: ["temperature"] });
    await store.setVariable("s", "model", "claude-3");
    expect(await versionOf(store)).toBe(0);
  });

  test("leave out variables that are gone", async () => {
    const store = await openSpace(open);
    await store.deleteVariable("s", "model");
    expect((await store.getConfigurationSpace("s", "llm")).variables).toHaveLength(2);
    expect((await store.getConfiguration("s", "llm")).values).toEqual({ temperature: 0.7, fixed: 5 });
  });
}

function describeApplying(open: OpenStore): void {
  test("are read and set as one", async () => {
    const store = await openSpace(open);
    expect(await store.getConfiguration("s", "llm")).toEqual({
      values: { temperature: 0.7, model: "gpt-4", fixed: 5 },
      version: 0,
      revision: 4,
    });
    const done = await store.applyConfiguration("s", "llm", { temperature: 0.1, model: "claude-3" }, { actor: "ada" });
    expect(done).toMatchObject({ version: 1, revision: 5 });
    expect([...done.applied].map(([ref, { version }]) => [ref, version])).toEqual([
      ["temperature", 1],
      ["model", 1],
    ]);
    expect(await store.getVariable("s", "model")).toMatchObject({ value: "claude-3", updatedBy: "ada", revision: 5 });
  });

  test.each([
    ["a value is missing", { temperature: 1 }, "invalid_argument"],
    ["a value is of a variable outside", { temperature: 1, model: "gpt-4", apart: 1 }, "invalid_argument"],
    ["a value is of none", { temperature: 1, model: "gpt-4", nope: 1 }, "not_found"],
    ["a value is bad", { temperature: 1, model: "llama" }, "constraint_violation"],
  ] as const)("are set not at all where %s", async (_, values, reason) => {
    const store = await openSpace(open);
    await store.registerVariable("s", { name: "apart", type: "float", value: 1 });
    const { items } = await rejection(store.applyConfiguration("s", "llm", values), reason);
    for (const named of items.keys()) expect(Object.keys(values)).toContain(named);
    expect((await store.getConfiguration("s", "llm")).values).toMatchObject({ temperature: 0.7, model: "gpt-4" });
    expect(await versionOf(store)).toBe(0);
  });

  test("are set not at all where two values are one variable's", async () => {
    const store = await openSpace(open);
    const { id } = await store.getVariable("s", "model");
    const twice = { temperature: 1, model: "gpt-4", [id]: "claude-3" };
    const { details } = await rejection(store.applyConfiguration("s", "llm", twice), "invalid_argument");
    expect(details).toEqual({ field: "values", value: id });
    expect(await versionOf(store)).toBe(0);
  });

  test("are set in part where asked, at a version where asked, and tried out where asked", async () => {
    const store = await openSpace(open);
    const part = { temperature: 0.1 };
    const stale = store.applyConfiguration("s", "llm", part, { allowIncomplete: true, expectedVersion: 3 });
    await rejection(stale, "version_mismatch");
    const tried = await store.applyConfiguration("s", "llm", part, { allowIncomplete: true, validateOnly: true });
    expect([...tried.applied.keys()]).toEqual(["temperature"]);
    expect(await store.getSession("s")).toMatchObject({ revision: 4 });
    const bad = { temperature: 9, model: "gpt-4" };
    await rejection(store.applyConfiguration("s", "llm", bad, { validateOnly: true }), "constraint_violation");
    await store.applyConfiguration("s", "llm", part, { allowIncomplete: true, expectedVersion: 0 });
    expect((await store.getConfiguration("s", "llm")).values).toMatchObject({ temperature: 0.1, model: "gpt-4" });
  });
}

function describeSampling(open: OpenStore, { expressions = false }: StoreFacts): void {
  test("are drawn from what constraints allow, the same for the same seed", async () => {
    const store = await openSpace(open);
    const drawn = await store.sampleConfigurations("s", "llm", { count: 20, seed: 7 });
    expect(drawn).toMatchObject({ seed: 7, revision: 4 });
    expect(drawn.configurations).toHaveLength(20);
    for (const { temperature, model, fixed } of drawn.configurations) {
      expect(temperature).toBeGreaterThanOrEqual(0);
      expect(temperature).toBeLessThanOrEqual(2);
      expect(["gpt-4", "claude-3"]).toContain(model);
      expect(fixed).toBe(5);
    }
    expect(new Set(drawn.configurations.map(({ temperature }) => temperature)).size).toBeGreaterThan(10);
    expect(await store.sampleConfigurations("s", "llm", { count: 20, seed: 7 })).toEqual(drawn);
    const own = await store.sampleConfigurations("s", "llm");
    expect(own.configurations).toHaveLength(1);
    const again = await store.sampleConfigurations("s", "llm", { seed: own.seed });
    expect(again.configurations).toEqual(own.configurations);
    expect(await store.getSession("s")).toMatchObject({ revision: 4 });
  });

  test.each([{ count: 0 }, { count: 1001 }, { count: 0.5 }, { seed: -1 }, { seed: 0.5 }])(
    "are not drawn for %o",
    async (options) => {
      const store = await openSpace(open);
      await rejection(store.sampleConfigurations("s", "llm", options), "invalid_argument");
    },
  );

  test("are not drawn from what has no bounds", async () => {
    const store = await openSpace(open);
    await store.registerVariable("s", { name: "free", type: "float", value: 1 });
    await store.putConfigurationSpace("s", { name: "wide", variables: ["free", "model"] });
    const error = await rejection(store.sampleConfigurations("s", "wide"), "unbounded_space");
    expect(error.details).toEqual({ variable: "free" });
  });

  test.skipIf(!expressions)("are drawn so that rules hold and derived values follow", async () => {
    const store = await openSpace(open);
    const derivation = { kind: "expression", expression: "temperature * 10.0" } as const;
    await store.registerVariable("s", { name: "tenfold", type: "float", derivation });
    await store.putRule("s", { name: "cool", expression: "temperature < 1.0" });
    await store.putConfigurationSpace("s", { name: "cool", variables: ["temperature", "tenfold"] });
    const { configurations } = await store.sampleConfigurations("s", "cool", { count: 10, seed: 1 });
    expect(configurations).toHaveLength(10);
    for (const { temperature, tenfold } of configurations) {
      expect(temperature).toBeLessThan(1);
      expect(tenfold).toBe((temperature as number) * 10);
    }
  });
}
