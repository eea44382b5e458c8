import { createVariable, type DType, type Payload, payloadEquals, toPayload } from "@trimtab/core";
import { createStore } from "@trimtab/store";
import { builtinTypes } from "@trimtab/types";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { variable } from "../test-parts/arbitrary-export.ts";
import { refusalOf } from "../test-parts/refusal-of.ts";
import { fromPlain, toPlain } from "./plain-variable.ts";

const of = (payload: Payload, type = "float") =>
  createVariable({ id: "var_x_1", name: "x", type, payload, createdAtMs: 0 });

test("a variable is plain data under the names of every language", () => {
  const history = [
    {
      version: 0,
      value: 0.7,
      payload: { kind: "number", value: 0.7 },
      updatedAtMs: 1_700_000_000_000,
      updatedBy: "ada",
      origin: "python",
      metadata: { reason: "first" },
      revision: 2,
    },
  ] as const;
  const plain = toPlain(of({ kind: "number", value: 0.7 }), { dependencies: new Set(["var_y_2"]), history });
  expect(plain).toStrictEqual({
    id: "var_x_1",
    name: "x",
    type: "float",
    value: 0.7,
    constraints: {},
    metadata: {},
    dependencies: ["var_y_2"],
    history: [
      {
        version: 0,
        value: 0.7,
        updated_at: "2023-11-14T22:13:20.000Z",
        updated_by: "ada",
        origin: "python",
        metadata: { reason: "first" },
      },
    ],
  });
  expect(fromPlain(JSON.parse(JSON.stringify(plain)))).toMatchObject({
    variable: { id: "var_x_1", version: 0, createdAtMs: 1_700_000_000_000, updatedBy: "ada", origin: "python" },
    dependencies: ["var_y_2"],
    history: [{ ...history[0], revision: 0 }],
  });
});

test("what an optimizer has tried, newest first, is the history", () => {
  const entries = [
    { timestamp: "2023-11-14T22:13:21Z", value: 0.9, optimizer_id: "bayes", metrics: { loss: 0.1 } },
    { timestamp: "2023-11-14T22:13:20Z", value: 0.7, optimizer_id: null, metadata: { reason: "first" } },
  ];
  const plain = { name: "x", type: "float", value: 0.9, optimization_history: entries };
  const { variable, history } = fromPlain(plain);
  expect(variable).toMatchObject({ version: 1, updatedBy: "bayes", createdAtMs: 1_700_000_000_000 });
  expect(history).toMatchObject([
    { version: 0, value: 0.7, updatedBy: "", metadata: { reason: "first" } },
    { version: 1, value: 0.9, metadata: { optimizer_id: "bayes", metrics: { loss: 0.1 } } },
  ]);
  const refused = (changes: object) => refusalOf(() => fromPlain({ ...plain, ...changes }));
  expect(refused({ optimization_history: [{ value: 1 }] })).toContain(
    "optimization_history[0].timestamp must be a time",
  );
  expect(refused({ optimization_history: [{ ...entries[0], note: 1 }] })).toContain('the unknown field "note"');
  expect(refused({ history: toPlain(variable, { history }).history })).toContain("optimization_history tells");
});

test("what plain data may lack has defaults", () => {
  expect(fromPlain({ name: "x", type: "float", value: 1 }, { nowMs: 7 })).toEqual({
    variable: createVariable({
      id: "var_x_1",
      name: "x",
      type: "float",
      payload: { kind: "number", value: 1 },
      createdAtMs: 7,
      origin: "other",
    }),
    dependencies: [],
    history: [],
  });
});

describe("a module", () => {
  const reference = { __dspex_type__: "module_reference", module_name: "ReAct" };

  test("is a reference", () => {
    expect(toPlain(of({ kind: "string", value: "ReAct" }, "module")).value).toEqual(reference);
    expect(toPlain(of({ kind: "string", value: "ReAct" }, "choice")).value).toBe("ReAct");
  });

  test.each([reference, "ReAct"])("is read from %j", (value) => {
    expect(fromPlain({ name: "x", type: "module", value }).variable.value).toBe("ReAct");
  });

  test("whose reference names nothing is refused", () => {
    const value = { __dspex_type__: "module_reference" };
    expect(refusalOf(() => fromPlain({ name: "x", type: "module", value }))).toBe("value.module_name is required");
  });
});

