import fc from "fast-check";
import { expect, test } from "vitest";
import { decodeHuffman } from "./decode-huffman.ts";
import { HpackError } from "./hpack-error.ts";
import { huffmanCodes } from "./huffman-code.ts";
import { appendixB } from "./test-parts/appendix-b.ts";
import { bitsOf, encodeHuffman, toBytes } from "./test-parts/reference-encoder.ts";

/** Decodes bytes that have others around them. */
const decode = (bytes: readonly number[]) => decodeHuffman(Buffer.from([1, 2, 3, ...bytes, 4, 5]), 3, 3 + bytes.length);

const ALL = Array.from({ length: 256 }, (_, byte) => String.fromCharCode(byte));

const latin1 = fc
  .array(fc.oneof(fc.integer({ min: 0, max: 255 }), fc.integer({ min: 97, max: 122 })), { maxLength: 300 })
  .map((codes) => String.fromCharCode(...codes));

test("the code is that of RFC 7541, Appendix B", () => {
  expect(huffmanCodes).toEqual(appendixB);
});

test("every byte is decoded, alone, before and after each other", () => {
  for (const one of ALL) {
    expect(decode(encodeHuffman(one))).toBe(one);
    const withEach = ALL.map((other) => one + other).join("");
    expect(decode(encodeHuffman(withEach))).toBe(withEach);
  }
});

test("what was coded is decoded", () => {
  fc.assert(
    fc.property(latin1, (text) => {
      expect(decode(encodeHuffman(text))).toBe(text);
    }),
    { numRuns: 500 },
  );
});

test("a string is padded with the fewest ones, and with nothing else", () => {
  fc.assert(
    fc.property(latin1, fc.integer({ min: 1, max: 24 }), (text, more) => {
      const bits = Array.from(Buffer.from(text, "latin1"), bitsOf).join("");
      const padding = (8 - (bits.length % 8)) % 8;
      expect(decode(toBytes(bits))).toBe(text);
      expect(() => decode(toBytes(`${bits}${"1".repeat(padding + (more & ~7) + 8)}`))).toThrow(HpackError);
      // From 5 zeros on there is a code among them.
      if (padding > 0 && padding < 5)
        expect(() => decode(toBytes(`${bits}${"0".repeat(padding)}`))).toThrow(HpackError);
    }),
  );
});

test("any bytes are decoded to what gives the same bits when it is coded, or refused", () => {
  const bytes = fc.uint8Array({ maxLength: 60 });
  fc.assert(
    fc.property(bytes, (coded) => {
      let text: string;
      try {
        text = decode([...coded]);
      } catch (error) {
        expect(error).toBeInstanceOf(HpackError);
        return;
      }
      expect(text.length).toBeLessThanOrEqual((coded.length * 8) / 5);
      expect(encodeHuffman(text)).toEqual([...coded]);
    }),
    { numRuns: 5000 },
  );
});

test("a string of many kilobytes is decoded", () => {
  const text = "The quick brown fox jumps over the lazy dog; ".repeat(3000);
  expect(decode(encodeHuffman(text)) === text).toBe(true);
});
