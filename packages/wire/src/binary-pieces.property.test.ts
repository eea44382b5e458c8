import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { offsetOfLargeBytes, toBinaryOnce, toBinaryPieces } from "./binary-pieces.ts";
import { DType, NdArraySchema, type Value, ValueSchema } from "./gen/trimtab/v1/value_pb.ts";
import { BatchSetVariablesRequestSchema, SetVariableRequestSchema } from "./gen/trimtab/v1/variable_pb.ts";

const large = 64 * 1024;

const bytes = fc
  .record({ length: fc.constantFrom(0, 3, large - 1, large, large + 5), fill: fc.integer({ min: 0, max: 255 }) })
  .map(({ length, fill }) => new Uint8Array(length).fill(fill));

const value: fc.Arbitrary<Value> = fc.letrec<{ value: Value }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 2 },
    fc.double({ noNaN: true }).map((number) => create(ValueSchema, { kind: { case: "number", value: number } })),
    bytes.map((data) => create(ValueSchema, { kind: { case: "bytes", value: data } })),
    bytes.map((data) =>
      create(ValueSchema, {
        kind: {
          case: "array",
          value: create(NdArraySchema, { dtype: DType.DTYPE_U8, shape: [BigInt(data.length)], data }),
        },
      }),
    ),
    fc
      .array(tie("value"), { maxLength: 3 })
      .map((items) => create(ValueSchema, { kind: { case: "list", value: { items } } })),
    fc
      .dictionary(fc.constantFrom("a", "b"), tie("value"))
      .map((entries) => create(ValueSchema, { kind: { case: "map", value: { entries } } })),
  ),
})).value;

const request = fc
  .record({ sessionId: fc.string(), values: fc.array(value, { maxLength: 3 }) })
  .map(({ sessionId, values }) =>
    create(BatchSetVariablesRequestSchema, {
      sessionId,
      updates: values.map((each, index) => ({ variable: `v${index}`, value: each })),
    }),
  );

describe("messages in pieces", () => {
  it("hold what the message holds, in one array or several", () => {
    fc.assert(
      fc.property(request, (message) => {
        const pieces = toBinaryPieces(BatchSetVariablesRequestSchema, message);
        const whole = Uint8Array.from(pieces.flatMap((piece) => [...piece]));
        expect(fromBinary(BatchSetVariablesRequestSchema, whole)).toEqual(message);
        expect(Buffer.compare(toBinaryOnce(BatchSetVariablesRequestSchema, message), whole)).toBe(0);
      }),
      { numRuns: 30 },
    );
  });

  it("share large bytes with the message, and are as `toBinary` gives them where there are none", () => {
    const data = new Uint8Array(large);
    const message = create(SetVariableRequestSchema, {
      sessionId: "s",
      variable: "v",
      value: { kind: { case: "array", value: { dtype: DType.DTYPE_U8, shape: [BigInt(large)], data } } },
    });
    expect(toBinaryPieces(SetVariableRequestSchema, message)).toContain(data);
    const small = create(SetVariableRequestSchema, { sessionId: "s", variable: "v" });
    expect(toBinaryPieces(SetVariableRequestSchema, small)).toEqual([toBinary(SetVariableRequestSchema, small)]);
  });
});

describe("where large bytes begin", () => {
  const fill = 0xee;
  const message = (length: number) =>
    create(SetVariableRequestSchema, {
      sessionId: "session",
      variable: "weights",
      value: {
        kind: {
          case: "array",
          value: { dtype: DType.DTYPE_F32, shape: [1n], data: new Uint8Array(length).fill(fill) },
        },
      },
    });

  it("is told by a message's beginning", () => {
    const encoded = toBinary(SetVariableRequestSchema, message(1000));
    const begin = encoded.indexOf(fill);
    expect(offsetOfLargeBytes(SetVariableRequestSchema, encoded.subarray(0, begin + 10))).toBe(begin);
  });

  it("is unknown where a message ends before, holds none, or is none", () => {
    const encoded = toBinary(SetVariableRequestSchema, message(1000));
    expect(offsetOfLargeBytes(SetVariableRequestSchema, encoded)).toBeUndefined();
    expect(offsetOfLargeBytes(SetVariableRequestSchema, encoded.subarray(0, 4))).toBeUndefined();
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), (garbage) => {
        const offset = offsetOfLargeBytes(SetVariableRequestSchema, garbage);
        expect(offset === undefined || offset <= garbage.length).toBe(true);
      }),
    );
  });
});
