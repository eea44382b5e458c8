import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { isNdArray } from "./nd-array.ts";
import { fromPayload, type Payload, payloadSize, toPayload, UnsupportedValueError, type Value } from "./payload.ts";
import { payloadEquals } from "./payload-equality.ts";

const scalar = fc.oneof(
  fc.constant(null),
  fc.boolean(),
  fc.double(),
  fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
  fc.string({ unit: "grapheme" }),
  fc.uint8Array({ maxLength: 8 }),
);
const plainValue: fc.Arbitrary<Value> = fc.letrec<{ value: Value }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    scalar,
    fc.array(tie("value"), { maxLength: 4 }),
    fc.dictionary(
      fc.string().filter((key) => key !== "__proto__"),
      tie("value"),
      { maxKeys: 4 },
    ),
  ),
})).value;

describe("toPayload", () => {
  test("and back is exact, but that a small bigint becomes a number", () => {
    fc.assert(
      fc.property(plainValue, (value) => {
        const payload = toPayload(value);
        const again = toPayload(fromPayload(payload));
        expect(fromPayload(again)).toEqual(fromPayload(payload));
        expect(payloadEquals(payload, payload)).toBe(true);
        expect(payloadSize(payload)).toBeGreaterThanOrEqual(0);
      }),
    );
  });

  test("keeps large integers and special floats", () => {
    expect(fromPayload(toPayload(2n ** 53n + 1n))).toBe(2n ** 53n + 1n);
    expect(fromPayload(toPayload(5n))).toBe(5);
    expect(fromPayload(toPayload(Number.NaN))).toBeNaN();
    expect(Object.is(fromPayload(toPayload(-0)), -0)).toBe(true);
  });

  test("copies bytes and typed arrays, which become arrays of their dtype", () => {
    const bytes = new Uint8Array([1, 2]);
    const payload = toPayload({ bytes });
    bytes[0] = 9;
    expect(fromPayload(payload)).toEqual({ bytes: new Uint8Array([1, 2]) });
    const array = fromPayload(toPayload(new Float32Array([1.5, -2])));
    expect(isNdArray(array)).toBe(true);
    expect(array).toMatchObject({ dtype: "f32", shape: [2] });
    expect(fromPayload(toPayload(Uint8ClampedArray.of(7, 300)))).toEqual({
      dtype: "u8",
      shape: [2],
      data: Uint8Array.of(7, 255),
    });
  });

  const unsupported: [string, unknown, string][] = [
    ["undefined", { a: [1, undefined] }, "a[1]"],
    ["a function", { f: () => 1 }, "f"],
    ["a date", new Date(0), ""],
    ["an integer beyond 64 bits", 2n ** 63n, ""],
    ["half a surrogate pair", { s: "\ud800" }, "s"],
    ["__proto__", JSON.parse('{"a":{"__proto__":1}}'), "a.__proto__"],
  ];
  test.each(unsupported)("refuses %s and says where", (_, value, path) => {
    try {
      toPayload(value);
      expect.unreachable();
    } catch (error) {
      expect(error).toBeInstanceOf(UnsupportedValueError);
      expect((error as UnsupportedValueError).path).toBe(path);
    }
  });

  test("refuses a list with holes, however long, as it does one with undefined items", () => {
    const holes = [1, 2, 3];
    delete holes[1];
    expect(() => toPayload({ list: holes })).toThrow("list[1] is undefined");
    expect(() => toPayload(new Array(2 ** 32 - 1))).toThrow("[0] is undefined");
  });

  test("refuses what is nested too deeply, and what contains itself", () => {
    const loop: unknown[] = [];
    loop.push(loop);
    expect(() => toPayload(loop)).toThrow("nested deeper than 32 levels");
  });
});

test("payloadEquals tells kinds, bits and sizes apart", () => {
  const pairs: [Value, Value][] = [
    [0, -0],
    [1, 1n],
    [[1], [1, 2]],
    [{ a: 1 }, { b: 1 }],
    [new Uint8Array([1]), new Uint8Array([2])],
    [new Float32Array([1]) as unknown as Value, new Float64Array([1]) as unknown as Value],
  ];
  for (const [a, b] of pairs) expect(payloadEquals(toPayload(a), toPayload(b))).toBe(false);
  expect(payloadEquals(toPayload({ a: 1, b: Number.NaN }), toPayload({ b: Number.NaN, a: 1 }))).toBe(true);
});

test("arrays of the same data are equal where their shapes are", () => {
  const shaped = (...shape: number[]): Payload => ({
    kind: "array",
    value: { dtype: "u8", shape, data: new Uint8Array(6) },
  });
  expect(payloadEquals(shaped(2, 3), shaped(2, 3))).toBe(true);
  for (const other of [shaped(3, 2), shaped(6), shaped(2, 3, 1)]) {
    expect(payloadEquals(shaped(2, 3), other)).toBe(false);
    expect(payloadEquals(other, shaped(2, 3))).toBe(false);
  }
});

test("the size of a text is that of its UTF-8", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary", minLength: 65, maxLength: 200 }), (text) => {
      expect(payloadSize({ kind: "string", value: text })).toBe(new TextEncoder().encode(text).byteLength);
    }),
  );
});

describe("bytes are equal wherever they lie", () => {
  const at = (offset: number, bytes: readonly number[]): Payload => {
    const room = new Uint8Array(offset + bytes.length);
    room.set(bytes, offset);
    return { kind: "bytes", value: room.subarray(offset) };
  };
  const bytes = [1, 2, 3, 4, 5, 6, 7, 8, 9];
  test.each([0, 1, 4, 7])("at an offset of %i", (offset) => {
    expect(payloadEquals(at(0, bytes), at(offset, bytes))).toBe(true);
    for (const changed of bytes.keys()) {
      const others = bytes.map((byte, index) => (index === changed ? byte + 1 : byte));
      expect(payloadEquals(at(0, bytes), at(offset, others))).toBe(false);
    }
    expect(payloadEquals(at(0, bytes), at(offset, bytes.slice(1)))).toBe(false);
  });
});
