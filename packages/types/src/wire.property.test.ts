import { fromBinary, fromJsonString, toBinary, toJsonString } from "@bufbuild/protobuf";
import { type AnyVariableType, dtypes, type Payload, payloadEquals } from "@trimtab/core";
import { fromWireValue, toWireValue } from "@trimtab/wire";
import { ValueSchema } from "@trimtab/wire/services";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  booleanType,
  choiceType,
  embeddingType,
  floatType,
  integerType,
  moduleType,
  stringType,
  tensorType,
} from "./index.ts";
import { tensorInputs } from "./test-parts/arbitrary-tensor.ts";

const text = fc.string({ unit: "grapheme" });
const vector = fc.array(fc.double({ min: -65504, max: 65504, noNaN: true }), { maxLength: 9 });
const edges = [-(2n ** 63n), -(2n ** 53n) - 1n, 2n ** 53n + 1n, 2n ** 63n - 1n];

/** The inputs of each type, under constraints as wide as can be. */
const inputs: readonly [AnyVariableType, object, fc.Arbitrary<unknown>][] = [
  [floatType, { allow_special: true }, fc.double()],
  [
    integerType,
    {},
    fc.oneof(fc.maxSafeInteger(), fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), fc.constantFrom(...edges)),
  ],
  [stringType, {}, text],
  [booleanType, {}, fc.boolean()],
  [choiceType, {}, text],
  [moduleType, {}, text.filter((name) => name !== "")],
  [
    moduleType,
    { parameters: { M: { seed: { type: "integer" }, at: { type: "float" }, v: { type: "embedding" } } } },
    fc.record({
      module: fc.constant("M"),
      parameters: fc.record({ seed: fc.constantFrom(1, ...edges), at: fc.integer(), v: vector }),
    }),
  ],
  ...(["f64", "f32", "f16", "bf16"] as const).map((dtype): [AnyVariableType, object, fc.Arbitrary<unknown>] => [
    embeddingType,
    { dtype },
    vector,
  ]),
  ...dtypes.map((dtype): [AnyVariableType, object, fc.Arbitrary<unknown>] => {
    const constraints = { dtype, allow_special: true };
    return [tensorType, constraints, tensorInputs(constraints)];
  }),
];

const overProtobuf = (payload: Payload) =>
  fromWireValue(fromBinary(ValueSchema, toBinary(ValueSchema, toWireValue(payload))), "value");
const overJson = (payload: Payload) =>
  fromWireValue(fromJsonString(ValueSchema, toJsonString(ValueSchema, toWireValue(payload))), "value");

describe("what is stored", () => {
  it.each(inputs.map((row) => [row[0].name, row[1], row[0], row[2]] as const))(
    "%s under %j arrives bit by bit through protobuf and JSON, and reads as the same value",
    (_, constraints, type, input) => {
      const schema = type.values(type.constraints.parse(constraints));
      fc.assert(
        fc.property(input, (given) => {
          const value = schema.parse(given);
          const stored = type.encode(value);
          for (const arrived of [overProtobuf(stored), overJson(stored)]) {
            expect(payloadEquals(arrived, stored)).toBe(true);
            expect(type.equals(type.decode(arrived), value)).toBe(true);
          }
        }),
      );
    },
  );
});
