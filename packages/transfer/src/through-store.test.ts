import type { VariableExport } from "@trimtab/core";
import { createStore } from "@trimtab/store";
import { builtinTypes } from "@trimtab/types";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { decodeExport } from "./decode-export.ts";
import { encodeExport } from "./encode-export.ts";

let store: ReturnType<typeof createStore>;

beforeEach(async () => {
  store = createStore({ types: builtinTypes });
  await store.createSession({ id: "from" });
  await store.createSession({ id: "to" });
  await store.registerVariables("from", [
    {
      name: "temperature",
      type: "float",
      value: 0.7,
      constraints: { min: 0, max: 2, step: 0.1 },
      metadata: { unit: "=K" },
    },
    { name: "zero", type: "float", value: -0, description: 'A "signed" zero,\r\nand more' },
    { name: "special", type: "float", value: Number.NaN, constraints: { allow_special: true } },
    { name: "seed", type: "integer", value: 2n ** 62n + 1n },
    { name: "prompt", type: "string", value: "=HYPERLINK(\u{1f600})", readOnly: true },
    { name: "verbose", type: "boolean", value: true },
    { name: "model", type: "choice", value: "gpt-4", constraints: { choices: ["gpt-4", "claude-3"] } },
    { name: "reasoner", type: "module", value: "ReAct" },
    { name: "taste", type: "embedding", value: [0.25, -1.5], constraints: { dimensions: 2 } },
    {
      name: "weights",
      type: "tensor",
      value: { dtype: "bf16", shape: [1, 2], data: Uint8Array.of(0x80, 0x3f, 0, 0xc0) },
    },
  ]);
  await store.addDependency("from", {
    variable: "temperature",
    dependsOn: "model",
    kind: "constraint",
    metadata: { a: 1 },
  });
  await store.addDependency("from", { variable: "weights", dependsOn: "taste" });
  await store.setVariable("from", "temperature", 0.9, { actor: "ada", metadata: { reason: "too dull" } });
  await store.rollbackVariable("from", "temperature", { kind: "version", version: 0 });
});

afterEach(() => store.close());

const isElsewhere = ["session", "revision", "exportedAtMs"];

/** What an export holds, apart from what tells where and when it was made. */
function content(data: VariableExport, ignored: readonly string[] = []) {
  return JSON.parse(
    JSON.stringify(data, (key, value) => {
      if (isElsewhere.includes(key) || ignored.includes(key)) return undefined;
      if (value instanceof Map) return [...value];
      if (typeof value === "bigint") return `${value}n`;
      return typeof value === "number" && !(Math.abs(value) > 0) ? `${Object.is(value, -0) ? "-0" : value}` : value;
    }),
  );
}

describe.each(["json", "binary"] as const)("as %s", (format) => {
  test("a session is the same in another, with its history", async () => {
    const before = await store.exportVariables("from", { includeHistory: true });
    const file = encodeExport(before, format);
    const summary = await store.importVariables("to", decodeExport(file));
    expect(summary).toMatchObject({ created: 10, refused: 0, dependencies: 2 });
    const after = await store.exportVariables("to", { includeHistory: true });
    // A dependency is as old as the session that it is in.
    expect(content(after, ["createdAtMs"])).toEqual(content(before, ["createdAtMs"]));
    expect(after.history.get(after.variables[0]?.id ?? "")?.map(({ value }) => value)).toEqual([0.7, 0.9, 0.7]);
  });
});

test("as csv the variables are the same in another session", async () => {
  const before = await store.exportVariables("from");
  await store.importVariables("to", decodeExport(encodeExport(before, "csv")));
  const after = await store.exportVariables("to");
  expect(content(after, ["dependencies"])).toEqual(content(before, ["dependencies"]));
});

test("as safetensors the variables and dependencies are the same in another session", async () => {
  const before = await store.exportVariables("from");
  await store.importVariables("to", decodeExport(encodeExport(before, "safetensors")));
  expect(content(await store.exportVariables("to"), ["createdAtMs"])).toEqual(content(before, ["createdAtMs"]));
});

test("a table that a person typed can be taken in", async () => {
  const table = [
    "type,name,value,constraints",
    'float,temperature,0.7,"{""max"": 2}"',
    "float,whole,2,",
    'string,prompt,"""Be brief, please.""",',
    "boolean,verbose,true,",
    'tensor,grid,"{""array"": {""dtype"": ""u8"", ""shape"": [2], ""data"": ""AQI=""}}",',
  ].join("\n");
  await store.importVariables("to", decodeExport(new TextEncoder().encode(table)));
  const { variables } = await store.exportVariables("to");
  expect(variables.map(({ id, payload }) => [id, payload.kind])).toEqual([
    ["var_temperature_1", "number"],
    ["var_whole_2", "number"],
    ["var_prompt_3", "string"],
    ["var_verbose_4", "boolean"],
    ["var_grid_5", "array"],
  ]);
  await expect(store.setVariable("to", "temperature", 3)).rejects.toMatchObject({ reason: "constraint_violation" });
});
