import { expect, test } from "vitest";
import { isNdArray, isNotedFinite, noteFinite } from "./nd-array.ts";

test("floats are known to be finite within what was declared, and nowhere else", () => {
  const buffer = new ArrayBuffer(64);
  expect(isNotedFinite(new Float32Array(buffer))).toBe(false);
  noteFinite(new Float32Array(buffer, 8, 10));
  expect(isNotedFinite(new Float32Array(buffer, 8, 10))).toBe(true);
  expect(isNotedFinite(new Float32Array(buffer, 16, 3))).toBe(true);
  expect(isNotedFinite(new Float32Array(buffer, 4, 10))).toBe(false);
  expect(isNotedFinite(new Float32Array(buffer, 8, 11))).toBe(false);
  expect(isNotedFinite(new Float32Array(new ArrayBuffer(64), 8, 10))).toBe(false);
});

test("a shape with holes is none", () => {
  const shape = [1, 1, 1];
  delete shape[1];
  expect(isNdArray({ dtype: "u8", shape: [1, 1, 1], data: Uint8Array.of(1) })).toBe(true);
  expect(isNdArray({ dtype: "u8", shape, data: Uint8Array.of(1) })).toBe(false);
});
