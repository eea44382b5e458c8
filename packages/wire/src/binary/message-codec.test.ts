import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import { describe, expect, test } from "vitest";
import { type Value, ValueSchema } from "../gen/trimtab/v1/value_pb.ts";
import { VariableSchema } from "../gen/trimtab/v1/variable_pb.ts";
import { decodeMessage, encodeMessage, encodeUnlessLarge, largeBytes } from "./message-codec.ts";

const number = (value: number): Value => create(ValueSchema, { kind: { case: "number", value } });
const list = (...items: Value[]): Value => create(ValueSchema, { kind: { case: "list", value: { items } } });

function nestedLists(depth: number): Value {
  let value = number(1);
  for (let i = 0; i < depth; i++) value = list(value);
  return value;
}

describe("codecs of messages", () => {
  test("grow with a message, and forget that they did", () => {
    const wide = create(VariableSchema, { id: "€".repeat(100_000), name: "a".repeat(300_000), description: "ok" });
    expect(encodeMessage(VariableSchema, wide)).toStrictEqual(toBinary(VariableSchema, wide));
    const many = list(...Array.from({ length: 30_000 }, (_, i) => number(i)));
    expect(encodeMessage(ValueSchema, many)).toStrictEqual(toBinary(ValueSchema, many));
    expect(decodeMessage(ValueSchema, toBinary(ValueSchema, many))).toStrictEqual(many);
    const bytes = create(ValueSchema, { kind: { case: "bytes", value: new Uint8Array(200_000).fill(3) } });
    expect(encodeMessage(ValueSchema, bytes)).toStrictEqual(toBinary(ValueSchema, bytes));
    expect(encodeMessage(ValueSchema, number(1))).toStrictEqual(toBinary(ValueSchema, number(1)));
  });

  test("leave large bytes to others where they are told to", () => {
    const bytes = (length: number) => create(ValueSchema, { kind: { case: "bytes", value: new Uint8Array(length) } });
    expect(encodeUnlessLarge(ValueSchema, list(bytes(largeBytes)))).toBeUndefined();
    const small = list(bytes(largeBytes - 1));
    expect(encodeUnlessLarge(ValueSchema, small)).toStrictEqual(toBinary(ValueSchema, small));
  });

  test("read messages as deep as protobuf-es does, and no deeper", () => {
    // A list within a value is two messages.
    const deepest = toBinary(ValueSchema, nestedLists(49));
    expect(decodeMessage(ValueSchema, deepest)).toStrictEqual(fromBinary(ValueSchema, deepest));
    const deeper = toBinary(ValueSchema, nestedLists(50));
    expect(() => decodeMessage(ValueSchema, deeper)).toThrow(/maximum recursion depth of 100 reached/);
    expect(decodeMessage(ValueSchema, deepest)).toStrictEqual(fromBinary(ValueSchema, deepest));
  });

  test("share bytes with what they were read from", () => {
    const encoded = toBinary(
      ValueSchema,
      create(ValueSchema, { kind: { case: "bytes", value: new Uint8Array([1, 2]) } }),
    );
    const { kind } = decodeMessage(ValueSchema, encoded);
    expect(kind.case === "bytes" && kind.value.buffer).toBe(encoded.buffer);
  });

  test("write a message whose parts encode others as they are read", () => {
    const inner = number(2);
    const curious = {
      ...create(VariableSchema, { name: "curious" }),
      get description() {
        return String(encodeMessage(ValueSchema, inner).length);
      },
    };
    expect(encodeMessage(VariableSchema, curious)).toStrictEqual(toBinary(VariableSchema, curious));
  });
});
