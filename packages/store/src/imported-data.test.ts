import { isStoreError, type Variable, type VariableExport, type VariableVersion } from "@trimtab/core";
import { cel } from "@trimtab/expressions";
import { builtinTypes } from "@trimtab/types";
import { expect, onTestFinished, test } from "vitest";
import { createStore } from "./create-store.ts";
import type { StoreOptions } from "./local-store.ts";

async function openStore(options: Partial<StoreOptions> = {}) {
  const store = createStore({ types: builtinTypes, expressions: cel, ...options });
  onTestFinished(() => store.close());
  for (const id of ["from", "to"]) await store.createSession({ id });
  await store.registerVariable("from", { name: "a", type: "float", value: 1, constraints: { max: 5 } });
  await store.setVariable("from", "a", 2);
  return { store, data: await store.exportVariables("from", { includeHistory: true }) };
}

const changed = (data: VariableExport, part: object): VariableExport => ({
  ...data,
  variables: data.variables.map((variable): Variable => ({ ...variable, ...part })),
});

const expression = (text: string) => ({ derivation: { kind: "expression", expression: text } });
const wrong: [string, object, string, object][] = [
  ["a version below 0", { version: -1 }, "invalid_argument", { field: "version", limit: 0 }],
  ["a version that leaves none after it", { version: 2 ** 53 - 1 }, "invalid_argument", { field: "version" }],
  ["a time that is none", { createdAtMs: Number.NaN }, "invalid_argument", { field: "createdAtMs" }],
  ["an actor that is ill-formed", { updatedBy: "\ud800" }, "invalid_argument", { field: "updatedBy" }],
  ["an origin that is none", { origin: "ruby" }, "invalid_argument", { field: "origin" }],
  ["a description that is no text", { description: 5 }, "invalid_argument", { field: "description" }],
  ["a word for read-only", { readOnly: "yes" }, "invalid_argument", { field: "readOnly" }],
  ["half an expression", expression("1.0 +"), "invalid_expression", { field: "derivation" }],
  ["an expression without end", expression("1".repeat(20_000)), "limit_exceeded", { field: "derivation" }],
  ["a derivation of no kind", { derivation: { kind: "magic" } }, "invalid_argument", { field: "derivation" }],
];

test.each(wrong)("%s is refused by name", async (_, part, reason, details) => {
  const { store, data } = await openStore();
  const error: unknown = await store.importVariables("to", changed(data, part)).catch((caught: unknown) => caught);
  if (!isStoreError(error)) return expect.fail(`expected ${reason}`);
  expect(error.items.get("a")).toMatchObject({ reason, details });
  expect((await store.getSession("to")).revision).toBe(1);
});

const [first, last]: [VariableVersion, VariableVersion] = [
  {
    version: 0,
    payload: { kind: "number", value: 1 },
    updatedAtMs: 0,
    updatedBy: "ada",
    origin: "other",
    metadata: {},
    revision: 1,
  },
  {
    version: 1,
    payload: { kind: "number", value: 2 },
    updatedAtMs: 0,
    updatedBy: "ada",
    origin: "other",
    metadata: {},
    revision: 2,
  },
];

test.each<[string, readonly VariableVersion[]]>([
  ["of another type", [{ ...first, payload: { kind: "string", value: "x" } }, last]],
  ["out of order", [last, first]],
  ["later than the variable", [first, { ...last, version: 2 }]],
])("a past %s is refused", async (_, versions) => {
  const { store, data } = await openStore();
  const [{ id } = { id: "" }] = data.variables;
  const past = (history: readonly VariableVersion[]) => ({ ...data, history: new Map([[id, history]]) });
  const summary = await store.importVariables("to", past(versions), { allowPartial: true });
  expect(summary).toMatchObject({ created: 0, refused: 1 });
  await store.importVariables("to", past([first, last]));
  await store.rollbackVariable("to", "a", { kind: "version", version: 0 });
  expect((await store.getVariable("to", "a")).value).toBe(1);
});

