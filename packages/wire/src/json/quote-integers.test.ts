import { fromJsonString } from "@bufbuild/protobuf";
import fc from "fast-check";
import { expect, test } from "vitest";
import { ValueSchema } from "../gen/trimtab/v1/value_pb.ts";
import { quoteIntegers } from "./quote-integers.ts";

const read = (json: string) => fromJsonString(ValueSchema, quoteIntegers(json)).kind.value;

test("an integer of 64 bits is read exactly, in quotes or without", () => {
  fc.assert(
    fc.property(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), (integer) => {
      expect(read(`{"integer" :\n${integer}}`)).toBe(integer);
      expect(read(`{"integer":"${integer}"}`)).toBe(integer);
    }),
  );
});

test.each([
  ["what is no integer of a value", '{"number": 9007199254740993}'],
  ["what has a fraction or an exponent", '{"integer": 9007199254740993.5, "integer": 9007199254740993e1}'],
  ["what is small", '{"integer": 900719925474099}'],
  ["what JSON does not have", '{"integer": 00009007199254740993}'],
  ["what a text says", String.raw`{"string": "{\"integer\": 9007199254740993}"}`],
])("%s is left alone", (_, json) => expect(quoteIntegers(json)).toBe(json));
