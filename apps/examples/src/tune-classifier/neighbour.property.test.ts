import type { Space } from "@trimtab/core";
import fc from "fast-check";
import { expect, it } from "vitest";
import { neighbour } from "./neighbour.ts";
import { createRandom } from "./seeded-random.ts";

const seeds = fc.nat({ max: 2 ** 31 });

it("moves integers along their grid, always, and never out of it", () => {
  const grids = fc.record({
    min: fc.integer({ min: -100, max: 100 }),
    step: fc.integer({ min: 1, max: 7 }),
    last: fc.integer({ min: 1, max: 40 }),
    share: fc.double({ min: 0, max: 1, noNaN: true }),
    beyond: fc.double({ min: 0, max: 0.99, noNaN: true }),
  });
  fc.assert(
    fc.property(grids, seeds, ({ min, step, last, share, beyond }, seed) => {
      // The limit need not lie on the grid.
      const max = min + step * last + Math.floor(step * beyond);
      const space: Space = { kind: "integer", min: BigInt(min), max: BigInt(max), step: BigInt(step) };
      const value = min + step * Math.round(last * share);
      const moved = Number(neighbour(space, value, createRandom(seed)));
      expect(moved).not.toBe(value);
      expect(moved).toBeGreaterThanOrEqual(min);
      expect(moved).toBeLessThanOrEqual(max);
      expect((moved - min) % step).toBe(0);
    }),
  );
});

it("moves floats within their limits, by differences or by magnitudes", () => {
  const regions = fc.record({
    min: fc.double({ min: 0.001, max: 1, noNaN: true }),
    times: fc.double({ min: 2, max: 1e4, noNaN: true }),
    share: fc.double({ min: 0, max: 1, noNaN: true }),
    log: fc.boolean(),
  });
  fc.assert(
    fc.property(regions, seeds, ({ min, times, share, log }, seed) => {
      const max = min * times;
      const moved = Number(neighbour({ kind: "real", min, max, log }, min + share * (max - min), createRandom(seed)));
      expect(moved).toBeGreaterThanOrEqual(min);
      expect(moved).toBeLessThanOrEqual(max);
      const stepped = neighbour({ kind: "real", min: 0, max: 2, step: 0.25 }, 1.5, createRandom(seed));
      expect(Number(stepped) % 0.25).toBe(0);
    }),
  );
});

it("moves a choice to another one, and stays where there is none", () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.string(), { minLength: 2, maxLength: 6 }), seeds, (choices, seed) => {
      const moved = neighbour({ kind: "categorical", choices }, choices[0] ?? "", createRandom(seed));
      expect(choices.slice(1)).toContain(moved);
    }),
  );
  expect(neighbour({ kind: "categorical", choices: ["only"] }, "only", createRandom(1))).toBe("only");
});
