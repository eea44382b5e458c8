import { createVariable, type Payload, type VariableExport } from "@trimtab/core";
import { describe, expect, test } from "vitest";
import { refusalOf } from "../test-parts/refusal-of.ts";
import { decodeJson, encodeJson } from "./json-export.ts";

const exportOf = (value: number, metadata = {}): VariableExport => ({
  session: "assistant",
  revision: 3,
  exportedAtMs: 1_700_000_000_000,
  variables: [
    createVariable({
      id: "var_temperature_1",
      name: "temperature",
      type: "float",
      payload: { kind: "number", value },
      constraints: { min: 0, max: 2 },
      metadata,
      createdAtMs: 1_600_000_000_000.125,
    }),
  ],
  dependencies: [],
  history: new Map(),
});

const textOf = (data: VariableExport): string => new TextDecoder().decode(encodeJson(data));

test("is readable", () => {
  expect(textOf(exportOf(0.7))).toBe(`{
  "format": "trimtab-variables",
  "version": 1,
  "exported_at": "2023-11-14T22:13:20Z",
  "session_id": "assistant",
  "revision": "3",
  "variables": [
    {
      "id": "var_temperature_1",
      "name": "temperature",
      "type": "float",
      "value": { "number": 0.7 },
      "constraints": { "max": { "number": 2 }, "min": { "number": 0 } },
      "metadata": {},
      "description": "",
      "version": "0",
      "revision": "0",
      "created_at": "2020-09-13T12:26:40.000125Z",
      "updated_at": "2020-09-13T12:26:40.000125Z",
      "updated_by": "",
      "origin": "ORIGIN_TYPESCRIPT",
      "read_only": false,
      "sensitive": false
    }
  ],
  "dependencies": [],
  "history": {}
}
`);
});

test("does not depend on the order in which things were named", () => {
  expect(textOf(exportOf(1, { b: 1, a: { d: 1, c: [] } }))).toBe(textOf(exportOf(1, { a: { c: [], d: 1 }, b: 1 })));
});

test.each([-0, Number.NaN, Number.NEGATIVE_INFINITY, 5e-324, 2 ** 53 + 2])("holds the number %s exactly", (value) => {
  const [variable] = decodeJson(encodeJson(exportOf(value))).variables;
  expect(Object.is(variable?.value, value)).toBe(true);
});

/** A file whose only variable has this value. */
const withValue = (value: unknown) => ({
  ...JSON.parse(textOf(exportOf(1))),
  variables: [{ ...JSON.parse(textOf(exportOf(1))).variables[0], value }],
});

const deep = (levels: number): unknown =>
  levels === 0 ? { boolean: true } : { map: { entries: { x: deep(levels - 1) } } };

const read = (file: unknown) =>
  decodeJson(new TextEncoder().encode(typeof file === "string" ? file : JSON.stringify(file)));

test("reads an integer of 64 bits exactly, in quotes or without", () => {
  const quoted = JSON.stringify(withValue({ integer: "9007199254740993" }));
  for (const text of [quoted, quoted.replace(/"(\d{16})"/, "$1")])
    expect(read(text).variables[0]?.value).toBe(9007199254740993n);
});

test("holds values as deep as they may be", () => {
  let payload: Payload | undefined = read(withValue(deep(32))).variables[0]?.payload;
  for (let level = 0; level < 32; level++) payload = payload?.kind === "map" ? payload.value.get("x") : undefined;
  expect(payload).toEqual({ kind: "boolean", value: true });
  expect(refusalOf(() => read(withValue(deep(33))))).toMatch(/^data\.variables\[0\]\.value.* is nested deeper than 32/);
});

describe("is refused", () => {
  const file = JSON.parse(textOf(exportOf(1)));
  test.each([
    ["half a file", textOf(exportOf(1)).slice(0, 99), "data is no JSON"],
    ["a list", "[]", "data must be a JSON object"],
    ["another format", { ...file, format: "x" }, "data is no file of variables"],
    ["a later version", { ...file, version: 2 }, "data has layout 2, at most 1 is read"],
    [
      "an unknown field",
      { ...file, notes: 1 },
      "data.notes is unknown; there are format, version, exported_at, session_id, revision, variables,",
    ],
    ["variables that are no list", { ...file, variables: {} }, "data.variables must be a list"],
    ["a variable that is a number", { ...file, variables: [1] }, "data.variables[0] must be an object with id, name,"],
    ["a variable without a value", { ...file, variables: [{ name: "x" }] }, "data.variables[0].value is required"],
    ["a value of two kinds", withValue({ number: 1, integer: "1" }), "data.variables[0].value has more than one of"],
    ["a value as it is", withValue(0.7), 'data.variables[0].value must be a value such as {"number": 0.7}, got 0.7'],
    [
      "a time that is none",
      { ...file, variables: [{ name: "x", created_at: "soon" }] },
      "data.variables[0].created_at must be a time such as",
    ],
    [
      "a name that is nearly another",
      { ...file, variables: [{ name: "x", updated_bye: "ada" }] },
      "data.variables[0].updated_bye is unknown; did you mean updated_by?",
    ],
    [
      "an integer beyond 64 bits",
      withValue({ integer: "9223372036854775808" }),
      "data.variables[0].value.integer must be a",
    ],
    [
      "the key __proto__",
      textOf(exportOf(1, { x: 1 })).replace('"x"', '"__proto__"'),
      "data uses the reserved key __proto__",
    ],
    ["ill-formed Unicode", withValue({ string: "\ud800" }), "data holds ill-formed Unicode"],
    ["a dependency on nothing", { ...file, dependencies: [null] }, "data.dependencies[0] must be an object with"],
    ["a dependency without a time", { ...file, dependencies: [{}] }, "data.dependencies[0].created_at is required"],
  ])("%s", (_, each, message) => {
    expect(refusalOf(() => read(each))).toContain(message);
  });
});
