import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { refusalOf } from "../test-parts/refusal-of.ts";
import { readTable, writeTable } from "./csv-table.ts";

const cellsOf = (text: string): (readonly string[])[] => readTable(text).map(({ cells }) => cells);

describe("a table", () => {
  test("is written as RFC 4180 says", () => {
    const rows = [
      ["a", "b c", ""],
      ['say "x"', "1,2", "two\r\nlines"],
    ];
    expect(writeTable(rows)).toBe('a,b c,\r\n"say ""x""","1,2","two\r\nlines"\r\n');
  });

  test.each([
    [
      "no line end at the end",
      "a,b\r\nc,d",
      [
        ["a", "b"],
        ["c", "d"],
      ],
    ],
    [
      "line feeds alone",
      "a,b\nc,d\n",
      [
        ["a", "b"],
        ["c", "d"],
      ],
    ],
    ["an empty cell at the very end", "a,", [["a", ""]]],
    ["empty lines", "a\n\n\r\nb\n\n", [["a"], ["b"]]],
    ["a quoted empty cell on its own", 'a\n""\n', [["a"], [""]]],
    ["quotes, commas and lines in quotes", '"a""b","c,d","e\nf"\n', [['a"b', "c,d", "e\nf"]]],
    ["nothing", "", []],
  ])("is read with %s", (_, text, rows) => {
    expect(cellsOf(text)).toEqual(rows);
  });

  test("tells the line that each row begins on", () => {
    expect(readTable('a\n"b\nc"\n\nd').map(({ line }) => line)).toEqual([1, 2, 5]);
  });

  test.each([
    ["a quote that is not closed", 'a\n"b', 2],
    ["text after a quote", 'a\nb\n"c"d', 3],
    ["a quote within a bare cell", 'a"b', 1],
    ["a carriage return alone", "a\rb", 1],
  ])("with %s is refused", (_, text, line) => {
    expect(refusalOf(() => readTable(text))).toBe(
      `data has a cell in line ${line} whose quotes or line end are not in place`,
    );
  });

  test("of any cells comes back exactly", () => {
    const cell = fc.oneof(fc.string({ unit: "binary" }), fc.string({ unit: fc.constantFrom(..."'=+-@\t\r\n\",a") }));
    const rows = fc.array(
      fc.array(cell, { minLength: 1, maxLength: 4 }).filter(([first, ...rest]) => first !== "" || rest.length > 0),
    );
    fc.assert(
      fc.property(rows, (each) => {
        expect(cellsOf(writeTable(each))).toEqual(each);
      }),
    );
  });
});

describe("what a spreadsheet would take for a formula", () => {
  test.each(["=1+1", "+1", "-1", "@x", "\tx", "\rx", "'=1", "''-1"])("%j gets an apostrophe", (cell) => {
    const [written = ""] = writeTable([[cell]]).split("\r\n");
    expect(written.replace(/^"/, "").startsWith(`'${cell[0]}`)).toBe(true);
    expect(cellsOf(writeTable([[cell]]))).toEqual([[cell]]);
  });

  test.each(["'tis", "'", "1=1", " =1"])("%j does not", (cell) => {
    expect(writeTable([[cell]])).toBe(`${cell}\r\n`);
  });
});
