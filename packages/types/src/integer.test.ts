import { fromPayload } from "@trimtab/core";
import { describeType } from "@trimtab/core/conformance";
import fc from "fast-check";
import { describe, expect, expectTypeOf, it } from "vitest";
import { bigInteger, bigIntegerType, type IntegerConstraints, integer, integerType } from "./integer.ts";

const minInt64 = -(2n ** 63n);
const maxInt64 = 2n ** 63n - 1n;
const edges = [-(2n ** 53n), -(2n ** 53n) + 1n, -1n, 0n, 1n, 2n ** 53n - 1n, 2n ** 53n];
const int64 = (min = minInt64, max = maxInt64) =>
  fc.oneof(fc.bigInt({ min, max }), fc.constantFrom(min, max, ...edges.filter((edge) => edge >= min && edge <= max)));

/** A number where it is safe, as programs write it, and otherwise the bigint. */
const written = (value: bigint, asNumber: boolean) =>
  asNumber && value >= -(2n ** 53n) + 1n && value <= 2n ** 53n - 1n ? Number(value) : value;

const limits = fc.oneof(
  fc
    .tuple(
      int64().chain((min) => fc.tuple(fc.constant(min), int64(min))),
      fc.boolean(),
    )
    .map(([[min, max], number]) => ({ min: written(min, number), max: written(max, number) })),
  fc.record({ min: int64(minInt64, 2n ** 60n), step: fc.bigInt({ min: 1n, max: 2n ** 56n }) }),
  fc.record({ step: fc.integer({ min: 1, max: 1000 }) }, { requiredKeys: [] }),
  fc.record({ min: fc.integer({ min: 1, max: 5 }), max: fc.integer({ min: 5 }), log: fc.boolean() }),
);

const valid = ({ min, max, step }: IntegerConstraints) => {
  const [low, high] = [BigInt(min ?? minInt64), BigInt(max ?? maxInt64)];
  const value =
    step === undefined
      ? int64(low, high)
      : fc.bigInt({ min: 0n, max: 16n }).map((k) => BigInt(min ?? 0) + k * BigInt(step));
  return fc.tuple(value, fc.boolean()).map(([exact, number]) => written(exact, number));
};

const satisfies = (value: number | bigint, { min, max, step }: IntegerConstraints) =>
  BigInt(value) >= BigInt(min ?? minInt64) &&
  BigInt(value) <= BigInt(max ?? maxInt64) &&
  (BigInt(value) - BigInt(min ?? 0)) % BigInt(step ?? 1) === 0n;

const shared = {
  constraints: limits,
  valid,
  invalid: [
    { value: 1.5, reason: "validation_failed", message: "must be a whole number, got 1.5" },
    { value: NaN, reason: "validation_failed", message: "must be a whole number, got NaN" },
    { value: Infinity, reason: "validation_failed", message: "must be a whole number, got Infinity" },
    { value: "not a number", reason: "validation_failed", message: "must be an integer" },
    { value: "5", reason: "validation_failed", message: "must be an integer" },
    { value: true, reason: "validation_failed", message: "must be an integer" },
    { value: null, reason: "validation_failed", message: "must be an integer" },
    {
      value: 2 ** 53,
      reason: "validation_failed",
      message: "must be an integer within ±(2^53-1), got 9007199254740992",
    },
    {
      value: 2n ** 63n,
      reason: "validation_failed",
      message: "must be an integer of at most 64 bits, got 9223372036854775808",
    },
    {
      constraints: { min: 1, max: 4096, step: 1 },
      value: 0,
      reason: "constraint_violation",
      constraint: "min",
      limit: 1,
      message: "value 0 is below minimum 1",
    },
    {
      constraints: { min: 1, max: 4096, step: 1 },
      value: 5000,
      reason: "constraint_violation",
      constraint: "max",
      limit: 4096,
      message: "value 5000 is above maximum 4096",
    },
    {
      constraints: { max: 2n ** 62n },
      value: 2n ** 62n + 1n,
      reason: "constraint_violation",
      constraint: "max",
      limit: 2n ** 62n,
      message: "value 4611686018427387905 is above maximum 4611686018427387904",
    },
    {
      constraints: { min: 1, step: 5 },
      value: 10,
      reason: "constraint_violation",
      constraint: "step",
      limit: 5,
      message: "value 10 is not on the grid of step 5 from 1",
    },
  ],
  invalidConstraints: [
    { constraints: { min: "1" }, field: "min" },
    { constraints: { min: 1.5 }, field: "min" },
    { constraints: { max: 2 ** 53 }, field: "max" },
    { constraints: { max: 2n ** 63n }, field: "max" },
    { constraints: { min: 2n ** 60n, max: 5 }, field: "min" },
    { constraints: { step: 0 }, field: "step" },
    { constraints: { step: -1n }, field: "step" },
    { constraints: { log: true, max: 5 }, field: "log" },
    { constraints: { log: true, min: 0 }, field: "log" },
    { constraints: { log: "yes" }, field: "log" },
  ],
  garbage: [
    { kind: "number", value: 1 },
    { kind: "string", value: "1" },
    { kind: "integer", value: 2n ** 63n },
  ],
} as const;

