import { StoreError, settle } from "@trimtab/core";
import { describe, expect, expectTypeOf, it } from "vitest";
import { type Tensor, tensor, tensorFromNested, tensorType, toNested } from "./tensor.ts";

const parse = (constraints: object, input: unknown): Tensor =>
  tensorType.values(tensorType.constraints.parse(constraints)).parse(input);

describe("tensorType", () => {
  it("takes flat and nested lists, scalars, and arrays without elements", () => {
    const square = { dtype: "f32", shape: [2, 2], data: Float32Array.of(1, 2, 3, 4) };
    expect(parse({}, { shape: [2, 2], data: [1, 2, 3, 4] })).toEqual(square);
    expect(
      parse(
        {},
        {
          shape: [2, 2],
          data: [
            [1, 2],
            [3, 4],
          ],
        },
      ),
    ).toEqual(square);
    expect(parse({}, { shape: [], data: 5 })).toEqual({ dtype: "f32", shape: [], data: Float32Array.of(5) });
    expect(parse({}, { shape: [], data: [5] })).toEqual({ dtype: "f32", shape: [], data: Float32Array.of(5) });
    expect(parse({}, { shape: [2, 0], data: [[], []] })).toEqual({
      dtype: "f32",
      shape: [2, 0],
      data: new Float32Array(),
    });
    expect(parse({}, { shape: [0, 2], data: [] }).shape).toEqual([0, 2]);
  });

  it("takes typed arrays, whose dtype stands unless the value or the constraints name another", () => {
    expect(parse({}, Int16Array.of(1, 2))).toEqual({ dtype: "s16", shape: [2], data: Int16Array.of(1, 2) });
    expect(parse({}, { shape: [2, 1], data: Float64Array.of(1, 2) })).toEqual({
      dtype: "f64",
      shape: [2, 1],
      data: Float64Array.of(1, 2),
    });
    expect(parse({}, { shape: [2], data: Float64Array.of(1, 2), dtype: "u8" }).data).toEqual(Uint8Array.of(1, 2));
    expect(parse({ dtype: "f64" }, Float32Array.of(0.5)).data).toEqual(Float64Array.of(0.5));
    expect(parse({ dtype: "f32" }, { shape: [1], dtype: "s64", data: [7] }).data).toEqual(Float32Array.of(7));
  });

  it("takes an array within a record of another shape, which has as many elements", () => {
    const data = { dtype: "s32", shape: [4], data: new Uint8Array(Int32Array.of(1, 2, 3, 4).buffer) };
    expect(parse({}, { shape: [2, 2], data })).toEqual({
      dtype: "s32",
      shape: [2, 2],
      data: Int32Array.of(1, 2, 3, 4),
    });
    expect(() => parse({}, { shape: [3], data })).toThrow("data size doesn't match shape");
  });

  it("keeps 64-bit integers exact, in lists as in arrays", () => {
    const large = [2n ** 63n - 1n, -(2n ** 63n), 2n ** 53n + 1n];
    const value = parse({ dtype: "s64" }, { shape: [3], data: large });
    expect(value.data).toEqual(BigInt64Array.from(large));
    expect(toNested(value)).toEqual(large);
    expect(toNested(tensorType.decode(tensorType.encode(value)))).toEqual(large);
    expect(toNested(parse({}, BigUint64Array.of(2n ** 64n - 1n)))).toEqual([2n ** 64n - 1n]);
    expect(() => parse({ dtype: "s64" }, BigUint64Array.of(2n ** 63n))).toThrow("which s64 cannot hold");
    expect(() => parse({ dtype: "s32" }, BigInt64Array.of(2n ** 31n))).toThrow("element 0 is 2147483648, which s32");
  });

  it("rounds floats to the dtype, ties to even", () => {
    expect(toNested(parse({ dtype: "f16" }, { shape: [2], data: [0.1, 2049] }))).toEqual([0.0999755859375, 2048]);
    expect(toNested(parse({ dtype: "bf16" }, { shape: [2], data: [0.1, 257] }))).toEqual([0.10009765625, 256]);
    expect(toNested(parse({}, { shape: [1], data: [0.1] }))).toEqual([Math.fround(0.1)]);
    expect(toNested(parse({ dtype: "bool" }, { shape: [4], data: [true, 0, 1n, false] }))).toEqual([
      true,
      false,
      true,
      false,
    ]);
  });

  it("lets a wildcard stand for any extent, and a device go unsaid", () => {
    const limits = { shape: [-1, 2], device: "cuda:0" };
    expect(tensorType.constraints.parse(limits)).toEqual({ shape: [null, 2], device: "cuda:0" });
    for (const rows of [0, 1, 5]) {
      expect(parse(limits, { shape: [rows, 2], data: new Array(rows * 2).fill(0) }).shape).toEqual([rows, 2]);
    }
    expect(parse(limits, { shape: [1, 2], data: [0, 0], device: "cuda:0", dtype: null })).not.toHaveProperty("device");
    expect(() => parse(limits, { shape: [2], data: [0, 0] })).toThrow("shape must be [*, 2], got [2]");
    expect(parse({ shape: [] }, { shape: [], data: 1 }).shape).toEqual([]);
    expect(parse({ device: "cpu" }, { shape: [1], data: [1], device: null }).shape).toEqual([1]);
  });

  it("lets special values in where they are allowed, in floats alone", () => {
    const input = { shape: [3], data: ["NaN", "-Infinity", Infinity] };
    for (const dtype of ["f16", "bf16", "f32", "f64"]) {
      expect(toNested(parse({ allow_special: true, dtype }, input))).toEqual([NaN, -Infinity, Infinity]);
    }
    expect(() => parse({ allow_special: true, dtype: "s32" }, input)).toThrow(
      /element 0 is .*NaN.*, which s32 cannot hold/,
    );
  });

  it("copies what it takes, whatever array it comes in", () => {
    for (const input of [Uint8Array.of(1, 2), Buffer.from([1, 2]), Uint8ClampedArray.of(1, 2)]) {
      for (const given of [input, { shape: [2], data: input }, { shape: [2], dtype: "u8", data: input }]) {
        const value = parse({}, given);
        input[0] = 9;
        expect(value).toEqual({ dtype: "u8", shape: [2], data: Uint8Array.of(1, 2) });
        expect(value.data.constructor).toBe(Uint8Array);
        input[0] = 1;
      }
    }
  });

  it("keeps arrays that never change where they are, and copies those that it could not read there", () => {
    const at = (byteOffset: number) => {
      const data = settle(new Uint8Array(new ArrayBuffer(24), byteOffset, 8));
      const value = parse({}, { dtype: "f64", shape: [1], data });
      const stored = tensorType.encode(value);
      const decoded = tensorType.decode(stored);
      return { value, stored: stored.kind === "array" ? stored.value.data.buffer : undefined, decoded, data };
    };
    const aligned = at(8);
    expect(aligned.value.data.buffer).toBe(aligned.data.buffer);
    expect(aligned.stored).toBe(aligned.data.buffer);
    expect(aligned.decoded.data.buffer).not.toBe(aligned.data.buffer);
    const shifted = at(9);
    expect(shifted.value.data.buffer).not.toBe(shifted.data.buffer);
    expect(shifted.stored).not.toBe(shifted.value.data.buffer);
  });

  it("counts 0 and -0 as equal, NaN as itself, and every dtype as its own", () => {
    const of = (...data: number[]): Tensor => ({ dtype: "f64", shape: [data.length], data: Float64Array.from(data) });
    expect(tensorType.equals(of(0, NaN), of(-0, NaN))).toBe(true);
    expect(tensorType.equals(of(1), of(2))).toBe(false);
    expect(tensorType.equals(of(1), of(1, 1))).toBe(false);
    expect(tensorType.equals(of(1), { dtype: "f32", shape: [1], data: Float32Array.of(1) })).toBe(false);
    expect(tensorType.equals(of(1, 2), { ...of(1, 2), shape: [2, 1] } as Tensor)).toBe(false);
    const half = (bits: number): Tensor => ({ dtype: "bf16", shape: [1], data: Uint16Array.of(bits) });
    expect(tensorType.equals(half(0x7fc0), half(0x7fc1))).toBe(true);
    expect(tensorType.equals(half(0x0000), half(0x8000))).toBe(true);
    expect(tensorType.equals(half(0x3f80), half(0x3f81))).toBe(false);
  });

  it("leaves nothing to search", () => {
    expect(tensorType.space({ shape: [2], dtype: "f32" })).toBeUndefined();
  });
});

describe("tensorFromNested", () => {
  it("says what does not fit", () => {
    expect(() => tensorFromNested([[1, 2], [3]])).toThrow(StoreError);
    expect(() => tensorFromNested([[1, 2], [3]])).toThrow("data is not nested as [2, 2]");
    expect(() => tensorFromNested([300], "u8")).toThrow("element 0 is 300, which u8 cannot hold");
  });
});

describe("tensor", () => {
  it("declares arrays of the dtype that is asked for, with the default as it is stored", () => {
    const weights = tensor({ shape: [2, -1], dtype: "f64", default: { shape: [2, 1], data: [[1], [2]] } });
    expectTypeOf(weights.default).toEqualTypeOf<Tensor<"f64"> | undefined>();
    expect(weights.constraints).toEqual({ shape: [2, null], dtype: "f64" });
    expect(weights.default).toEqual({ dtype: "f64", shape: [2, 1], data: Float64Array.of(1, 2) });
    expect(() => tensor({ shape: [3], default: Object(Float32Array.of(1)) })).toThrow("shape must be [3], got [1]");
  });
});
