import { describeType } from "@trimtab/core/conformance";
import fc from "fast-check";
import { describe, expect, expectTypeOf, it } from "vitest";
import { graphemeLength } from "./grapheme-length.ts";
import { string, stringType } from "./string.ts";

const accents = fc.string({ unit: "grapheme", maxLength: 12 });
const countGraphemes = (text: string) =>
  [...new Intl.Segmenter("en", { granularity: "grapheme" }).segment(text)].length;

describeType({
  type: stringType,
  longestList: 2 ** 32 - 1,
  constraints: fc.oneof(
    fc.tuple(fc.nat(5), fc.nat(5)).map(([a, b]) => ({ min_length: Math.min(a, b), max_length: Math.max(a, b) })),
    fc.constantFrom({ pattern: "b+" }, { pattern: "^b" }, { pattern: "b", max_length: 3 }),
    fc.uniqueArray(accents, { minLength: 1, maxLength: 5 }).map((texts) => ({ enum: texts })),
    fc.constant({ enum: ["b", "abc", "x"], pattern: "b", min_length: 2 }),
    fc.constant({}),
  ),
  valid: (limits) => {
    if (limits.enum !== undefined) {
      const fitting = limits.enum.filter(
        (text) => limits.pattern === undefined || (text.includes("b") && text.length > 1),
      );
      return fc.constantFrom(...fitting);
    }
    if (limits.pattern !== undefined) return fc.constantFrom("b", "bb", "ba");
    const { min_length: min = 0, max_length: max = 20 } = limits;
    return fc.string({ unit: "grapheme", minLength: min, maxLength: max }).filter((text) => {
      const length = countGraphemes(text);
      return length >= min && length <= max;
    });
  },
  satisfies: (value, limits) => {
    const length = countGraphemes(value);
    return (
      length >= (limits.min_length ?? 0) &&
      length <= (limits.max_length ?? Infinity) &&
      (limits.pattern === undefined || new RegExp(limits.pattern).test(value)) &&
      (limits.enum === undefined || limits.enum.includes(value))
    );
  },
  invalid: [
    { value: null, reason: "validation_failed", message: "cannot be nil" },
    { value: 5, reason: "validation_failed", message: "must be a string" },
    { value: ["a"], reason: "validation_failed", message: "must be a string" },
    { value: "\ud800", reason: "validation_failed", message: "must be well-formed Unicode" },
    {
      constraints: { min_length: 3 },
      value: "e\u0301e\u0301",
      reason: "constraint_violation",
      constraint: "min_length",
      limit: 3,
      message: "must be at least 3 characters, got 2",
    },
    {
      constraints: { max_length: 2 },
      value: "abc",
      reason: "constraint_violation",
      constraint: "max_length",
      limit: 2,
      message: "must be at most 2 characters, got 3",
    },
    {
      constraints: { pattern: "^[a-z]+$" },
      value: "Abc",
      reason: "constraint_violation",
      constraint: "pattern",
      limit: "^[a-z]+$",
      message: "must match pattern: ^[a-z]+$",
    },
    {
      constraints: { enum: ["a", "b", "c"] },
      value: "d",
      reason: "constraint_violation",
      constraint: "enum",
      limit: ["a", "b", "c"],
      message: "must be one of: a, b, c",
    },
    {
      constraints: { min_length: 2, pattern: "x", enum: ["xx"] },
      value: "a",
      reason: "constraint_violation",
      constraint: "min_length",
      message: "must be at least 2 characters, got 1",
    },
    {
      constraints: { pattern: "x", enum: ["xx"] },
      value: "a",
      reason: "constraint_violation",
      constraint: "pattern",
      message: "must match pattern: x",
    },
  ],
  invalidConstraints: [
    { constraints: { min_length: -1 }, field: "min_length" },
    { constraints: { max_length: 1.5 }, field: "max_length" },
    { constraints: { max_length: "3" }, field: "max_length" },
    { constraints: { min_length: 4, max_length: 3 }, field: "min_length" },
    { constraints: { pattern: "(" }, field: "pattern" },
    { constraints: { pattern: "(?=a)" }, field: "pattern" },
    { constraints: { pattern: "(a)\\1" }, field: "pattern" },
    { constraints: { pattern: 5 }, field: "pattern" },
    { constraints: { pattern: "a".repeat(1025) }, field: "pattern" },
    { constraints: { pattern: "[a-z]{1000}".repeat(20) }, field: "pattern" },
    { constraints: { enum: [] }, field: "enum" },
    { constraints: { enum: ["a", "a"] }, field: "enum" },
    { constraints: { enum: ["a", 1] }, field: "enum" },
    { constraints: { enum: "abc" }, field: "enum" },
    { constraints: { enum: new Array(2) }, field: "enum" },
  ],
  garbage: [
    { kind: "string", value: "\udfff" },
    { kind: "bytes", value: new Uint8Array(2) },
  ],
});

