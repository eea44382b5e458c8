import { describe, expect, it } from "vitest";
import * as z from "zod";
import { madeOf, parseConstraints, parseValue, type ValueContext, valueRefusal } from "./parse-value.ts";
import type { ValueRecord } from "./payload.ts";
import { constraintIssue, typeIssue, type VariableType } from "./variable-type.ts";

type Limits = ValueRecord & { readonly max?: number };

let schemasBuilt = 0;

/** A number with an upper limit, rounded to hundredths: small, but with every step that a real type has. */
const level: VariableType<number, Limits> = {
  name: "level",
  constraints: z.strictObject({ max: z.number().positive().optional() }) as z.ZodType<Limits>,
  values: ({ max }) => {
    schemasBuilt++;
    return z.unknown().transform((input, context) => {
      if (typeof input !== "number") {
        context.issues.push(typeIssue("must be a number", input));
        return z.NEVER;
      }
      if (max !== undefined && input > max) {
        const message = `value ${input} is above maximum ${max}`;
        context.issues.push(constraintIssue(message, input, { constraint: "max", limit: max, value: input }));
        return z.NEVER;
      }
      return Math.round(input * 100) / 100;
    });
  },
  encode: (value) => ({ kind: "number", value }),
  decode: (payload) => {
    if (payload.kind !== "number") throw new TypeError(`a level is not stored as ${payload.kind}`);
    return payload.value;
  },
  equals: Object.is,
  space: () => undefined,
};

/** A type whose schema is plain zod, as a type from outside may be. */
const point: VariableType<{ x: number }> = {
  name: "point",
  constraints: z.strictObject({}),
  values: () => z.strictObject({ x: z.number() }),
  encode: ({ x }) => ({ kind: "map", value: new Map([["x", { kind: "number", value: x }]]) }),
  decode: () => ({ x: 0 }),
  equals: (a, b) => a.x === b.x,
  space: () => undefined,
};

describe("a schema that tells which function it is made of", () => {
  let parsed = 0;
  const doubled: VariableType<number> = {
    ...level,
    name: "doubled",
    constraints: z.strictObject({}),
    values: () => {
      const parse = (input: unknown, context: ValueContext): number => {
        parsed++;
        if (typeof input === "number") return input * 2;
        // A value within a value is parsed before this one is through.
        if (Array.isArray(input)) {
          const inner = parseValue(doubled, constraints, input[0], "inner");
          if (inner.kind === "parsed") return inner.value + 1;
        }
        context.issues.push(typeIssue("must be a number", input));
        return z.NEVER;
      };
      return madeOf(z.transform(parse) as z.ZodType<number>, parse);
    },
  };
  const constraints = {};

  it("is parsed by that function once, and refused in the schema's words", () => {
    expect(parseValue(doubled, constraints, 4, "d")).toEqual({ kind: "parsed", value: 8 });
    expect(parsed).toBe(1);
    const refused = parseValue(doubled, constraints, "four", "d");
    const details = { field: "d", type: "doubled", value: "four" };
    expect(refused).toMatchObject({ kind: "refused", refusal: { message: "d: must be a number", details } });
    expect(parseValue(doubled, constraints, 5, "d")).toEqual({ kind: "parsed", value: 10 });
  });

  it("may parse another value meanwhile", () => {
    expect(parseValue(doubled, constraints, [3], "d")).toEqual({ kind: "parsed", value: 7 });
    expect(parseValue(doubled, constraints, [[3]], "d")).toEqual({ kind: "parsed", value: 8 });
    expect(parseValue(doubled, constraints, ["three"], "d")).toMatchObject({ kind: "refused" });
    expect(parseValue(doubled, constraints, [1], "d")).toEqual({ kind: "parsed", value: 3 });
  });
});