test("values come back through JSON, but for whether a number is an integer, and numbers that are text in JSON", () => {
  /** Numbers as JSON tells them. */
  const loosened = (payload: Payload): Payload => {
    if (payload.kind === "integer" && Number.isSafeInteger(Number(payload.value))) {
      return { kind: "number", value: Number(payload.value) };
    }
    if (payload.kind === "number" && !Number.isFinite(payload.value))
      return { kind: "string", value: `${payload.value}` };
    // JSON has no negative zero.
    if (payload.kind === "number") return { kind: "number", value: payload.value + 0 };
    if (payload.kind === "list") return { kind: "list", value: payload.value.map(loosened) };
    if (payload.kind !== "map") return payload;
    return { kind: "map", value: new Map(Array.from(payload.value, ([key, item]) => [key, loosened(item)])) };
  };
  const wholeOf = ({ dtype, data }: { dtype: DType; data: Uint8Array }) =>
    !/^b?f/.test(dtype) && !(dtype === "bool" && data.some((byte) => byte > 1));
  const isExact = (payload: Payload): boolean => {
    if (payload.kind === "array") return wholeOf(payload.value);
    if (payload.kind === "list") return payload.value.every(isExact);
    return payload.kind !== "map" || [...payload.value.values()].every(isExact);
  };
  fc.assert(
    fc.property(variable, (each) => {
      fc.pre(isExact(each.payload));
      const back = fromPlain(JSON.parse(JSON.stringify(toPlain({ ...each, type: "float" }))));
      expect(payloadEquals(back.variable.payload, loosened(each.payload))).toBe(true);
      expect(back.variable).toMatchObject({ id: each.id, name: each.name });
    }),
    { numRuns: 300 },
  );
});

test("maps that look like something else come back as they were", () => {
  for (const value of [
    { dtype: "u8", shape: [1], data: [1] },
    { __trimtab_type__: "bytes", value: "AQ==" },
    { __trimtab_type__: "map", value: {} },
  ]) {
    const plain = JSON.parse(JSON.stringify(toPlain(of(toPayload(value)))));
    expect(fromPlain(plain).variable.value).toEqual(value);
  }
});

describe("an array", () => {
  const bits = (dtype: DType, values: readonly unknown[]) => {
    const value = { dtype, shape: [values.length], data: values };
    const { payload } = fromPlain({ name: "x", type: "tensor", value }).variable;
    return payload.kind === "array" ? payload.value : undefined;
  };

  test.each<[DType, unknown[]]>([
    ["bool", [true, false]],
    ["u8", [0, 255]],
    ["u64", [0, "18446744073709551615"]],
    ["s8", [-128, 127]],
    ["s64", ["-9223372036854775808", 5]],
    ["f16", [1.5, "NaN", "-Infinity", 65504]],
    ["bf16", [1.5, "NaN", "Infinity", -3.3895313892515355e38]],
    ["f32", [0.5, "NaN"]],
    ["f64", [0.1, 5e-324]],
  ])("of %s has its elements in a list", (dtype, elements) => {
    const array = bits(dtype, elements);
    if (array === undefined) return expect.fail("it is an array");
    expect(toPlain(of({ kind: "array", value: array })).value).toEqual({
      dtype,
      shape: [elements.length],
      data: elements,
    });
  });

  test("rounds to bfloat16 with ties to even", () => {
    const rounded = bits("bf16", [1 + 2 ** -8, 1 + 3 * 2 ** -8, 1 + 2 ** -8 + 2 ** -20, 3.4e38]);
    expect([...new Uint16Array((rounded?.data ?? new Uint8Array()).slice().buffer)]).toEqual([
      0x3f80, 0x3f82, 0x3f81, 0x7f80,
    ]);
  });

  test.each<[DType, unknown]>([
    ["u8", 256],
    ["u8", -1],
    ["u8", 0.5],
    ["bool", 2],
    ["s64", "9223372036854775808"],
    ["f32", "one"],
    ["f32", null],
  ])("of %s does not hold %j", (dtype, element) => {
    expect(refusalOf(() => bits(dtype, [0, element]))).toBe(`value.data[1] is nothing that ${dtype} can hold`);
  });
});

