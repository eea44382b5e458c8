import { expect, test } from "vitest";
import { isNotedFinite, noteFinite } from "./nd-array.ts";

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