describe("stringType", () => {
  const accepts = (constraints: object, text: string) =>
    stringType.values(stringType.constraints.parse(constraints)).safeParse(text).success;

  it("searches a pattern anywhere in the value", () => {
    expect(accepts({ pattern: "b" }, "abc")).toBe(true);
    expect(accepts({ pattern: "^b" }, "abc")).toBe(false);
    expect(accepts({ pattern: "^[a-z]+-\\d+$" }, "abc-12")).toBe(true);
    expect(accepts({ pattern: "^[a-z]+-\\d+$" }, "xx abc-12")).toBe(false);
  });

  it("is not slowed down by patterns that make a backtracking engine run for years", () => {
    expect(accepts({ pattern: "^(a+)+$" }, `${"a".repeat(5000)}!`)).toBe(false);
    expect(accepts({ pattern: "(x+x+)+y" }, "x".repeat(5000))).toBe(false);
  });

  it("keeps the constraints that it was given, whatever becomes of the list", () => {
    const allowed = ["a", "b"];
    const constraints = stringType.constraints.parse({ enum: allowed });
    allowed.push("c");
    expect(constraints["enum"]).toEqual(["a", "b"]);
  });

  it("offers for search those allowed texts that pass the other limits", () => {
    expect(stringType.space({ enum: ["a", "bb"], min_length: 2 })).toEqual({ kind: "categorical", choices: ["bb"] });
    expect(stringType.space({ enum: ["a"], min_length: 2 })).toBeUndefined();
    expect(stringType.space({})).toBeUndefined();
  });
});

describe("graphemeLength", () => {
  it.each([
    ["", 0],
    ["abc", 3],
    ["a\r\nb\r\n", 4],
    ["\n\r", 2],
    ["é", 1],
    ["e\u0301", 1],
    ["👩‍👩‍👧", 1],
    ["🇳🇱🇩🇪", 2],
    ["日本", 2],
  ])("%j has the length that readers see", (text, length) => {
    expect(graphemeLength(text)).toBe(length);
  });

  it("counts ASCII the quick way exactly as the segmenter does", () => {
    const ascii = fc.string({ unit: fc.constantFrom("\r", "\n", "a", " ", "\0", "\x7f") });
    fc.assert(fc.property(ascii, (text) => graphemeLength(text) === countGraphemes(text)));
  });
});

describe("string", () => {
  it("declares the union of the texts that it allows", () => {
    const model = string({ enum: ["small", "large"], default: "small" });
    expectTypeOf(model.default).toEqualTypeOf<"small" | "large" | undefined>();
    expect(model.constraints).toEqual({ enum: ["small", "large"] });
    // @ts-expect-error: no text that is not allowed
    expect(() => string({ enum: ["small", "large"], default: "medium" })).toThrow("must be one of: small, large");
  });

  it("declares any text otherwise", () => {
    const prompt = string({ max_length: 10, default: "hello" });
    expectTypeOf(prompt.default).toEqualTypeOf<string | undefined>();
    expect(prompt).toMatchObject({ constraints: { max_length: 10 }, default: "hello" });
    expect(() => string({ pattern: "(" })).toThrow(expect.objectContaining({ reason: "invalid_constraints" }));
  });

  it.each([
    [{ min_length: 2 }, "must be at least 2 characters, got 1"],
    [{ max_length: 0 }, "must be at most 0 characters, got 1"],
    [{ pattern: "^c" }, "must match pattern: ^c"],
  ])("refuses texts of which %o allows none", (limits, problem) => {
    const message = `string constraint enum: has no text that the other constraints allow: the first ${problem}`;
    expect(() => string({ enum: ["a", "b"], ...limits })).toThrow(message);
    expect(string({ enum: ["a", "cc"], min_length: 2, pattern: "^c" }).constraints["enum"]).toEqual(["a", "cc"]);
  });

  it("does not search texts for long that it is declared with", () => {
    const texts = ["a".repeat(4000), "b".repeat(4000)] as const;
    expect(string({ enum: texts, pattern: "(x*y*){300}c" }).constraints["enum"]).toEqual(texts);
  });
});
