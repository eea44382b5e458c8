import { describe, expect, test } from "vitest";
import { createDynamicTable } from "./dynamic-table.ts";
import { createHeaderDecoder } from "./header-decoder.ts";
import { writeField } from "./header-encoder.ts";
import { readInteger, writeInteger } from "./integer.ts";
import { appendixC } from "./test-parts/appendix-c.ts";
import { decoded, tableOf } from "./test-parts/decoded.ts";
import { createReferenceEncoder } from "./test-parts/reference-encoder.ts";

const hex = (text: string) => Buffer.from(text, "hex");

function written(name: string, value: string): string {
  const target = Buffer.alloc(100);
  return target.subarray(0, writeField(target, 0, name, value)).toString("hex");
}

describe("RFC 7541, C.1: integers", () => {
  test.each([
    { bytes: "0a", prefix: 0x1f, value: 10 },
    { bytes: "1f9a0a", prefix: 0x1f, value: 1337 },
    { bytes: "2a", prefix: 0xff, value: 42 },
  ])("$value", ({ bytes, prefix, value }) => {
    expect(readInteger(hex(bytes), 0, prefix)).toBe((value << 3) | hex(bytes).length);
    const target = Buffer.alloc(8);
    const end = writeInteger(target, 0, { flags: 0, prefix, value });
    expect(target.subarray(0, end)).toEqual(hex(bytes));
  });
});

describe("RFC 7541, C.2: representations", () => {
  test.each([
    {
      section: "C.2.1",
      bytes: "400a637573746f6d2d6b65790d637573746f6d2d686561646572",
      field: ["custom-key", "custom-header"],
    },
    { section: "C.2.2", bytes: "040c2f73616d706c652f70617468", field: [":path", "/sample/path"] },
    { section: "C.2.3", bytes: "100870617373776f726406736563726574", field: ["password", "secret"] },
    { section: "C.2.4", bytes: "82", field: [":method", "GET"] },
  ])("$section", ({ section, bytes, field }) => {
    const table = createDynamicTable(4096);
    const decoder = createHeaderDecoder(table);
    expect(decoded(decoder, hex(bytes))).toEqual([field]);
    expect(tableOf(decoder)).toEqual(section === "C.2.1" ? [field] : []);
    expect(table.bytes).toBe(section === "C.2.1" ? 55 : 0);
  });

  test("those that need no table are written as they are there", () => {
    expect(written(":path", "/sample/path")).toBe("040c2f73616d706c652f70617468");
    expect(written(":method", "GET")).toBe("82");
  });
});

describe.each(appendixC)("RFC 7541, $section", ({ maxTableBytes, isHuffman, blocks }) => {
  test("is decoded, and leaves the table that is told there", () => {
    const table = createDynamicTable(maxTableBytes);
    const decoder = createHeaderDecoder(table);
    for (const block of blocks) {
      expect(decoded(decoder, hex(block.hex))).toEqual(block.fields);
      expect(tableOf(decoder)).toEqual(block.table);
      expect(table.bytes).toBe(block.tableBytes);
    }
  });

  test("is what the encoder writes that the decoder is held against", () => {
    const encoder = createReferenceEncoder(maxTableBytes);
    const how = { form: "indexing", asIndex: true, withNameIndex: true } as const;
    for (const block of blocks) {
      const fields = block.fields.map(([name, value]) => ({ name, value, ...how }));
      const coded = fields.map((field) => ({ ...field, isNameHuffman: isHuffman, isValueHuffman: isHuffman }));
      expect(encoder.encode(coded).toString("hex")).toBe(block.hex);
      expect(encoder.table).toEqual(block.table);
    }
  });
});
