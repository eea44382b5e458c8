import fc from "fast-check";
import { expect, test } from "vitest";
import { fitKernel } from "./fit-kernel.ts";
import { fitGaussianProcess } from "./gaussian-process.ts";

const coordinate = fc.oneof(fc.double({ min: 0, max: 1, noNaN: true }), fc.constantFrom(0, 0.25, 0.5, 1, Number.NaN));

/** Places with gaps, many of them the same, and a value for each. */
const seen = fc.integer({ min: 1, max: 4 }).chain((axes) =>
  fc.record({
    isCategorical: fc.array(fc.boolean(), { minLength: axes, maxLength: axes }),
    observed: fc.array(
      fc.tuple(
        fc.array(coordinate, { minLength: axes, maxLength: axes }),
        fc.oneof(fc.constantFrom(-1, 0, 1), fc.double({ min: -6, max: 6, noNaN: true })),
      ),
      { minLength: 1, maxLength: 14 },
    ),
  }),
);

test("whatever was seen, a kernel is found whose process predicts numbers, with slopes that are numbers", () => {
  fc.assert(
    fc.property(seen, ({ isCategorical, observed }) => {
      const units = observed.map(([unit]) => Float64Array.from(unit));
      const values = Float64Array.from(observed, ([, value]) => value);
      const kernel = fitKernel({ units, values, isCategorical });
      for (const each of [...kernel.lengths, kernel.signal, kernel.noise]) expect(each).toBeGreaterThan(0);
      const process = fitGaussianProcess(units, values, kernel);
      for (const unit of [...units, Float64Array.from(isCategorical, () => 0.3)]) {
        const [means, deviations] = [new Float64Array(unit.length), new Float64Array(unit.length)];
        const { mean, deviation } = process.predictWithSlopes(unit, means, deviations);
        expect(process.meanAt(unit)).toBe(mean);
        expect([mean, deviation, ...means, ...deviations].every(Number.isFinite)).toBe(true);
        expect(deviation).toBeGreaterThan(0);
        expect(deviation ** 2).toBeLessThanOrEqual((kernel.signal + kernel.level) * (1 + 1e-9));
      }
    }),
    { numRuns: 60 },
  );
});
