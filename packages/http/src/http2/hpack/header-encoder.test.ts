import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createDynamicTable } from "./dynamic-table.ts";
import { createHeaderDecoder } from "./header-decoder.ts";
import { fieldBytes, writeField, writeTableSizeUpdate } from "./header-encoder.ts";
import { staticFields } from "./static-table.ts";
import { decoded } from "./test-parts/decoded.ts";

function written(fields: readonly (readonly [name: string, value: string])[]): Buffer {
  const target = Buffer.alloc(fields.reduce((sum, [name, value]) => sum + fieldBytes(name, value), 0));
  return target.subarray(
    0,
    fields.reduce((at, [name, value]) => writeField(target, at, name, value), 0),
  );
}

const latin1 = fc.oneof(
  fc.array(fc.integer({ min: 0, max: 255 }), { maxLength: 40 }).map((codes) => String.fromCharCode(...codes)),
  fc.integer({ min: 0, max: 20_000 }).map((length) => "é".repeat(length)),
);
const name = fc.oneof(fc.constantFrom(...staticFields.map((field) => field.name)), latin1);
const value = fc.oneof(fc.constantFrom("", "200", "GET"), latin1);

describe("the fields of a block", () => {
  test.each<[name: string, value: string, bytes: string]>([
    [":status", "200", "88"],
    [":status", "404", "8d"],
    [":status", "429", "0803343239"],
    [":method", "POST", "83"],
    ["accept-encoding", "gzip, deflate", "90"],
    ["accept-encoding", "gzip", "0f0104677a6970"],
    ["content-type", "a/b", "0f1003612f62"],
    ["www-authenticate", "", "bd"],
    ["grpc-status", "0", "000b677270632d7374617475730130"],
    ["x", "é", "00017801e9"],
  ])("%s: %s", (...row) => {
    const [field, text, bytes] = row;
    expect(written([[field, text]]).toString("hex")).toBe(bytes);
  });

  test("are decoded to the same, within what was said that they take, and leave no trace in a table", () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(name, value), { maxLength: 10 }), (fields) => {
        const decoder = createHeaderDecoder();
        expect(decoded(decoder, written(fields))).toEqual(fields);
        expect(decoder.version).toBe(0);
      }),
    );
  });

  test.each([11, 12, 13, 126, 127, 128, 254, 255, 16_510, 16_511, 2_097_278, 2_097_279])(
    "take no more than was said with %i characters",
    (length) => {
      const text = "v".repeat(length);
      expect(decoded(createHeaderDecoder(), written([["n", text]]))).toEqual([["n", text]]);
    },
  );

  test("are written after what is there, and nothing after them is touched", () => {
    const target = Buffer.alloc(20, 0xaa);
    expect(writeField(target, 3, "te", "trailers")).toBe(16);
    expect(target.toString("hex")).toBe("aaaaaa0002746508747261696c657273aaaaaaaa");
  });
});

test("an update of the table's size says what the peer may forget", () => {
  const target = Buffer.alloc(6);
  expect(writeTableSizeUpdate(target, 0, 0)).toBe(1);
  expect(target[0]).toBe(0x20);
  for (const bytes of [1, 30, 31, 32, 4096, 2 ** 28 - 1]) {
    const decoder = createHeaderDecoder(createDynamicTable(2 ** 28));
    const versionBefore = decoder.version;
    expect(decoded(decoder, target.subarray(0, writeTableSizeUpdate(target, 0, bytes)))).toEqual([]);
    expect(decoder.version).not.toBe(versionBefore);
  }
});