test.each<[string, Partial<VariableVersion>, object]>([
  ["a time beyond all that are kept", { updatedAtMs: 1e15 }, { field: "history[1].updatedAtMs" }],
  ["a time that is none", { updatedAtMs: Number.NaN }, { field: "history[1].updatedAtMs" }],
  ["an actor that is ill-formed", { updatedBy: "\ud800" }, { field: "history[1].updatedBy" }],
  ["an origin that is none", { origin: "ruby" as never }, { field: "history[1].origin" }],
  ["half a revision", { revision: 1.5 }, { field: "history[1].revision" }],
  ["half a version to go back to", { rolledBackTo: 0.5 }, { field: "history[1].rolledBackTo" }],
  ["a cause that is no text", { causedBy: ["var_b_2", 5 as never] }, { field: "history[1].causedBy[1]" }],
  ["metadata that is no plain data", { metadata: { at: new Date() as never } }, { field: "history[1].metadata.at" }],
  ["metadata beyond its limit", { metadata: { x: "y".repeat(70_000) } }, { field: "history[1].metadata" }],
])("a past with %s is refused by name", async (_, part, details) => {
  const { store, data } = await openStore();
  const history = new Map(data.variables.map(({ id }) => [id, [first, { ...last, ...part }]]));
  const summary = await store.importVariables("to", { ...data, history }, { allowPartial: true });
  expect(summary.items[0]?.refusal?.details).toMatchObject(details);
});

test("a past is kept as it was taken in, whatever is done to the data afterwards", async () => {
  const { store, data } = await openStore();
  const bytes = new Uint8Array(new Float64Array([3, 4]).buffer);
  const value = { dtype: "f64", shape: [2], data: bytes } as const;
  await store.registerVariable("from", { name: "e", type: "embedding", value: [1, 2] });
  await store.setVariable("from", "e", [5, 6]);
  const { id, ...rest } = await store.getVariable("from", "e");
  const history = new Map([[id, [{ ...first, payload: { kind: "array", value } as const }]]]);
  await store.importVariables("to", { ...data, variables: [{ id, ...rest }], history });
  bytes.fill(0);
  const past = await store.getVariableAt("to", "e", { kind: "version", version: 0 });
  expect(past.value).toMatchObject({ data: new Uint8Array(new Float64Array([3, 4]).buffer) });
});

test("times from a clock that is ahead are those of the import, so that what follows is later", async () => {
  const { store, data } = await openStore();
  const ahead = Date.now() + 3_600_000;
  await store.importVariables("to", changed(data, { createdAtMs: ahead, updatedAtMs: ahead }));
  const imported = await store.getVariable("to", "a");
  expect(imported.createdAtMs).toBeLessThan(ahead);
  const written = await store.setVariable("to", "a", 3);
  expect(written.updatedAtMs).toBeGreaterThan(imported.updatedAtMs);
  expect((await store.getVariable("to", "a")).updatedAtMs).toBe(written.updatedAtMs);
});

test("as many variables are taken in as a batch may hold, and one more is not", async () => {
  const { store } = await openStore({ limits: { batchItems: 3 } });
  for (const name of ["b", "c"]) await store.registerVariable("from", { name, type: "float", value: 1 });
  const data = await store.exportVariables("from");
  expect(await store.importVariables("to", data)).toMatchObject({ created: 3 });
  await store.registerVariable("from", { name: "d", type: "float", value: 1 });
  const more = await store.exportVariables("from");
  const error: unknown = await store.importVariables("to", more).catch((caught: unknown) => caught);
  expect(error).toMatchObject({ reason: "limit_exceeded", details: { field: "batch", limit: 3, value: 4 } });
});

test("an id that is not free is replaced by one that is no variable's name", async () => {
  const { store, data } = await openStore();
  await store.registerVariables("to", [
    { name: "b", type: "float", value: 1 },
    { name: "var_a_3", type: "float", value: 1 },
  ]);
  const [item] = (await store.importVariables("to", changed(data, { id: "elsewhere" }))).items;
  expect(item?.id).toBe("var_a_4");
  expect((await store.getVariable("to", "var_a_3")).name).toBe("var_a_3");
  expect((await store.registerVariable("to", { name: "c", type: "float", value: 1 })).variable.id).toBe("var_c_5");
});

test("a value for what is sensitive here is told as little as one that was sensitive there", async () => {
  const { store, data } = await openStore();
  await store.registerVariable("to", { name: "a", type: "float", value: 1, sensitive: true });
  const wide = changed(data, { value: 7.25 });
  const error: unknown = await store
    .importVariables("to", wide, { strategy: "replace" })
    .catch((caught: unknown) => caught);
  if (!isStoreError(error)) return expect.fail("it is refused");
  expect(error.message).toContain("the value for a breaks its constraint max");
  expect(JSON.stringify(error.toRefusal())).not.toContain("7.25");
});
