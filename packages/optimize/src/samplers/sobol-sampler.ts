import { scrambledSobol, sobolDimensions } from "../numeric/sobol.ts";
import type { Sampler } from "./sampler.ts";

/**
 * Suggests the points of a Sobol sequence, scrambled by the study's seed: they fill the space more evenly than random
 * points do. Axes beyond the hundredth are drawn at random.
 */
export const createSobolSampler = (): Sampler => ({
  name: "sobol",
  config: {},
  suggest({ layout, trials, seed, attempt, random }) {
    const before = trials.reduce((last, { note }) => Math.max(last, Number(note?.["index"] ?? -1)), -1);
    const index = before + 1 + attempt;
    const scrambling = Number(BigInt.asUintN(32, seed ^ (seed >> 32n)));
    const unit = Float64Array.from(layout.axes, (_, axis) =>
      axis < sobolDimensions ? scrambledSobol(index, axis, scrambling) : random.uniform(),
    );
    return { unit, note: { index } };
  },
});
