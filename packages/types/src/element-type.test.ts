import { type DType, dtypeBytes, dtypes } from "@trimtab/core";
import { describe, expect, it } from "vitest";
import { createElementTypes, dtypeOf, elementTypes } from "./element-type.ts";

const room = (dtype: DType) => elementTypes[dtype].view(new ArrayBuffer(dtypeBytes[dtype]));

/** What reading an element gives after writing it, or `refused`. */
const roundTrip = (dtype: DType, value: unknown) => {
  const array = room(dtype);
  return elementTypes[dtype].set(array, 0, value) ? elementTypes[dtype].get(array, 0) : "refused";
};

const integerRanges: readonly [DType, bigint, bigint][] = [
  ["u8", 0n, 255n],
  ["u16", 0n, 65_535n],
  ["u32", 0n, 4_294_967_295n],
  ["u64", 0n, 18_446_744_073_709_551_615n],
  ["s8", -128n, 127n],
  ["s16", -32_768n, 32_767n],
  ["s32", -2_147_483_648n, 2_147_483_647n],
  ["s64", -9_223_372_036_854_775_808n, 9_223_372_036_854_775_807n],
];

describe("elementTypes", () => {
  it("has every dtype, with elements of its size", () => {
    expect(Object.keys(elementTypes).sort()).toEqual([...dtypes].sort());
    for (const dtype of dtypes) expect(room(dtype), dtype).toMatchObject({ length: 1, byteLength: dtypeBytes[dtype] });
  });

  it.each(integerRanges)("%s holds %d to %d exactly and nothing beyond", (dtype, min, max) => {
    const wide = dtypeBytes[dtype] === 8;
    const exact = (value: bigint) => (wide ? value : Number(value));
    for (const value of [min, min + 1n, max - 1n, max]) expect(roundTrip(dtype, value)).toBe(exact(value));
    for (const value of [min - 1n, max + 1n]) expect(roundTrip(dtype, value)).toBe("refused");
    if (!wide) for (const value of [min, max]) expect(roundTrip(dtype, Number(value))).toBe(Number(value));
  });

  it.each(integerRanges)("%s holds whole numbers only", (dtype) => {
    for (const value of [0.5, NaN, Infinity, -Infinity, 1e300, "NaN", "1", true, null, undefined, {}]) {
      expect(roundTrip(dtype, value), String(value)).toBe("refused");
    }
    expect(roundTrip(dtype, 7)).toBe(dtypeBytes[dtype] === 8 ? 7n : 7);
    expect(Number(roundTrip(dtype, -0))).toBe(0);
  });

  it.each(["s64", "u64"] as const)("%s takes no number that may already have been rounded", (dtype) => {
    expect(roundTrip(dtype, 2 ** 53 - 1)).toBe(2n ** 53n - 1n);
    expect(roundTrip(dtype, 2 ** 53)).toBe("refused");
    expect(roundTrip(dtype, 2n ** 53n + 1n)).toBe(2n ** 53n + 1n);
  });

  it.each([
    ["f64", 0.1, 0.1],
    ["f32", 0.1, Math.fround(0.1)],
    ["f16", 0.1, 0.0999755859375],
    ["bf16", 0.1, 0.10009765625],
    ["f32", 2 ** 24 + 1, 2 ** 24],
    ["f64", 2n ** 60n, 2 ** 60],
    ["f16", 65504, 65504],
    ["f16", 65519.99, 65504],
    ["f16", 65520, "refused"],
    ["bf16", 3.4e38, "refused"],
    ["f32", 3.5e38, "refused"],
    ["f64", 2n ** 1024n, "refused"],
    ["f64", "1", "refused"],
    ["f32", true, "refused"],
  ] as const)("%s gives %s back as %s", (dtype, value, expected) => {
    expect(roundTrip(dtype, value)).toBe(expected);
  });

  it.each(["f16", "bf16", "f32", "f64"] as const)("%s holds and finds what is not finite", (dtype) => {
    expect(roundTrip(dtype, "NaN")).toBeNaN();
    expect(roundTrip(dtype, -Infinity)).toBe(-Infinity);
    expect(roundTrip(dtype, -0)).toBe(-0);
    const { view, set, indexOfSpecial } = elementTypes[dtype];
    for (const special of [NaN, Infinity, -Infinity]) {
      const array = view(new ArrayBuffer(5 * dtypeBytes[dtype]));
      for (const [i, value] of [-0, 1, 65504].entries()) set(array, i, value);
      expect(indexOfSpecial(array)).toBe(-1);
      set(array, 3, special);
      set(array, 4, special);
      expect(indexOfSpecial(array)).toBe(3);
    }
  });

  it("bool holds 0 and 1 in all their forms", () => {
    for (const value of [1, 1n, true]) expect(roundTrip("bool", value)).toBe(1);
    for (const value of [0, 0n, false, -0]) expect(Number(roundTrip("bool", value))).toBe(0);
    for (const value of [2, -1n, 0.5, "true", null, NaN]) expect(roundTrip("bool", value)).toBe("refused");
  });
});

describe("createElementTypes", () => {
  it("keeps f16 as raw bits where the runtime lacks Float16Array, to the same effect", () => {
    const raw = createElementTypes(undefined).f16;
    for (const value of [0, -0, 0.1, 65504, 65519.99, 65520, -1e9, 1e-9, NaN, "-Infinity", 3n, "x"]) {
      const [bits, floats] = [raw.view(new ArrayBuffer(2)), room("f16")];
      const written = raw.set(bits, 0, value);
      expect(written).toBe(elementTypes.f16.set(floats, 0, value));
      if (!written) continue;
      expect(bits).toBeInstanceOf(Uint16Array);
      expect(raw.get(bits, 0)).toBe(elementTypes.f16.get(floats, 0));
      expect(bits).toEqual(new Uint16Array(floats.buffer));
      expect(raw.indexOfSpecial(bits)).toBe(elementTypes.f16.indexOfSpecial(floats));
    }
  });
});

describe("dtypeOf", () => {
  it("knows the dtype of every array that holds one by itself, and of its subclasses", () => {
    const own = dtypes.filter((dtype) => dtype !== "bool" && dtype !== "bf16");
    for (const dtype of own) expect(dtypeOf(room(dtype))).toBe(dtype);
    expect(dtypeOf(new Uint8ClampedArray(1))).toBe("u8");
    expect(dtypeOf(Buffer.alloc(1))).toBe("u8");
    expect(dtypeOf(new DataView(new ArrayBuffer(1)))).toBeUndefined();
  });
});
