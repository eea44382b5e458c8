import { describeType } from "@trimtab/core/conformance";
import fc from "fast-check";
import { describe, expect, expectTypeOf, it } from "vitest";
import { choice, choiceType } from "./choice.ts";

describeType({
  type: choiceType,
  longestList: 2 ** 32 - 1,
  constraints: fc.oneof(
    fc.constant({}),
    fc.uniqueArray(fc.string({ unit: "grapheme" }), { minLength: 1 }).map((choices) => ({ choices })),
  ),
  valid: ({ choices }) => (choices === undefined ? fc.string({ unit: "grapheme" }) : fc.constantFrom(...choices)),
  satisfies: (value, { choices }) => choices === undefined || choices.includes(value),
  invalid: [
    { value: 1, reason: "validation_failed", message: "must be a string" },
    { value: null, reason: "validation_failed", message: "must be a string" },
    { constraints: { choices: ["1"] }, value: 1, reason: "validation_failed", message: "must be a string" },
    { value: "\ud800", reason: "validation_failed", message: "must be a string" },
    {
      constraints: { choices: ["gpt-4", "claude-3"] },
      value: "gpt-5",
      reason: "constraint_violation",
      constraint: "choices",
      limit: ["gpt-4", "claude-3"],
      message: "must be one of: gpt-4, claude-3",
    },
  ],
  invalidConstraints: [
    { constraints: { choices: [] }, field: "choices" },
    { constraints: { choices: ["a", "b", "a"] }, field: "choices" },
    { constraints: { choices: [1, 2] }, field: "choices" },
    { constraints: { choices: ["\ud800"] }, field: "choices" },
    { constraints: { choices: "a" }, field: "choices" },
    { constraints: { choices: null }, field: "choices" },
  ],
  garbage: [{ kind: "integer", value: 0n }],
});

describe("choice", () => {
  it("declares the union of its choices without a cast", () => {
    const model = choice(["gpt-4", "claude-3"], { default: "gpt-4" });
    expectTypeOf(model.default).toEqualTypeOf<"gpt-4" | "claude-3" | undefined>();
    expect(model).toEqual({ type: choiceType, constraints: { choices: ["gpt-4", "claude-3"] }, default: "gpt-4" });
    // @ts-expect-error: no default that is no choice
    expect(() => choice(["gpt-4", "claude-3"], { default: "gpt-5" })).toThrow("must be one of: gpt-4, claude-3");
  });

  it("declares any text without choices, and that of a list made at run time", () => {
    expectTypeOf(choice().default).toEqualTypeOf<string | undefined>();
    expect(choice().constraints).toEqual({});
    const names: string[] = ["a", "b"];
    expectTypeOf(choice(names).default).toEqualTypeOf<string | undefined>();
    expect(() => choice([])).toThrow(expect.objectContaining({ reason: "invalid_constraints" }));
  });
});
