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
      sensitive: true,
      accessRules: [{ sessionPattern: "*", permissions: ["read"] }],
      dependencies: ["x"],
    } as const;
    expect(declareVariable(floatType, given)).toEqual({
      type: floatType,
      constraints: { min: 0 },
      default: 1,
      description: "d",
      metadata: { unit: "s" },
      readOnly: true,
      sensitive: true,
      accessRules: [{ sessionPattern: "*", permissions: ["read"] }],
      dependencies: ["x"],
    });
  });

  it.each([
    ["derivation", { derivation: 5 }],
    ["derivation", { derivation: { kind: "expression" } }],
    ["derivation", { derivation: { kind: "magic", name: "x" } }],
    ["dependencies", { dependencies: "a" }],
    ["dependencies", { dependencies: [1] }],
    ["readOnly", { readOnly: "yes" }],
    ["sensitive", { sensitive: 1 }],
    ["accessRules", { accessRules: { sessionPattern: "*", permissions: ["read"] } }],
    ["accessRules[0]", { accessRules: ["everyone"] }],
    ["accessRules[0].permissions", { accessRules: [{ sessionPattern: "*", permissions: "read" }] }],
  ])("refuses what is no %s", (field, given) => {
    const declare = () => declareVariable(floatType, given as never);
    expect(declare).toThrow(expect.objectContaining({ reason: "invalid_argument", details: { field } }));
  });

  it("says nothing of a default that is sensitive and refused", () => {
    const declare = () => float({ max: 1, default: 4711, sensitive: true });
    expect(declare).toThrow("the value for default breaks its constraint max");
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
