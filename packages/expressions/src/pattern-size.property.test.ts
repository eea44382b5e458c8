import fc from "fast-check";
import { RE2JS } from "re2js";
import { expect, test } from "vitest";
import { estimatePatternSize } from "./pattern-size.ts";

test("the size of a pattern is not estimated far below what it compiles to", () => {
  const pattern = fc
    .array(
      fc.constantFrom(
        ..."a . ( ) (?: | * + ? {3} {2,5} {4,} {0,7} [ab] [^a] [[:alpha:]] []] [\\]] \\d \\pL \\x{61} \\Q[\\E ^ $ \\b (?i) (?s-m) (?P<n> () x{40} *? {3}? {1,30} {0} \\Q \\E \\p{Greek} {, }".split(
          " ",
        ),
      ),
      { maxLength: 12 },
    )
    .map((parts) => parts.join(""));
  let compiled = 0;
  fc.assert(
    fc.property(pattern, (source) => {
      let size: number;
      try {
        size = RE2JS.compile(source).programSize();
      } catch {
        return;
      }
      compiled++;
      expect(estimatePatternSize(source) + 10).toBeGreaterThanOrEqual(size);
    }),
    { numRuns: 3000, examples: [["$*(?s-m){1,30}"]] },
  );
  expect(compiled).toBeGreaterThan(300);
});
