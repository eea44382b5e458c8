import { StoreError } from "@trimtab/core";
import { describeType } from "@trimtab/core/conformance";
import fc from "fast-check";
import { describe, expect, expectTypeOf, it } from "vitest";
import { float, floatType } from "./float.ts";

const finite = (constraints: fc.DoubleConstraints = {}) =>
  fc.double({ noNaN: true, noDefaultInfinity: true, ...constraints });

describeType({
  type: floatType,
  longestList: 2 ** 32 - 1,
  constraints: fc.oneof(
    fc
      .record({ limits: fc.tuple(finite(), finite()), special: fc.boolean() }, { requiredKeys: ["limits"] })
      .map(({ limits: [a, b], special }) => ({
        min: Math.min(a, b),
        max: Math.max(a, b),
        ...(special !== undefined && { allow_special: special }),
      })),
    fc.record({ min: fc.integer().map(BigInt), step: fc.constantFrom(0.1, 0.25, 1, 7) }, { requiredKeys: [] }),
    fc.record({ min: finite({ min: 1e-9, max: 1 }), max: finite({ min: 1 }), log: fc.boolean() }),
    fc.constant({ min: 0, max: 2, step: 0.1 }),
  ),
  valid: ({ min, max, step, allow_special }) => {
    const inRange =
      step === undefined
        ? finite({ min: min ?? -Number.MAX_VALUE, max: max ?? Number.MAX_VALUE })
        : fc.nat(20).map((k) => (min ?? 0) + k * step);
    return allow_special
      ? fc.oneof(inRange, fc.constantFrom<unknown>(NaN, Infinity, -Infinity, "NaN", "Infinity", "-Infinity"))
      : inRange;
  },
  satisfies: (value, { min = -Infinity, max = Infinity, step, allow_special }) => {
    if (Object.is(value, -0)) return false;
    if (!Number.isFinite(value)) return allow_special === true;
    if (value < min || value > max || step === undefined) return value >= min && value <= max;
    const anchor = Number.isFinite(min) ? min : 0;
    const steps = (value - anchor) / step;
    // Where floats are far apart, rounding to one of them is no small part of a step.
    const rounding = 8 * Number.EPSILON * Math.max(Math.abs(value), Math.abs(anchor));
    return Math.abs(steps - Math.round(steps)) * step <= rounding;
  },
  invalid: [
    { value: "0.7", reason: "validation_failed", message: "must be a number" },
    { value: null, reason: "validation_failed", message: "must be a number" },
    { value: true, reason: "validation_failed", message: "must be a number" },
    { value: "inf", reason: "validation_failed", message: "must be a number" },
    { value: [1], reason: "validation_failed", message: "must be a number" },
    {
      value: 2n ** 53n + 1n,
      reason: "validation_failed",
      message: "must be a number that a float holds exactly, got 9007199254740993",
    },
    {
      value: NaN,
      reason: "constraint_violation",
      constraint: "allow_special",
      limit: false,
      message: "must be a finite number, got NaN",
    },
    {
      constraints: { min: 0 },
      value: "Infinity",
      reason: "constraint_violation",
      constraint: "allow_special",
      limit: false,
      message: "must be a finite number, got Infinity",
    },
    {
      constraints: { min: 0, max: 2 },
      value: 2.5,
      reason: "constraint_violation",
      constraint: "max",
      limit: 2,
      message: "value 2.5 is above maximum 2",
    },
    {
      constraints: { min: 0, max: 2 },
      value: -0.5,
      reason: "constraint_violation",
      constraint: "min",
      limit: 0,
      message: "value -0.5 is below minimum 0",
    },
    {
      constraints: { min: 0, max: 2, step: 0.1 },
      value: 0.75,
      reason: "constraint_violation",
      constraint: "step",
      limit: 0.1,
      message: "value 0.75 is not on the grid of step 0.1 from 0",
    },
    {
      constraints: { min: 1, step: 2 },
      value: -3,
      reason: "constraint_violation",
      constraint: "min",
      limit: 1,
      message: "value -3 is below minimum 1",
    },
  ],
  invalidConstraints: [
    { constraints: { min: "0" }, field: "min" },
    { constraints: { min: null }, field: "min" },
    { constraints: { min: undefined }, field: "min" },
    { constraints: { max: NaN }, field: "max" },
    { constraints: { max: Infinity }, field: "max" },
    { constraints: { max: 2n ** 53n + 1n }, field: "max" },
    { constraints: { min: 2, max: 1 }, field: "min" },
    { constraints: { step: 0 }, field: "step" },
    { constraints: { step: -0.1 }, field: "step" },
    { constraints: { allow_special: 1 }, field: "allow_special" },
    { constraints: { log: true }, field: "log" },
    { constraints: { log: true, min: 0, max: 1 }, field: "log" },
  ],
  garbage: [
    { kind: "integer", value: 1n },
    { kind: "string", value: "NaN" },
    { kind: "number", value: -0 },
  ],
});

const accepts = (constraints: object, input: unknown) =>
  floatType.values(floatType.constraints.parse(constraints)).safeParse(input);