describe("parseValue", () => {
  it("gives the normalised value", () => {
    expect(parseValue(level, {}, 0.123, "temperature")).toEqual({ kind: "parsed", value: 0.12 });
  });

  it("refuses what is not of the type, naming field, type and value", () => {
    expect(parseValue(level, {}, "warm", "temperature")).toEqual({
      kind: "refused",
      refusal: {
        reason: "validation_failed",
        message: "temperature: must be a number",
        details: { field: "temperature", type: "level", value: "warm" },
      },
    });
  });

  it("refuses what breaks a constraint, naming the constraint, its limit and the value", () => {
    expect(parseValue(level, { max: 2 }, 2.5, "temperature")).toEqual({
      kind: "refused",
      refusal: {
        reason: "constraint_violation",
        message: "temperature: value 2.5 is above maximum 2",
        details: { field: "temperature", type: "level", constraint: "max", limit: 2, value: 2.5 },
      },
    });
  });

  it("counts a plain zod check as validation_failed and says where inside the value it failed", () => {
    expect(parseValue(point, {}, { x: "left" }, "target")).toMatchObject({
      kind: "refused",
      refusal: { reason: "validation_failed", details: { field: "target.x", type: "point" } },
    });
  });

  it("builds a schema once per constraints object, and one for each type that shares it", () => {
    const shared: ValueRecord = Object.freeze({});
    const before = schemasBuilt;
    expect(parseValue(point, shared, { x: 1 }, "p")).toEqual({ kind: "parsed", value: { x: 1 } });
    expect(parseValue(level, shared, 1, "l")).toEqual({ kind: "parsed", value: 1 });
    expect(parseValue(level, shared, 2, "l")).toEqual({ kind: "parsed", value: 2 });
    expect(schemasBuilt - before).toBe(1);
  });

  it.each([
    ["a long text", "x".repeat(257)],
    ["text that is not well-formed", "\ud800"],
    ["an integer beyond 64 bits", 2n ** 64n],
    ["a structure", { deep: [1, 2, 3] }],
    ["undefined", undefined],
  ])("does not send %s back inside the refusal", (_, input) => {
    const parsed = parseValue(level, {}, input, "temperature");
    expect(parsed).toMatchObject({ kind: "refused" });
    expect(parsed.kind === "refused" && "value" in parsed.refusal.details).toBe(false);
  });

  it.each([
    ["null", null],
    ["an integer", 7n],
    ["a boolean", true],
  ])("quotes %s", (_, input) => {
    expect(parseValue(level, {}, input, "temperature")).toMatchObject({ refusal: { details: { value: input } } });
  });
});

describe("valueRefusal", () => {
  it("prefers an issue that says what it means to one that does not", () => {
    const schema = z.unknown().check(
      z.refine(() => false, "something is off"),
      (context) => {
        context.issues.push(constraintIssue("value 3 is above maximum 2", 3, { constraint: "max", limit: 2 }));
      },
    );
    const issues = schema.safeParse(3).error?.issues ?? [];
    expect(issues).toHaveLength(2);
    expect(valueRefusal(issues, 3, { field: "t", type: "level" })).toMatchObject({
      reason: "constraint_violation",
      details: { constraint: "max", limit: 2, value: 3 },
    });
  });
});

describe("parseConstraints", () => {
  it("gives the canonical form, which parses to itself", () => {
    const first = parseConstraints(level, { max: 2 });
    expect(first).toEqual({ kind: "parsed", value: { max: 2 } });
    expect(parseConstraints(level, first.kind === "parsed" && first.value)).toEqual(first);
  });

  it("takes absent constraints for empty ones", () => {
    expect(parseConstraints(level)).toEqual({ kind: "parsed", value: {} });
  });

  it.each([
    ["an unknown constraint", { maximum: 2 }, "maximum"],
    ["an ill-typed limit", { max: "2" }, "max"],
    ["what is no record", 5, "constraints"],
    ["null", null, "constraints"],
  ])("refuses %s and names it", (_, input, field) => {
    const parsed = parseConstraints(level, input);
    expect(parsed).toMatchObject({
      kind: "refused",
      refusal: { reason: "invalid_constraints", details: { type: "level", field } },
    });
    expect(parsed.kind === "refused" && parsed.refusal.message).toContain(`level constraint ${field}: `);
  });
});
