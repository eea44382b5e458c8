import { createGlob } from "@trimtab/core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { selectionOf } from "./selection.ts";

describe("selectionOf", () => {
  it("names what is there", () => {
    expect(selectionOf(["a", "b"], new Set())).toEqual({ refs: ["a", "b"] });
  });

  it("covers what is not there with a pattern, exactly where it is one", () => {
    expect(selectionOf(["a", "b"], new Set(["b"]))).toEqual({ refs: ["a"], pattern: "b" });
    expect(selectionOf(["temp_a", "temp_b", "c"], new Set(["temp_a", "temp_b"]))).toEqual({
      refs: ["c"],
      pattern: "temp_*",
    });
    expect(selectionOf(["a", "b"], new Set(["a", "b"]))).toEqual({ refs: [], pattern: "*" });
  });

  it("misses no name, whatever the names are", () => {
    const names = fc.uniqueArray(fc.string({ unit: fc.constantFrom("a", "b", "*", "ß", "💡"), minLength: 1 }), {
      minLength: 1,
    });
    fc.assert(
      fc.property(names, fc.infiniteStream(fc.boolean()), (all, flips) => {
        const absent = new Set(all.filter(() => flips.next().value === true));
        const { refs = [], pattern } = selectionOf(all, absent);
        const matches = pattern === undefined ? () => false : createGlob(pattern);
        for (const name of all) expect(absent.has(name) ? matches(name) : refs.includes(name)).toBe(true);
      }),
    );
  });
});
