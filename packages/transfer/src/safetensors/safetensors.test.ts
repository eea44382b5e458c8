import { type DType, dtypeBytes, dtypes, type NdArray } from "@trimtab/core";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ndArray, text } from "../test-parts/arbitrary-export.ts";
import { refusalOf } from "../test-parts/refusal-of.ts";
import { fromSafetensors, toSafetensors } from "./safetensors.ts";

const array = (dtype: DType, shape: number[], data: number[]): NdArray => ({
  dtype,
  shape,
  data: Uint8Array.from(data),
});

const utf8 = (each: string): Uint8Array => new TextEncoder().encode(each);

/** A file as the format describes it: length, header, elements. */
function fileOf(header: string, elements: readonly number[] = [], length = utf8(header).byteLength): Uint8Array {
  const start = new Uint8Array(8);
  new DataView(start.buffer).setBigUint64(0, BigInt(length), true);
  return Uint8Array.of(...start, ...utf8(header), ...elements);
}

describe("a file of the published format", () => {
  // Two tensors of 8 and of 2 bytes; the header is padded with spaces to 152 bytes, 98 in hexadecimal.
  const header =
    '{"__metadata__":{"format":"pt"},"weight":{"dtype":"F32","shape":[1,2],"data_offsets":[0,8]},' +
    '"bias":{"dtype":"BF16","shape":[1],"data_offsets":[8,10]}}';
  const file = Uint8Array.of(
    ...[0x98, 0, 0, 0, 0, 0, 0, 0],
    ...utf8(header.padEnd(0x98, " ")),
    ...[0x00, 0x00, 0x80, 0x3f, 0x00, 0x00, 0x00, 0xc0],
    ...[0x80, 0x3f],
  );
  const content = {
    tensors: new Map([
      ["bias", array("bf16", [1], [0x80, 0x3f])],
      ["weight", array("f32", [1, 2], [0x00, 0x00, 0x80, 0x3f, 0x00, 0x00, 0x00, 0xc0])],
    ]),
    metadata: new Map([["format", "pt"]]),
  };

  test("is written byte for byte, whatever the order of the tensors given", () => {
    expect(toSafetensors(content)).toEqual(file);
  });

  test("is read", () => {
    expect(fromSafetensors(file)).toEqual(content);
  });

  test("may be without metadata, or without anything", () => {
    const empty = Uint8Array.of(8, 0, 0, 0, 0, 0, 0, 0, ...utf8("{}      "));
    expect(toSafetensors({})).toEqual(empty);
    expect(fromSafetensors(empty)).toEqual({ tensors: new Map(), metadata: new Map() });
  });
});

test("the order is that of the reference implementation: by dtype, then by name as UTF-8", () => {
  const tensors = new Map<string, NdArray>();
  for (const dtype of dtypes) {
    for (const name of ["b", "a", "\u{1f600}", "\uffff"]) {
      tensors.set(`${name} ${dtype}`, array(dtype, [], Array(dtypeBytes[dtype]).fill(0)));
    }
  }
  const names = [...fromSafetensors(toSafetensors({ tensors })).tensors.keys()];
  const order = ["u64", "s64", "f64", "f32", "u32", "s32", "bf16", "f16", "u16", "s16", "s8", "u8", "bool"];
  expect(names).toEqual(order.flatMap((dtype) => ["a", "b", "\uffff", "\u{1f600}"].map((name) => `${name} ${dtype}`)));
});

test("what is written is read, whatever it is called", () => {
  const names = fc.uniqueArray(
    text.filter((each) => each !== "__metadata__" && each !== "__proto__"),
    { maxLength: 5 },
  );
  const metadata = fc.array(
    fc.tuple(
      text.filter((each) => each !== "__proto__"),
      text,
    ),
    { maxLength: 3 },
  );
  fc.assert(
    fc.property(names, fc.array(ndArray, { minLength: 5, maxLength: 5 }), metadata, (keys, arrays, entries) => {
      const tensors = new Map(keys.map((name, at): [string, NdArray] => [name, arrays[at] as NdArray]));
      const content = { tensors, metadata: new Map(entries) };
      const file = toSafetensors(content);
      expect(fromSafetensors(file)).toEqual(content);
      expect(new DataView(file.buffer).getBigUint64(0, true) % 8n).toBe(0n);
    }),
  );
});

