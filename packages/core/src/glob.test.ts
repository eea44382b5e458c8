import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createGlob } from "./glob.ts";

describe("createGlob", () => {
  test.each([
    ["temp_*", "temp_1", true],
    ["temp_*", "temp_", true],
    ["temp_*", "my_temp_1", false],
    ["*", "", true],
    ["", "", true],
    ["", "a", false],
    ["a*a", "a", false],
    ["a*a", "aa", true],
    ["*_lr*_x", "opt_lr_2_x", true],
    ["*_lr*_x", "opt_lr_x", true],
    ["*_lr*_x", "opt_l_x", false],
    ["a**b", "ab", true],
    ["[a].*", "[a].c", true],
    ["[a].*", "a.c", false],
  ])("%s against %s is %s", (pattern, text, matches) => {
    expect(createGlob(pattern)(text)).toBe(matches);
  });

  test("agrees with a regular expression on random patterns", () => {
    const short = fc.string({ unit: fc.constantFrom("a", "b", "*"), maxLength: 8 });
    fc.assert(
      fc.property(short, fc.string({ unit: fc.constantFrom("a", "b"), maxLength: 12 }), (pattern, text) => {
        expect(createGlob(pattern)(text)).toBe(new RegExp(`^${pattern.replaceAll("*", ".*")}$`).test(text));
      }),
    );
  });
});
