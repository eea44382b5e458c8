import { describe, expect, it } from "vitest";
import { choice } from "./choice.ts";
import { declareVariable } from "./declare-variable.ts";
import { float, floatType } from "./float.ts";

describe("declareVariable", () => {
  it("tells constraints from what surrounds them", () => {
    const given = {
      min: 0,
      default: 1,
      description: "d",
      metadata: { unit: "s" },
      readOnly: true,
      dependencies: ["x"],
    };
    expect(declareVariable(floatType, given)).toEqual({
      type: floatType,
      constraints: { min: 0 },
      default: 1,
      description: "d",
      metadata: { unit: "s" },
      readOnly: true,
      dependencies: ["x"],
    });
  });

  it.each([
    ["derivation", { derivation: 5 }],
    ["derivation", { derivation: { kind: "expression" } }],
    ["derivation", { derivation: { kind: "magic", name: "x" } }],
    ["dependencies", { dependencies: "a" }],
    ["dependencies", { dependencies: [1] }],
  ])("refuses what is no %s", (field, given) => {
    const declare = () => declareVariable(floatType, given as never);
    expect(declare).toThrow(expect.objectContaining({ reason: "invalid_argument", details: { field } }));
  });

  it("takes an expression for a derivation, and one at length as it is", () => {
    expect(float({ derivation: "a + b" }).derivation).toEqual({ kind: "expression", expression: "a + b" });
    expect(float({ derivation: { kind: "expression", expression: "a" } }).derivation).toEqual({
      kind: "expression",
      expression: "a",
    });
  });

  it("gives what nobody can change, the list that it came from included", () => {
    const names = ["a", "b"];
    const declared = choice(names);
    names.push("c");
    expect(declared.constraints).toEqual({ choices: ["a", "b"] });
    expect(Object.isFrozen(declared)).toBe(true);
    expect(Object.isFrozen(declared.constraints)).toBe(true);
    expect(Object.isFrozen(declared.constraints["choices"])).toBe(true);
  });

  it("keeps the canonical form of constraints and default", () => {
    const declared = declareVariable<number>(floatType, { min: 0n, default: -0 } as never);
    expect(declared.constraints).toEqual({ min: 0 });
    expect(Object.is(declared.default, 0)).toBe(true);
  });
});