describe("floatType", () => {
  it.each([
    ["an integer", 2, 2],
    ["an integer given as bigint", 2n, 2],
    ["a large power of two", 2n ** 70n, 2 ** 70],
    ["minus zero", -0, 0],
  ])("takes %s", (_, input, value) => {
    expect(accepts({}, input)).toEqual({ success: true, data: value });
  });

  it.each([0, 0.1, 0.3, 0.7, 1.1, 1.9, 2, 0.1 + 0.2, 6.999999999999999 * 0.1])(
    "finds %d on the grid of tenths from 0 to 2",
    (value) => {
      expect(accepts({ min: 0, max: 2, step: 0.1 }, value)).toEqual({ success: true, data: value });
    },
  );

  it("anchors the grid at the minimum", () => {
    expect(accepts({ min: 0.5, step: 1 }, 2.5).success).toBe(true);
    expect(accepts({ min: 0.5, step: 1 }, 2).success).toBe(false);
    expect(accepts({ step: 1 }, -3).success).toBe(true);
  });

  it("finds a decimal far from zero, where floats are sparse, as the nearest float to it", () => {
    const limits = { min: 2 ** 31 - 1, step: 0.1 };
    expect(accepts(limits, 2_147_483_648.7).success).toBe(true);
    expect(accepts(limits, 2_147_483_648.75).success).toBe(false);
  });

  it("finds every decimal on the grid of its own digits, and nothing between", () => {
    fc.assert(
      fc.property(
        fc.nat(10 ** 6),
        fc.integer({ min: 1, max: 5 }),
        fc.integer({ min: -1000, max: 1000 }),
        (k, digits, anchor) => {
          const step = 10 ** -digits;
          const point = Number((anchor + k * step).toFixed(digits));
          expect(accepts({ min: anchor, step }, point).success).toBe(true);
          expect(accepts({ min: anchor, step }, point + step / 2).success).toBe(false);
        },
      ),
    );
  });

  it("keeps the grid over the whole range of floats, where distances between them are beyond it", () => {
    const wide = { min: -1.7e308, step: 1e300 };
    expect(accepts(wide, -1.7e308).success).toBe(true);
    expect(accepts(wide, 1.7e308).success).toBe(true);
    expect(accepts(wide, 1.7e308 + 0.5e300).success).toBe(false);
    expect(accepts({ step: Number.MIN_VALUE }, 1e308).success).toBe(true);
    expect(accepts({ min: -1e308, step: Number.MIN_VALUE }, 1e308).success).toBe(true);
    expect(accepts({ step: 1e308 }, 1e-300).success).toBe(false);
  });

  it("lets special values past every other limit where they are allowed", () => {
    const schema = floatType.values({ min: 0, max: 1, step: 0.5, allow_special: true });
    expect(schema.parse("NaN")).toBeNaN();
    expect(schema.parse(-Infinity)).toBe(-Infinity);
    expect(schema.safeParse(2).success).toBe(false);
  });

  it("gives an optimizer a region only where both ends are known", () => {
    expect(floatType.space({ min: 0, max: 2, step: 0.1 })).toEqual({ kind: "real", min: 0, max: 2, step: 0.1 });
    expect(floatType.space({ min: 1, max: 100, log: true })).toEqual({ kind: "real", min: 1, max: 100, log: true });
    expect(floatType.space({ min: 0 })).toBeUndefined();
  });
});

describe("float", () => {
  it("declares a float with its constraints and surroundings", () => {
    const temperature = float({ min: 0, max: 2, default: 1, description: "how bold", metadata: { unit: "none" } });
    expectTypeOf(temperature.default).toEqualTypeOf<number | undefined>();
    expect(temperature).toEqual({
      type: floatType,
      constraints: { min: 0, max: 2 },
      default: 1,
      description: "how bold",
      metadata: { unit: "none" },
    });
    expect(float()).toEqual({ type: floatType, constraints: {} });
  });

  it.each([
    ["constraints that contradict each other", { min: 2, max: 1 }, "invalid_constraints"],
    ["an unknown constraint", { maximum: 1 }, "invalid_constraints"],
    ["a default of another type", { default: "warm" }, "validation_failed"],
    ["a default that breaks a constraint", { max: 2, default: 2.5 }, "constraint_violation"],
    ["a description that is no text", { description: 1 }, "invalid_argument"],
    ["metadata that is no record", { metadata: [1] }, "invalid_argument"],
    ["readOnly that is neither true nor false", { readOnly: "yes" }, "invalid_argument"],
  ])("refuses %s at once", (_, options, reason) => {
    const declare = () => float(options as never);
    expect(declare).toThrow(StoreError);
    expect(declare).toThrow(expect.objectContaining({ reason }));
  });

  it("says which constraints there are where one is not known", () => {
    const message = "float constraint maximum: is not known; there are min, max, step, allow_special, log";
    expect(() => float({ maximum: 1 } as never)).toThrow(message);
  });

  it("takes undefined for absent", () => {
    expect(float({ min: undefined, default: undefined, readOnly: true } as never)).toEqual({
      type: floatType,
      constraints: {},
      readOnly: true,
    });
  });
});
