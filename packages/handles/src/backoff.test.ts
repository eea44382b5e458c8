import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { backoffMs, connectionBackoff } from "./backoff.ts";

describe("backoffMs", () => {
  it("doubles its ceiling with each failure, up to the cap", () => {
    const almostOne = 1 - Number.EPSILON;
    const ceilings = [1, 2, 3, 4, 7, 8, 9, 2000].map((failures) => Math.round(backoffMs(failures, almostOne)));
    expect(ceilings).toEqual([250, 500, 1000, 2000, 16_000, 30_000, 30_000, 30_000]);
  });

  it("spreads evenly from nothing to the ceiling", () => {
    expect(backoffMs(1, 0)).toBe(0);
    expect(backoffMs(1, 0.5)).toBe(125);
    expect(backoffMs(3, 0.25, { baseMs: 100, capMs: 300 })).toBe(75);
  });

  it("stays within its bounds whatever happened before", () => {
    const failures = fc.integer({ min: 1, max: 1_000_000 });
    const random = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
    fc.assert(
      fc.property(failures, random, (count, drawn) => {
        const delayMs = backoffMs(count, drawn);
        expect(delayMs).toBeGreaterThanOrEqual(0);
        expect(delayMs).toBeLessThan(connectionBackoff.capMs);
        expect(delayMs).toBeLessThanOrEqual(connectionBackoff.baseMs * 2 ** Math.min(count - 1, 1000));
      }),
    );
  });
});
