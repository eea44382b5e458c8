import { create, fromBinary, fromJson, type JsonValue, toBinary } from "@bufbuild/protobuf";
import { isStoreError, maxPayloadDepth, type StoreError, toPayload, type Value } from "@trimtab/core";
import { describe, expect, test } from "vitest";
import { encodeFlag, encodeRecord, encodeText, encodeValue, encodeWhole } from "./caller-data.ts";
import { ValueSchema, type Value as WireValue } from "./gen/trimtab/v1/value_pb.ts";
import { fromWireRecord, fromWireValue, toWireValue } from "./value.ts";

const refused = (run: () => unknown): StoreError<"invalid_argument"> => {
  try {
    run();
  } catch (error) {
    if (isStoreError(error, "invalid_argument")) return error;
    throw error;
  }
  return expect.fail("expected a refusal");
};

const wire = (json: JsonValue): WireValue => fromJson(ValueSchema, json);

/** A list in a list, so many levels down. */
const nested = (levels: number): WireValue => {
  let value = wire({ number: 1 });
  for (let i = 0; i < levels; i++) value = create(ValueSchema, { kind: { case: "list", value: { items: [value] } } });
  return value;
};

describe("natural JSON", () => {
  const forms: [string, Value, JsonValue][] = [
    ["a float", 2, { number: 2 }],
    ["an infinity", Number.NEGATIVE_INFINITY, { number: "-Infinity" }],
    ["an integer", 2n ** 60n, { integer: "1152921504606846976" }],
    ["text", "warm", { string: "warm" }],
    ["nothing", null, { null: null }],
    [
      "an embedding",
      new Float32Array([1]) as unknown as Value,
      { array: { dtype: "DTYPE_F32", shape: ["1"], data: "AACAPw==" } },
    ],
    ["a record", { a: [true] }, { map: { entries: { a: { list: { items: [{ boolean: true }] } } } } }],
  ];
  test.each(forms)("of %s is read as it is written", (_, value, json) => {
    expect(fromWireValue(wire(json), "value")).toEqual(toPayload(value));
    expect(wire(json)).toEqual(toWireValue(toPayload(value)));
  });
});

describe("refuses", () => {
  const array = (dtype: string, shape: string[], data = ""): JsonValue => ({ array: { dtype, shape, data } });
  const bad: [string, WireValue | undefined, string, RegExp][] = [
    ["no value", undefined, "value", /is required/],
    ["no kind", wire({}), "value", /has no kind/],
    ["an item without a kind", wire({ list: { items: [{ number: 1 }, {}] } }), "value[1]", /has no kind/],
    [
      "a nested entry without a kind",
      wire({ map: { entries: { a: { list: { items: [{ map: { entries: { b: {} } } }] } } } } }),
      "value.a[0].b",
      /has no kind/,
    ],
    ["an unspecified dtype", wire(array("DTYPE_UNSPECIFIED", [])), "value", /unknown dtype 0/],
    [
      "a dtype of the future",
      create(ValueSchema, {
        kind: { case: "array", value: { dtype: 99 as never, shape: [], data: new Uint8Array(1) } },
      }),
      "value",
      /unknown dtype 99/,
    ],
    ["too few bytes", wire(array("DTYPE_F32", ["2"], "AACAPw==")), "value", /shape \[2\] does not hold 4 bytes/],
    ["too many bytes", wire(array("DTYPE_U8", [], "AAA=")), "value", /shape \[\] does not hold 2 bytes/],
    [
      "an extent beyond safe integers",
      wire(array("DTYPE_U8", ["18446744073709551615", "0"])),
      "value",
      /18446744073709551615/,
    ],
    ["extents whose product is", wire(array("DTYPE_U8", ["9007199254740991", "9007199254740991"])), "value", /0 bytes/],
    [
      "__proto__",
      wire({ map: { entries: JSON.parse('{"__proto__": {"number": 1}}') } }),
      "value.__proto__",
      /reserved/,
    ],
  ];
  test.each(bad)("%s, naming the path", (_, value, field, message) => {
    const error = refused(() => fromWireValue(value, "value"));
    expect(error.details.field).toBe(field);
    expect(error.message).toMatch(message);
    expect(error.message.startsWith(field)).toBe(true);
  });

  test.each([
    ["text", { string: "\ud800" }],
    ["a key", { map: { entries: { "\ud800": { number: 1 } } } }],
  ])("%s that is ill-formed, before it is read", (_, json) => {
    expect(() => wire(json)).toThrow(/invalid UTF8/);
  });

  test("text whose bytes are no UTF-8, before it is read", () => {
    expect(() => fromBinary(ValueSchema, Uint8Array.of(0x1a, 1, 0xff))).toThrow(/not valid/);
  });

  test("nesting just beyond the limit that core sets", () => {
    expect(fromWireValue(nested(maxPayloadDepth), "value").kind).toBe("list");
    const error = refused(() => fromWireValue(nested(maxPayloadDepth + 1), "value"));
    expect(error.message).toMatch(`nested deeper than ${maxPayloadDepth} levels`);
  });

  test("a record's entries count as one level down, as they do in core", () => {
    expect(Object.keys(fromWireRecord({ a: nested(maxPayloadDepth - 1) }, "metadata"))).toEqual(["a"]);
    const error = refused(() => fromWireRecord({ a: nested(maxPayloadDepth) }, "metadata"));
    expect(error.details.field).toMatch(/^metadata\.a\[0\]/);
  });
});

describe("data from a caller", () => {
  test.each<[string, () => unknown, string, RegExp]>([
    ["a function in a list", () => encodeValue([1, () => 1], "x"), "x[1]", /is a function/],
    ["undefined", () => encodeValue(undefined, "x"), "x", /is undefined/],
    ["a record that is a list", () => encodeRecord([1], "metadata"), "metadata", /named values/],
    [
      "a record with __proto__",
      () => encodeRecord(JSON.parse('{"__proto__":1}'), "metadata"),
      "metadata.__proto__",
      /__proto__/,
    ],
    ["text that is a number", () => encodeText(5, "name"), "name", /must be text, got number/],
    ["ill-formed text", () => encodeText("\udc00", "name"), "name", /well-formed/],
    ["a version below 0", () => encodeWhole(-1, "expectedVersion"), "expectedVersion", /at least 0, got -1/],
    ["a word for a choice", () => encodeFlag("yes", "readOnly"), "readOnly", /true or false/],
    ["half a version", () => encodeWhole(0.5, "expectedVersion"), "expectedVersion", /got 0.5/],
  ])("%s is refused by name", (_, run, field, message) => {
    const error = refused(run);
    expect(error.details.field).toBe(field);
    expect(error.message).toMatch(message);
  });

  test("an absent record is empty", () => expect(encodeRecord(undefined, "metadata")).toEqual({}));
});

test("bytes that came in a Buffer are bytes like any others", () => {
  const sent = toPayload({ bytes: Uint8Array.of(1, 2), array: new Float64Array([1, 2]) });
  const message = Buffer.from(toBinary(ValueSchema, toWireValue(sent)));
  expect(fromWireValue(fromBinary(ValueSchema, message), "value")).toStrictEqual(sent);
});
