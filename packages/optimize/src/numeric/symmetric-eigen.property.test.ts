import fc from "fast-check";
import { expect, test } from "vitest";
import { symmetricEigen } from "./symmetric-eigen.ts";

test("values and orthonormal vectors make the matrix again", () => {
  const entry = fc.double({ min: -100, max: 100, noNaN: true });
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 7 }), fc.array(entry, { minLength: 49, maxLength: 49 }), (n, entries) => {
      const at = (i: number, j: number) => entries[Math.max(i, j) * 7 + Math.min(i, j)] ?? 0;
      const matrix = Float64Array.from({ length: n * n }, (_, k) => at(Math.floor(k / n), k % n));
      const { values, vectors } = symmetricEigen(matrix, n);
      const entryOf = (i: number, j: number) => vectors[i * n + j] ?? 0;
      const indices = Array.from({ length: n }, (_, i) => i);
      for (const i of indices) {
        for (const j of indices) {
          const rebuilt = indices.reduce((sum, k) => sum + entryOf(i, k) * (values[k] ?? 0) * entryOf(j, k), 0);
          expect(Math.abs(rebuilt - at(i, j))).toBeLessThan(1e-10 * 700);
          const product = indices.reduce((sum, k) => sum + entryOf(k, i) * entryOf(k, j), 0);
          expect(product).toBeCloseTo(i === j ? 1 : 0, 10);
        }
      }
    }),
  );
});
