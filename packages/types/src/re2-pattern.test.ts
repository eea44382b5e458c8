import { parseConstraints } from "@trimtab/core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createPatternCheck } from "./re2-pattern.ts";
import { stringType } from "./string.ts";

/** Why a pattern is refused as a constraint, or `undefined` where it is taken. */
function problem(pattern: unknown): string | undefined {
  const parsed = parseConstraints(stringType, { pattern });
  return parsed.kind === "refused" ? parsed.refusal.message : undefined;
}

describe("a pattern", () => {
  it.each([
    ["a look-ahead", "a(?=b)"],
    ["a look-behind", "(?<!a)b"],
    ["a back-reference", "(a)\\1"],
    ["a named back-reference", "(?P<x>a)\\k<x>"],
    ["an atomic group", "(?>a)"],
    ["a possessive repeat", "a++"],
    ["an unclosed group", "(a"],
    ["an unclosed class", "[a"],
    ["nothing to repeat", "*a"],
    ["a range the wrong way round", "[z-a]"],
    ["a repeat the wrong way round", "a{3,2}"],
    ["a name used twice", "(?P<x>a)(?P<x>b)"],
    ["one byte of UTF-8", "\\C"],
    ["an escape that is none", "\\8"],
    ["more than 1000 repeats", "a{1001}"],
    ["more than 1000 repeats within each other", "((a{100}){100}){100}"],
  ])("is refused that has %s", (_, pattern) => {
    expect(problem(pattern)).toMatch(/^string constraint pattern: is no RE2 pattern: error parsing regexp: /);
  });

  it("is refused that is longer than 1024 characters, or whose program is larger than 10000 instructions", () => {
    expect(problem("a".repeat(1024))).toBeUndefined();
    expect(problem("a".repeat(1025))).toBe("string constraint pattern: must be text of at most 1024 characters");
    expect(problem("a".repeat(2 ** 24))).toBe("string constraint pattern: must be text of at most 1024 characters");
    expect(problem("[a-z]{900}".repeat(10))).toBeUndefined();
    expect(problem("[a-z]{900}".repeat(12))).toMatch(
      /^string constraint pattern: is too complex: \d+ instructions, at most 10000 are allowed$/,
    );
    expect(problem("(?:a{0,10}){0,10}".repeat(60))).toMatch(/is too complex|is no RE2 pattern/);
  });

  it.each([
    ["groups nested as deep as can be", `${"(".repeat(512)}${")".repeat(512)}`],
    ["repeats of repeats", `${"(?:".repeat(200)}a${")*".repeat(200)}`],
    ["as many alternatives as can be", "a|b".repeat(300)],
    ["classes of all of Unicode", "[\\pL\\pN\\pS\\pP]{500}"],
  ])("of %s is refused or works", (_, pattern) => {
    if (problem(pattern) === undefined) expect(() => createPatternCheck(pattern)("aé1$")).not.toThrow();
  });

  it("of any text is refused or compiles, and never throws", () => {
    const syntax = fc.string({ unit: fc.constantFrom(..."ab()[]{}|*+?^$.\\dpL<>=!:-,019P"), maxLength: 40 });
    fc.assert(
      fc.property(fc.oneof(syntax, fc.string({ unit: "binary" })), fc.string(), (pattern, text) => {
        if (problem(pattern) === undefined)
          expect(typeof createPatternCheck(pattern)(text)).toMatch(/string|undefined/);
      }),
      { numRuns: 1000 },
    );
  });

  it("finds what JavaScript's own engine finds, where both know the syntax", () => {
    const pattern = fc.constantFrom(
      "^a+b?$",
      "[^a]b",
      "(a|b)*c",
      "a{2,3}",
      "\\bab\\b",
      "^$",
      "a.c",
      "(?i:AB)c",
      "\\d+\\s\\w",
    );
    const text = fc.string({ unit: fc.constantFrom("a", "b", "c", "A", "1", " ", "\n"), maxLength: 8 });
    fc.assert(
      fc.property(pattern, text, (written, input) => {
        expect(createPatternCheck(written)(input) === undefined).toBe(new RegExp(written).test(input));
      }),
      { numRuns: 1000 },
    );
  });

  it("is not searched in a text that would keep the program busy for long", () => {
    const check = createPatternCheck("(.*a){500}z");
    expect(check(`${"a".repeat(500)}z`)).toBeUndefined();
    expect(check("a".repeat(500))).toBe("must match pattern: (.*a){500}z");
    expect(check("xa".repeat(1_000_000))).toMatch(
      /^must be at most \d+ characters to be searched for pattern: \(\.\*a\)\{500\}z$/,
    );
    const simple = createPatternCheck("^[a-z]+$");
    expect(simple("a".repeat(4_000_000))).toBeUndefined();
  });
});
