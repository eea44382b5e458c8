import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { cut } from "./cut.ts";

/** Bytes without a pattern, the same for the same seed. */
function noise(size: number, seed: number): Uint8Array {
  let state = seed | 1;
  return new Uint8Array(size).map(() => {
    state = Math.imul(state ^ (state >>> 15), 2246822519) + 0x9e3779b9;
    return state >>> 24;
  });
}

const data = fc
  .record({
    size: fc.integer({ min: 0, max: 4 << 20 }),
    seed: fc.integer(),
    period: fc.constantFrom(0, 1, 7, 4096, 1 << 18),
  })
  .map(({ size, seed, period }) => {
    const bytes = noise(size, seed);
    return period === 0 ? bytes : bytes.map((_, i) => bytes[i % period] ?? 0);
  });

describe("chunks", () => {
  test("make the data again, and each is of a size that is allowed, whatever the data", () => {
    fc.assert(
      fc.property(data, (whole) => {
        const chunks = cut(whole);
        expect(Buffer.concat(chunks).equals(whole)).toBe(true);
        for (const [i, { length }] of chunks.entries()) {
          expect(length).toBeLessThanOrEqual(1 << 20);
          if (i < chunks.length - 1) expect(length).toBeGreaterThan(64 << 10);
        }
      }),
      { numRuns: 30 },
    );
  });

  test("are the same for the same content wherever it stands", () => {
    const content = noise(8 << 20, 7);
    const known = new Set(cut(content).map((chunk) => Buffer.from(chunk).toString("latin1")));
    for (const before of [1, 100, 70_000, 300_001]) {
      const moved = Buffer.concat([noise(before, before), content, noise(5000, 3)]);
      const again = cut(moved).filter((chunk) => known.has(Buffer.from(chunk).toString("latin1")));
      const size = again.reduce((sum, { length }) => sum + length, 0);
      expect(size).toBeGreaterThan(0.75 * content.length);
    }
  });
});
