import { expect, test } from "vitest";
import { factorCholesky, invertFactored, solveLower, solveUpper } from "./cholesky.ts";

test("factors, solves and inverts a matrix done by hand", () => {
  // [4 12 -16; 12 37 -43; -16 -43 98] = L Lᵀ with L = [2 0 0; 6 1 0; -8 5 3].
  const a = Float64Array.of(4, 12, -16, 12, 37, -43, -16, -43, 98);
  const l = a.slice();
  expect(factorCholesky(l, 3)).toBe(true);
  expect([l[0], l[3], l[4], l[6], l[7], l[8]]).toEqual([2, 6, 1, -8, 5, 3]);
  const b = Float64Array.of(-20, -43, 192);
  const x = solveUpper(l, 3, solveLower(l, 3, b));
  expect(Array.from(x, (each) => Math.round(each * 1e9) / 1e9)).toEqual([1, 2, 3]);
  const inverse = invertFactored(l, 3);
  for (let i = 0; i < 3; i++) {
    for (let j = 0; j < 3; j++) {
      const dot = [0, 1, 2].reduce((sum, k) => sum + (a[i * 3 + k] ?? 0) * (inverse[k * 3 + j] ?? 0), 0);
      expect(dot).toBeCloseTo(i === j ? 1 : 0, 9);
    }
  }
});

test("says where a matrix is not positive definite", () => {
  expect(factorCholesky(Float64Array.of(1, 2, 2, 1), 2)).toBe(false);
  expect(factorCholesky(Float64Array.of(0), 1)).toBe(false);
});
