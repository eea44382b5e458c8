import { describe, expect, test } from "vitest";
import { createDynamicTable } from "./dynamic-table.ts";
import { createHeaderDecoder } from "./header-decoder.ts";
import { decoded, refusalOf, tableOf } from "./test-parts/decoded.ts";
import { bitsOf, encodeInteger, encodeString, toBytes } from "./test-parts/reference-encoder.ts";

/** A literal with a new name: indexed, and not. */
const indexing = (name: string, value: string) => [0x40, ...encodeString(name, false), ...encodeString(value, false)];
const plain = (name: string, value: string) => [0x00, ...encodeString(name, false), ...encodeString(value, false)];
const resize = (bytes: number) => encodeInteger(0x20, 5, bytes);

const HUFFMAN = "a Huffman-coded string is not padded as it must be";

describe("a decoder of header blocks", () => {
  test("has the fields of the static table", () => {
    const decoder = createHeaderDecoder();
    expect(decoded(decoder, [0x81, 0x82, 0x88, 0x90, 0xbd])).toEqual([
      [":authority", ""],
      [":method", "GET"],
      [":status", "200"],
      ["accept-encoding", "gzip, deflate"],
      ["www-authenticate", ""],
    ]);
    expect(decoder.version).toBe(0);
  });

  test("keeps the version while the dynamic table stays as it is, and only then", () => {
    const decoder = createHeaderDecoder();
    const versions = [[0x82], indexing("a", "b"), [0xbe], plain("a", "b"), resize(4096), resize(0), resize(0), []].map(
      (block) => {
        decoded(decoder, block);
        return decoder.version;
      },
    );
    expect(versions.map((version, i) => version !== (versions[i - 1] ?? 0))).toEqual([
      false,
      true,
      false,
      false,
      false,
      true,
      false,
      false,
    ]);
  });

  test("lets the oldest entries leave for new ones, and all for one that is too large", () => {
    const table = createDynamicTable(2 * 34);
    const decoder = createHeaderDecoder(table);
    decoded(decoder, [...indexing("a", "1"), ...indexing("b", "2"), ...indexing("c", "3")]);
    expect(tableOf(decoder)).toEqual([
      ["c", "3"],
      ["b", "2"],
    ]);
    expect(decoded(decoder, indexing("d", "4".repeat(36)))).toEqual([["d", "4".repeat(36)]]);
    expect(tableOf(decoder)).toEqual([]);
    expect(table.bytes).toBe(0);
  });

  test("takes the name of a new entry from one that leaves for it", () => {
    const decoder = createHeaderDecoder(createDynamicTable(40));
    decoded(decoder, indexing("name", "1"));
    expect(decoded(decoder, [0x7e, ...encodeString("2", false)])).toEqual([["name", "2"]]);
    expect(tableOf(decoder)).toEqual([["name", "2"]]);
  });

  test("keeps as many entries as the table has room for", () => {
    const decoder = createHeaderDecoder();
    for (let i = 0; i < 1000; i++) decoded(decoder, [0x40, 0, 0]);
    expect(tableOf(decoder)).toHaveLength(128);
  });

  test("reads strings of any length, coded or not, and the same again", () => {
    const decoder = createHeaderDecoder();
    for (const length of [0, 1, 2, 3, 4, 5, 63, 64, 65, 126, 127, 128, 1023, 1024, 1025, 5000, 20_000])
      for (const isHuffman of [false, true, true, true, false]) {
        const value = Array.from({ length }, (_, i) => String.fromCharCode(32 + ((i * 7) % 94))).join("");
        const block = [0x00, ...encodeString("name", isHuffman), ...encodeString(value, isHuffman)];
        expect(decoded(decoder, block)).toEqual([["name", value]]);
      }
    expect(decoder.version).toBe(0);
  });

  test("does not take a literal for another that has the same bytes", () => {
    const decoder = createHeaderDecoder();
    const coded = encodeString("302", true);
    const raw = coded.with(0, (coded[0] ?? 0) & 0x7f);
    for (let i = 0; i < 4; i++) {
      expect(decoded(decoder, [0x08, ...coded])).toEqual([[":status", "302"]]);
      expect(decoded(decoder, [0x08, ...raw])).toEqual([[":status", Buffer.from(raw.slice(1)).toString("latin1")]]);
    }
  });
});