test.each([
  [null, "variable must be named values"],
  [[], "variable must be named values"],
  [{ type: "float", value: 1 }, "name is required"],
  [{ name: "x", value: 1 }, "type is required"],
  [{ name: "x", type: "float" }, "value is required"],
  [{ name: "x", type: "float", value: 1, colour: "red" }, 'variable has the unknown field "colour"'],
  [{ name: "x", type: "float", value: () => 1 }, "value is function, which is no plain data"],
  [{ name: "x", type: "float", value: new Date() }, "value is no plain data"],
  [{ name: "x", type: "float", value: "\ud800" }, "value is not well-formed Unicode"],
  [{ name: "x", type: "float", value: JSON.parse('{"__proto__": 1}') }, "value uses the reserved key __proto__"],
  [
    { name: "x", type: "float", value: { __trimtab_type__: "magic" } },
    "value has a __trimtab_type__ and value that mean nothing",
  ],
  [{ name: "x", type: "float", value: { dtype: "x", shape: [], data: [] } }, "value.dtype must be one of"],
  [
    { name: "x", type: "float", value: { dtype: "u8", shape: [2], data: [1] } },
    "value.data must be a flat list of 2 elements",
  ],
  [{ name: "x", type: "float", value: { dtype: "u8", shape: [-1], data: [] } }, "value.shape must be a list"],
  [{ name: "x", type: "float", value: 1, constraints: 1 }, "constraints must be named values"],
  [{ name: "x", type: "float", value: 1, dependencies: "y" }, "dependencies must be a list"],
  [{ name: "x", type: "float", value: 1, dependencies: [1] }, "dependencies[0] must be text"],
  [{ name: "x", type: "float", value: 1, history: [{ version: -1 }] }, "history[0].version must be a whole number"],
  [
    { name: "x", type: "float", value: 1, history: [{ version: 0, updated_at: "soon" }] },
    "history[0].updated_at is no time",
  ],
])("%j is refused", (plain, message) => {
  expect(refusalOf(() => fromPlain(plain))).toContain(message);
});

describe("through a store", () => {
  let store: ReturnType<typeof createStore>;
  beforeEach(async () => {
    store = createStore({ types: builtinTypes });
    await store.createSession({ id: "s" });
    await store.createSession({ id: "t" });
  });
  afterEach(() => store.close());

  test("every type takes its own plain data in again", async () => {
    await store.registerVariables("s", [
      { name: "f", type: "float", value: Number.POSITIVE_INFINITY, constraints: { allow_special: true } },
      { name: "i", type: "integer", value: 2n ** 60n },
      { name: "s", type: "string", value: "NaN" },
      { name: "b", type: "boolean", value: true },
      { name: "c", type: "choice", value: "a", constraints: { choices: ["a"] } },
      { name: "m", type: "module", value: "ReAct" },
      { name: "e", type: "embedding", value: [0.5, 2] },
      { name: "t", type: "tensor", value: { dtype: "s64", shape: [1, 1], data: new Uint8Array(8).fill(255) } },
    ]);
    const { variables } = await store.exportVariables("s");
    for (const each of variables) {
      const plain = JSON.parse(JSON.stringify(toPlain(each)));
      const { name, type, value, constraints } = fromPlain(plain).variable;
      const { variable: back } = await store.registerVariable("t", { name, type, value, constraints });
      expect(payloadEquals(back.payload, each.payload)).toBe(true);
    }
  });
});