describeType({ type: integerType, longestList: 2 ** 32 - 1, satisfies, ...shared });
describeType({
  type: bigIntegerType,
  longestList: 2 ** 32 - 1,
  satisfies: (value, limits) => typeof value === "bigint" && satisfies(value, limits),
  ...shared,
});

describe("integerType", () => {
  const { parse } = integerType.values({});

  it("gives a number within ±(2^53-1) and a bigint beyond", () => {
    expect(parse(256)).toBe(256);
    expect(parse(256n)).toBe(256);
    expect(parse(-0)).toBe(0);
    expect(parse(9007199254740991n)).toBe(9007199254740991);
    expect(parse(9007199254740992n)).toBe(9007199254740992n);
    expect(integerType.decode({ kind: "integer", value: 5n })).toBe(5);
    expect(integerType.decode({ kind: "integer", value: minInt64 })).toBe(minInt64);
  });

  it("keeps limits in the same form whichever way they are written", () => {
    expect(integerType.constraints.parse({ min: 1n, max: 2n ** 60n, step: 1n })).toEqual({
      min: 1,
      max: 2n ** 60n,
      step: 1,
    });
  });

  it("stays exact where the distance from the anchor is no safe number", () => {
    const limits = { min: -Number.MAX_SAFE_INTEGER, max: Number.MAX_SAFE_INTEGER, step: 4 };
    const schema = integerType.values(limits);
    expect(schema.safeParse(Number.MAX_SAFE_INTEGER - 2).success).toBe(true);
    expect(schema.safeParse(Number.MAX_SAFE_INTEGER).success).toBe(false);
  });
});

describe("integer", () => {
  it("declares a number and bounds it so that it stays one", () => {
    const tokens = integer({ min: 1, max: 4096, step: 1, default: 256 });
    expectTypeOf(tokens.default).toEqualTypeOf<number | undefined>();
    expect(tokens.constraints).toEqual({ min: 1, max: 4096, step: 1 });
    expect(tokens.default).toBe(256);
    expect(integer().constraints).toEqual({ min: -Number.MAX_SAFE_INTEGER, max: Number.MAX_SAFE_INTEGER });
    expect(integer({ min: 0 }).constraints).toEqual({ min: 0, max: Number.MAX_SAFE_INTEGER });
  });

  it("does not move the grid by adding a minimum", () => {
    for (const step of [1, 2, 5, 7, 1000, Number.MAX_SAFE_INTEGER]) {
      const { type, constraints } = integer({ step });
      const schema = type.values(constraints);
      for (const value of [0, step, -step]) expect(schema.safeParse(value).success).toBe(true);
      if (step > 1) expect(schema.safeParse(1).success).toBe(false);
    }
  });

  it.each([
    ["a limit beyond ±(2^53-1)", { max: 2n ** 60n }, "max"],
    ["a minimum beyond", { min: -(2n ** 60n) }, "max"],
    ["log without a minimum", { log: true }, "log"],
    ["a step that is none", { step: 0 }, "step"],
    ["a step beyond", { step: "2" }, "step"],
  ])("refuses %s", (_, options, field) => {
    expect(() => integer(options as never)).toThrow(
      expect.objectContaining({ reason: "invalid_constraints", details: { type: "integer", field } }),
    );
  });

  it("refuses a default that breaks its limits", () => {
    expect(() => integer({ max: 5, default: 6 })).toThrow("value 6 is above maximum 5");
  });
});

describe("bigInteger", () => {
  it("declares a bigint of the same type on the wire", () => {
    const count = bigInteger({ min: 0, default: 5n });
    expectTypeOf(count.default).toEqualTypeOf<bigint | undefined>();
    expect(count.type.name).toBe("integer");
    expect(count.default).toBe(5n);
    const stored = count.type.encode(7n);
    expect(stored).toEqual({ kind: "integer", value: 7n });
    expect(count.type.decode(stored)).toBe(7n);
    expect(fromPayload(stored)).toBe(7);
  });
});
