import fc from "fast-check";
import { expect, test } from "vitest";
import { createLiteralReader } from "./literal-reader.ts";
import { encodeString } from "./test-parts/reference-encoder.ts";

/** Literals that are alike, long and short, and together more than a reader remembers. */
const pool = Array.from({ length: 120 }, (_, i) => ({ text: `${"p".repeat(i * 3)}${i}`, isHuffman: i % 3 === 0 }));

test("literals that come again are the same, however many there are", () => {
  const runs = fc.array(fc.tuple(fc.constantFrom(...pool), fc.integer({ min: 1, max: 4 })), { maxLength: 300 });
  fc.assert(
    fc.property(runs, (sent) => {
      const reader = createLiteralReader();
      for (const [{ text, isHuffman }, times] of sent) {
        const bytes = encodeString(text, isHuffman);
        const block = Buffer.from([0, ...bytes, 0]);
        for (let i = 0; i < times; i++) {
          expect(reader.read(block, 1)).toBe(text);
          expect(reader.end).toBe(1 + bytes.length);
        }
      }
    }),
  );
});

test("what was read stays as it is when the block's memory is used again", () => {
  const reader = createLiteralReader();
  const block = Buffer.from(encodeString("/a/path", false));
  const read = [reader.read(block, 0), reader.read(block, 0), reader.read(block, 0)];
  block.write("/b", 1, "latin1");
  expect(reader.read(block, 0)).toBe("/b/path");
  expect(read).toEqual(["/a/path", "/a/path", "/a/path"]);
});