test("a vast header is refused by how much it takes", () => {
  const details = { field: "data.header", limit: 100_000_000, value: 2n ** 52n };
  expect(() => fromSafetensors(fileOf("{}", [], 2 ** 52))).toThrow(expect.objectContaining({ details }));
});

const one = (info: string) => `{"x":${info}}`;

test.each([
  ["nothing", Uint8Array.of(), "data.header is truncated: the file has 0 bytes"],
  ["half a length", Uint8Array.of(1, 0, 0), "data.header is truncated: the file has 3 bytes"],
  ["a vast header", fileOf("{}", [], 2 ** 52), "data.header takes 4503599627370496 bytes, at most 100000000"],
  ["a header longer than the file", fileOf("{}", [], 3), "data.header is truncated: 3 bytes do not fit"],
  ["a list for a header", fileOf("[]"), "data.header does not begin with {"],
  ["half a header", fileOf("{"), "data.header is no JSON"],
  ["a tensor that is a number", fileOf(one("1")), "data.header.x must be a JSON object"],
  [
    "an unknown dtype",
    fileOf(one('{"dtype":"F8_E4M3","shape":[],"data_offsets":[0,1]}'), [0]),
    "data.header.x.dtype must be",
  ],
  ["no dtype", fileOf(one('{"shape":[],"data_offsets":[0,1]}'), [0]), "got undefined"],
  ["a negative extent", fileOf(one('{"dtype":"U8","shape":[-1],"data_offsets":[0,1]}'), [0]), "data.header.x.shape"],
  [
    "more elements than can be counted",
    fileOf(one('{"dtype":"U8","shape":[4503599627370496,4503599627370496],"data_offsets":[0,1]}'), [0]),
    "data.header.x.shape has more elements than any file",
  ],
  ["one offset", fileOf(one('{"dtype":"U8","shape":[],"data_offsets":[0]}'), [0]), "data.header.x.data_offsets"],
  ["an end before the start", fileOf(one('{"dtype":"U8","shape":[],"data_offsets":[1,0]}'), [0]), "data_offsets"],
  [
    "an end after the file",
    fileOf(one('{"dtype":"U8","shape":[2],"data_offsets":[0,2]}'), [0]),
    "data.x ends at byte 2 of 1",
  ],
  [
    "bytes that do not fit the shape",
    fileOf(one('{"dtype":"U8","shape":[2],"data_offsets":[0,1]}'), [0]),
    "takes 1 byte,",
  ],
  [
    "a gap at the start",
    fileOf(one('{"dtype":"U8","shape":[],"data_offsets":[1,2]}'), [0, 0]),
    "leaves a gap before it",
  ],
  [
    "bytes after the last tensor",
    fileOf(one('{"dtype":"U8","shape":[],"data_offsets":[0,1]}'), [0, 0]),
    "has 1 byte after",
  ],
  [
    "two tensors in one place",
    fileOf(
      '{"x":{"dtype":"U8","shape":[],"data_offsets":[0,1]},"y":{"dtype":"U8","shape":[],"data_offsets":[0,1]}}',
      [0],
    ),
    "data.y overlaps the one before: begins at byte 0, not 1",
  ],
  ["metadata that is no text", fileOf('{"__metadata__":{"a":1}}'), "data.header.__metadata__.a must be text"],
  ["the key __proto__", fileOf('{"__proto__":{}}'), "uses the reserved key __proto__"],
  [
    "text that is no UTF-8",
    Uint8Array.of(3, 0, 0, 0, 0, 0, 0, 0, 0x7b, 0xff, 0x7d),
    "data.header is not well-formed UTF-8",
  ],
])("%s is refused", (_, file, message) => {
  expect(refusalOf(() => fromSafetensors(file))).toContain(message);
});

test("what no file can hold is refused", () => {
  const tensor = array("u8", [1], [0]);
  const written = (name: string, each = tensor) => refusalOf(() => toSafetensors({ tensors: new Map([[name, each]]) }));
  expect(written("__metadata__")).toContain("has the name of the metadata");
  expect(written("\ud800")).toContain("well-formed");
  expect(written("x", array("u8", [2], [0]))).toBe("tensors.x has bytes that do not fit its dtype and shape");
  expect(refusalOf(() => toSafetensors({ metadata: new Map([["a", "\ud800"]]) }))).toContain("well-formed");
});
