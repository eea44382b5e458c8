import { describe, expect, test } from "vitest";
import type { Store } from "../../index.ts";
import { inPages, type OpenStore, openSample, rejection } from "./harness.ts";

/** Two sessions: one with values that have a past and depend on each other, and an empty one. */
async function openTwo(open: OpenStore): Promise<Store> {
  const { store } = await openSample(open);
  await store.registerVariable("s", { name: "count", type: "integer", value: 2n ** 60n });
  await store.setVariable("s", "temperature", 1, { metadata: { why: "test" } });
  await store.addDependency("s", { variable: "model", dependsOn: "temperature", kind: "constraint" });
  await store.createSession({ id: "t" });
  return store;
}

const read = async (store: Store, session: string) =>
  (await store.listVariables(session)).items.map(({ id, name, value, constraints }) => ({
    id,
    name,
    value,
    constraints,
  }));

const ids = async (store: Store, session: string) => (await read(store, session)).map(({ id }) => id);

/** Registers what a store promises of exports and imports. */
export function describeTransfer(open: OpenStore): void {
  describe("variables that move to another session", () => {
    test("are taken out as they are, with their past and what they depend on", async () => {
      const store = await openTwo(open);
      const data = await store.exportVariables("s", { includeHistory: true });
      expect(data).toMatchObject({ session: "s", revision: 5 });
      expect(data.variables).toEqual((await store.listVariables("s")).items);
      expect(data.dependencies).toMatchObject([{ kind: "constraint", revision: 5 }]);
      const [id = ""] = data.variables.map((variable) => variable.id);
      const { items } = await store.listVariableHistory("s", id);
      expect(data.history.get(id)).toEqual(items.toReversed());
      const past = await store.exportVariables("s", { at: { kind: "revision", revision: 2 } });
      expect(past.variables.map(({ value }) => value)).toEqual([0.7, "gpt-4"]);
      expect(past.dependencies).toEqual([]);
    });

    test("are chosen by name, glob, type and space", async () => {
      const store = await openTwo(open);
      await store.putConfigurationSpace("s", { name: "llm", variables: ["model"] });
      const names = async (options: Parameters<Store["exportVariables"]>[1]) =>
        (await store.exportVariables("s", options)).variables.map(({ name }) => name);
      expect(await names({ refs: ["count"] })).toEqual(["count"]);
      expect(await names({ pattern: "*o*" })).toEqual(["model", "count"]);
      expect(await names({ types: ["float"] })).toEqual(["temperature"]);
      expect(await names({ space: "llm" })).toEqual(["model"]);
      expect(await names({ refs: [], types: [] })).toHaveLength(3);
      await rejection(store.exportVariables("s", { refs: ["nope"] }), "not_found");
      await rejection(store.exportVariables("s", { space: "nope" }), "not_found");
    });

    test("arrive in one commit as they were", async () => {
      const store = await openTwo(open);
      const data = await store.exportVariables("s", { includeHistory: true });
      const tried = await store.importVariables("t", data, { validateOnly: true });
      expect(tried).toMatchObject({ created: 3, updated: 0, kept: 0, refused: 0 });
      expect(await read(store, "t")).toEqual([]);
      const done = await store.importVariables("t", data, { actor: "ada" });
      expect(done).toMatchObject({ session: "t", revision: 2, created: 3, dependencies: 1 });
      expect(done.items.map(({ name, outcome }) => [name, outcome])).toEqual([
        ["temperature", "created"],
        ["model", "created"],
        ["count", "created"],
      ]);
      expect(await read(store, "t")).toEqual(await read(store, "s"));
      expect((await store.listDependencies("t", "model")).items).toMatchObject([{ dependsOnName: "temperature" }]);
      const { items } = await store.listVariableHistory("t", "temperature");
      expect(items.map(({ version, value }) => [version, value])).toEqual([
        [1, 1],
        [0, 0.7],
      ]);
      await store.setVariable("t", "temperature", 1.5);
      const at = (version: number) => store.getVariableAt("t", "temperature", { kind: "version", version });
      expect(await at(0)).toMatchObject({
        version: 0,
        value: 0.7,
        payload: { kind: "number", value: 0.7 },
        revision: 2,
      });
      expect(await at(1)).toMatchObject({ version: 1, value: 1 });
      expect(await at(2)).toMatchObject({ version: 2, value: 1.5, revision: 3 });
    });

    test("keep their ids where those are free, in whichever order they come", async () => {
      const store = await openTwo(open);
      const data = await store.exportVariables("s", { includeHistory: true });
      await store.registerVariable("t", { name: "other", type: "float", value: 1 });
      await store.importVariables("t", { ...data, variables: data.variables.toReversed() });
      expect(await ids(store, "t")).toEqual(expect.arrayContaining(await ids(store, "s")));
    });

    test("never take an id that was another's before, so that one's past is not the other's", async () => {
      const store = await openTwo(open);
      const data = await store.exportVariables("s", { includeHistory: true });
      const { revision } = await store.importVariables("t", data);
      await store.deleteVariables("t", ["model", "temperature", "count"]);
      const { items } = await store.importVariables("t", data);
      const before = await ids(store, "s");
      expect(items.map(({ sourceId }) => sourceId).sort()).toEqual(before.toSorted());
      for (const { id, name } of items) {
        expect(before).not.toContain(id);
        expect((await store.getVariable("t", name)).id).toBe(id);
      }
      const { dependencies } = await store.getVariables("t", ["model"], { includeDependencies: true });
      expect(dependencies?.get("model")).toMatchObject([{ dependsOnName: "temperature" }]);
      const { items: differences } = await store.diffRevisions("t", { before: { kind: "revision", revision } });
      expect(differences.map(({ kind, before: was, after }) => `${kind} ${(after ?? was)?.name}`).sort()).toEqual([
        "deleted count",
        "deleted model",
        "deleted temperature",
        "registered count",
        "registered model",
        "registered temperature",
      ]);
    });

    test("are listed by their age among those that came before them, page by page", async () => {
      const store = await openTwo(open);
      const data = await store.exportVariables("s");
      await store.registerVariable("t", { name: "younger", type: "float", value: 1 });
      await store.importVariables("t", data);
      const items = await inPages((page) => store.listVariables("t", { pageSize: 1, ...page }));
      expect(items.map(({ name }) => name)).toEqual(["temperature", "model", "count", "younger"]);
    });

    test("meet those that are there as they are told to", async () => {
      const store = await openTwo(open);
      const data = await store.exportVariables("s", { refs: ["temperature"] });
      await store.registerVariable("t", { name: "temperature", type: "float", value: 0.2 });
      expect(await store.importVariables("t", data)).toMatchObject({ kept: 1, revision: 2 });
      expect((await store.getVariable("t", "temperature")).value).toBe(0.2);
      expect(await store.importVariables("t", data, { strategy: "merge" })).toMatchObject({ updated: 1 });
      expect(await store.getVariable("t", "temperature")).toMatchObject({ value: 1, version: 1, constraints: {} });
      await store.importVariables("t", data, { strategy: "replace" });
      expect((await store.getVariable("t", "temperature")).constraints).toEqual({ min: 0, max: 2 });
    });

    test("arrive whoever they were written by, however long what metadata says of that", async () => {
      const { store } = await openSample(open);
      const writers = [{ source: "x".repeat(256) }, { optimizer_id: "x".repeat(256), source: "tuner" }];
      for (const metadata of writers) await store.setVariable("s", "temperature", 1, { metadata });
      const { items } = await store.listVariableHistory("s", "temperature");
      expect(items.map(({ updatedBy }) => updatedBy)).toEqual(["tuner", "s", "s"]);
      await store.createSession({ id: "t" });
      const data = await store.exportVariables("s", { includeHistory: true });
      expect(await store.importVariables("t", data)).toMatchObject({ created: 2 });
    });

    test("arrive though names and metadata are as large as they may be, with what writes have added", async () => {
      const { store } = await openSample(open);
      const name = "n".repeat(255);
      const metadata = { note: "x".repeat(65_500) };
      await store.registerVariable("s", { name, type: "float", value: 1, metadata });
      const derivation = { kind: "expression", expression: `${name} * 2.0` } as const;
      await store.registerVariable("s", { name: "double", type: "float", derivation, metadata });
      await store.setVariable("s", name, 2);
      await store.rollbackVariable("s", name, { kind: "version", version: 0 });
      const { revision } = await store.updateVariable("s", name, { description: "as it was" });
      await store.createSession({ id: "t" });
      const data = await store.exportVariables("s", { includeHistory: true });
      expect(await store.importVariables("t", data)).toMatchObject({ created: 4 });
      expect(await store.importVariables("t", data, { strategy: "merge" })).toMatchObject({ refused: 0 });
      await store.deleteVariables("s", ["double", name]);
      const { restored } = await store.rollbackSession("s", { kind: "revision", revision }, { restoreDeleted: true });
      expect([...restored.keys()].sort()).toEqual(["double", name]);
      await rejection(store.setVariable("s", name, 3, { metadata: { more: "x".repeat(100) } }), "limit_exceeded");
    });

    test("are refused whole, or in part where asked, and each says why", async () => {
      const store = await openTwo(open);
      const data = await store.exportVariables("s");
      await store.registerVariable("t", { name: "model", type: "float", value: 1 });
      const error = await rejection(store.importVariables("t", data, { strategy: "replace" }), "invalid_type");
      expect([...error.items.keys()]).toContain("model");
      expect(error.message).toMatch(/^1 of 3 refused, so none is applied: /);
      expect((await store.getSession("t")).stats.variableCount).toBe(1);
      const partly = await store.importVariables("t", data, { strategy: "replace", allowPartial: true });
      expect(partly).toMatchObject({ created: 2, refused: 1 });
      expect(partly.items.find(({ name }) => name === "model")?.refusal?.reason).toBe("invalid_type");
      expect((await store.getVariable("t", "model")).value).toBe(1);
    });

    test("bring no dependencies for what is refused or kept, which depends on what it did", async () => {
      const store = await openTwo(open);
      const data = await store.exportVariables("s");
      await store.registerVariable("t", { name: "model", type: "string", value: "mine" });
      await store.registerVariable("t", { name: "temperature", type: "float", value: 1, dependencies: ["model"] });
      const kept = await store.importVariables("t", { ...data, variables: data.variables.slice(0, 1) });
      expect(kept).toMatchObject({ kept: 1, dependencies: 0 });
      const partly = await store.importVariables("t", data, { strategy: "replace", allowPartial: true });
      expect(partly).toMatchObject({ created: 1, updated: 1, refused: 1, dependencies: 0 });
      await store.deleteVariable("t", "temperature");
      expect(await store.importVariables("t", data, { allowPartial: true })).toMatchObject({ refused: 1, created: 1 });
      expect((await store.listDependencies("t")).items).toEqual([]);
      await store.createSession({ id: "u" });
      const edges = { kind: "choice", choices: { choices: ["gpt-4"] } };
      await store.registerVariable("u", {
        name: "model",
        type: edges.kind,
        value: "gpt-4",
        constraints: edges.choices,
      });
      expect(await store.importVariables("u", data)).toMatchObject({ created: 2, kept: 1, dependencies: 0 });
      expect(await store.importVariables("u", data, { strategy: "merge" })).toMatchObject({ dependencies: 1 });
    });

    test("are refused where two have one id or one name, or one has none, of which nobody could say what is meant", async () => {
      const store = await openTwo(open);
      const data = await store.exportVariables("s");
      const [one, other] = data.variables;
      if (one === undefined || other === undefined) throw new Error("nothing is exported");
      for (const [second, field] of [
        [{ ...other, id: one.id }, "data.variables[1].id"],
        [{ ...other, id: "" }, "data.variables[1].id"],
        [{ ...other, name: one.name }, "data.variables[1].name"],
      ] as const) {
        const importing = store.importVariables("t", { ...data, variables: [one, second] }, { allowPartial: true });
        expect((await rejection(importing, "invalid_argument")).details.field).toBe(field);
      }
    });

    test("that would close a cycle between them are refused for that, and no variable is named for it", async () => {
      const store = await openTwo(open);
      await store.registerVariable("s", { name: "x", type: "float", value: 1 });
      await store.registerVariable("s", { name: "y", type: "float", value: 1, dependencies: ["x"] });
      const data = await store.exportVariables("s", { refs: ["x", "y"] });
      const [edge] = data.dependencies;
      if (edge === undefined) throw new Error("no dependency");
      const back = { ...edge, variable: edge.dependsOn, dependsOn: edge.variable };
      const cyclic = { ...data, dependencies: [edge, back] };
      const error = await rejection(store.importVariables("t", cyclic), "would_create_cycle");
      expect(error.message).toMatch(/^the dependency would close a cycle: /);
      expect(error.items.size).toBe(0);
    });
  });
}