describe("updates of the table's size", () => {
  test("come first in a block, at most two", () => {
    const decoder = createHeaderDecoder();
    decoded(decoder, indexing("a", "b"));
    expect(decoded(decoder, [...resize(0), ...resize(4096), 0x82])).toEqual([[":method", "GET"]]);
    expect(tableOf(decoder)).toEqual([]);
    expect(refusalOf([...resize(0), ...resize(1), ...resize(2)])).toMatch("more than two");
    expect(refusalOf([0x82, ...resize(0)])).toMatch("after a field");
  });

  test("let the oldest entries leave that have no room then", () => {
    const decoder = createHeaderDecoder();
    decoded(decoder, [...indexing("a", "1"), ...indexing("b", "2")]);
    decoded(decoder, resize(67));
    expect(tableOf(decoder)).toEqual([["b", "2"]]);
  });

  test("are not beyond what was allowed", () => {
    expect(refusalOf(resize(4096))).toBeUndefined();
    expect(refusalOf(resize(4097))).toMatch("beyond what was allowed");
    expect(refusalOf(resize(1), createHeaderDecoder(createDynamicTable(0)))).toMatch("beyond what was allowed");
  });
});

describe("a block that is not what RFC 7541 allows is refused:", () => {
  test.each<[what: string, block: readonly number[], message: string]>([
    ["index 0", [0x80], "an index is 0"],
    ["an index beyond the static table, while the other is empty", [0xbe], "an index is beyond the tables"],
    ["an index far beyond", encodeInteger(0x80, 7, 2 ** 28 - 1), "an index is beyond the tables"],
    ["the index of a name beyond the tables", [0x7e, 0], "an index is beyond the tables"],
    ["no name and no value", [0x40], "the block ends where an integer begins"],
    ["no value", [0x40, 1, 97], "the block ends where an integer begins"],
    ["a string that goes on beyond the block", [0x00, 2, 97], "the block ends within a string"],
    ["a string of nearly 2^28 bytes", [0x00, ...encodeInteger(0, 7, 2 ** 28 - 1)], "the block ends within a string"],
    ["an integer that goes on beyond the block", [0xff, 0x80], "the block ends within an integer"],
    ["an integer of 2^28", encodeInteger(0x80, 7, 2 ** 28), "an integer is 2^28 or more"],
    ["an integer of 2^56", encodeInteger(0x80, 7, 2 ** 56), "an integer is 2^28 or more"],
    ["an integer that begins with many zeros", [0xff, 0x80, 0x80, 0x80, 0x80, 0x80, 0], "more than 5 bytes"],
    ["Huffman code that is padded with zeros", [0x00, 0x81, 0x18, 0], HUFFMAN],
    ["Huffman code that is padded with 8 bits", [0x00, 0x82, 0x1f, 0xff, 0], HUFFMAN],
    ["Huffman code that is nothing but padding", [0x00, 0x81, 0xff, 0], HUFFMAN],
    ["Huffman code with 23 bits of padding", [0x00, 0x83, 0xff, 0xff, 0xff, 0xff, 0xff], HUFFMAN],
    ["Huffman code that ends within a code of 13 bits", [0x00, 0x82, 0x1f, 0xfe, 0], HUFFMAN],
    ["Huffman code that ends within a code of 15 bits", [0x00, 0x83, 0x18, 0xff, 0xfe, 0], HUFFMAN],
  ])("%s", (_, block, message) => {
    expect(refusalOf(block)).toMatch(message);
  });

  test.each([0, 1, 4, 7])("EOS in a string, after %i other codes", (codes) => {
    const bytes = toBytes(`${bitsOf(97).repeat(codes)}${bitsOf(256)}${bitsOf(97)}`);
    expect(refusalOf([0x00, ...encodeInteger(0x80, 7, bytes.length), ...bytes, 0])).toMatch("has EOS in it");
  });
});
