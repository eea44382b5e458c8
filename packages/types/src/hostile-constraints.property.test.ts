import { createTypeRegistry, parseConstraints, StoreError } from "@trimtab/core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  bigInteger,
  builtinTypes,
  choice,
  declareVariable,
  embedding,
  float,
  module,
  string,
  tensor,
} from "./index.ts";

const types = createTypeRegistry(builtinTypes);

/** What some constraints are refused with, or `undefined` where they are taken. */
function refusal(name: string, constraints: unknown) {
  const type = types.get(name);
  if (type === undefined) throw new Error(`no type ${name}`);
  const parsed = parseConstraints(type, constraints);
  return parsed.kind === "refused" ? parsed.refusal : undefined;
}

const bounded = ["float", "integer"];
const known: Readonly<Record<string, readonly string[]>> = {
  float: ["min", "max", "step", "allow_special", "log"],
  integer: ["min", "max", "step", "log"],
  string: ["min_length", "max_length", "pattern", "enum"],
  boolean: [],
  choice: ["choices"],
  module: ["choices", "allowed_modules", "pattern", "namespace", "parameters"],
  embedding: ["dimensions", "normalize", "distance_metric", "dtype"],
  tensor: ["shape", "dtype", "device", "allow_special"],
};
const anyType = fc.constantFrom(...Object.keys(known));

describe("constraints from whoever may write them", () => {
  it("are refused with invalid_constraints, the type, the constraint and what is wrong", () => {
    expect(refusal("float", { min: "0" })).toMatchObject({
      reason: "invalid_constraints",
      message: "float constraint min: must be a finite number",
      details: { type: "float", field: "min" },
    });
    expect(refusal("integer", { min: 2, max: 1 })?.message).toBe("integer constraint min: 2 is above max 1");
    expect(refusal("string", { pattern: "(" })?.message).toMatch(/^string constraint pattern: is no RE2 pattern: /);
    expect(refusal("boolean", { min: 0 })?.message).toMatch(/^boolean constraint min: /);
    expect(refusal("tensor", [])?.message).toBe("tensor constraint constraints: must be named values");
  });

  it("are refused where a key is not known, however it is called", () => {
    const key = fc.oneof(
      fc.string({ unit: "binary" }),
      fc.constantFrom("__proto__", "constructor", "toString", "Min", "min "),
    );
    fc.assert(
      fc.property(anyType, key, fc.jsonValue(), (name, unknown, value) => {
        fc.pre(!known[name]?.includes(unknown));
        const given = Object.fromEntries([[unknown, value]]);
        expect(refusal(name, given)).toMatchObject({
          reason: "invalid_constraints",
          details: { type: name, field: unknown },
        });
        expect(() => declareVariable(Object(types.get(name)), given)).toThrow(StoreError);
      }),
    );
  });

  it("are refused where a lower limit is above the upper one, and taken otherwise", () => {
    fc.assert(
      fc.property(fc.constantFrom(...bounded), fc.maxSafeInteger(), fc.maxSafeInteger(), (name, min, max) => {
        const refused = refusal(name, { min, max });
        expect(refused?.details).toEqual(min > max ? { type: name, field: "min" } : undefined);
        if (min > max) expect(refused?.message).toContain(`${min} is above max ${max}`);
      }),
    );
    fc.assert(
      fc.property(fc.nat(), fc.nat(), (min_length, max_length) => {
        expect(refusal("string", { min_length, max_length })?.details).toEqual(
          min_length > max_length ? { type: "string", field: "min_length" } : undefined,
        );
      }),
    );
  });

  it("are never read from text, whatever the text says", () => {
    const text = fc.oneof(fc.string(), fc.constantFrom("0", "1", "true", "null", "Infinity", "[1]", "{}"));
    const typed = Object.entries(known).flatMap(([name, keys]) => keys.map((key) => [name, key] as const));
    const textual = new Set(["pattern", "namespace", "device", "distance_metric", "dtype"]);
    const strict = typed.filter(([, key]) => !textual.has(key));
    fc.assert(
      fc.property(fc.constantFrom(...strict), text, ([name, key], value) => {
        expect(refusal(name, { [key]: value })?.details).toEqual({ type: name, field: key });
      }),
    );
  });

  it("are refused or taken, and nothing else, whatever they are", () => {
    const value = fc.anything({
      withBigInt: true,
      withDate: true,
      withMap: true,
      withSparseArray: true,
      withTypedArray: true,
      withNullPrototype: true,
    });
    fc.assert(
      fc.property(
        anyType.chain((name) => fc.tuple(fc.constant(name), fc.constantFrom(...(known[name] ?? []), "x"))),
        value,
        ([name, key], given) => {
          for (const constraints of [given, { [key]: given }]) {
            const refused = refusal(name, constraints);
            if (refused === undefined) continue;
            expect(refused.reason).toBe("invalid_constraints");
            expect(refused.message.length).toBeLessThan(1000);
          }
        },
      ),
      { numRuns: 1000 },
    );
  });

  it("leave the prototype of every record alone", () => {
    const polluting = JSON.parse(
      '{"__proto__": {"min": 5, "polluted": true}, "constructor": {"prototype": {"polluted": true}}}',
    );
    for (const name of Object.keys(known)) {
      for (const given of [polluting, ...(known[name] ?? []).map((key) => ({ [key]: polluting }))])
        refusal(name, given);
      expect(refusal(name, polluting)?.details).toEqual({ type: name, field: "__proto__" });
    }
    expect(Object(null)).not.toHaveProperty("polluted");
    const inherited = Object.create({ min: 5 });
    expect(refusal("float", inherited)?.details).toEqual({ type: "float", field: "constraints" });
  });

  it("reach a program that declares them as one StoreError", () => {
    const declarations = [
      () => float({ min: "0" as never }),
      () => bigInteger({ min: 2n ** 64n }),
      () => string({ pattern: "(?!x)" }),
      () => choice([]),
      () => module({ "": {} }),
      () => embedding({ dimensions: -1 }),
      () => tensor({ shape: [0.5] }),
    ];
    for (const declare of declarations) {
      expect(declare).toThrow(StoreError);
      expect(declare).toThrow(expect.objectContaining({ reason: "invalid_constraints" }));
    }
  });
});
