import { describeType } from "@trimtab/core/conformance";
import fc from "fast-check";
import { describe, expect, expectTypeOf, it } from "vitest";
import { boolean, booleanType } from "./boolean.ts";

const message = "must be a boolean (true or false)";

describeType({
  type: booleanType,
  longestList: 2 ** 32 - 1,
  constraints: fc.constant({}),
  valid: () => fc.constantFrom(true, false, "true", "false", 1, 0, -0, 1n, 0n),
  satisfies: (value) => typeof value === "boolean",
  invalid: ["TRUE", "yes", "1", "", null, undefined, 2, 1.5, NaN, -1n, [true], {}].map((value) => ({
    value,
    reason: "validation_failed" as const,
    message,
  })),
  invalidConstraints: [{ constraints: { min: 0 }, field: "min" }],
  garbage: [
    { kind: "integer", value: 1n },
    { kind: "number", value: 1 },
    { kind: "string", value: "true" },
  ],
});

describe("booleanType", () => {
  it.each([
    [true, true],
    ["true", true],
    [1, true],
    [1n, true],
    [false, false],
    ["false", false],
    [0, false],
    [0n, false],
  ])("reads %s as %s", (input, value) => {
    expect(booleanType.values({}).parse(input)).toBe(value);
  });

  it("can be searched", () => {
    expect(booleanType.space({})).toEqual({ kind: "categorical", choices: [false, true] });
  });
});

describe("boolean", () => {
  it("declares a boolean", () => {
    const verbose = boolean({ default: false, readOnly: true });
    expectTypeOf(verbose.default).toEqualTypeOf<boolean | undefined>();
    expect(verbose).toEqual({ type: booleanType, constraints: {}, default: false, readOnly: true });
    expect(() => boolean({ default: "maybe" as never })).toThrow(message);
  });
});
