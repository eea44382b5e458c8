import { scrambledSobol, sobolDimensions } from "../numeric/sobol.ts";
import { keepFold } from "../study/keep-fold.ts";
import type { Trial } from "../study/trial.ts";
import type { TrialTable } from "../study/trial-table.ts";
import type { Sampler } from "./sampler.ts";

/** Where in the sequence a trial is; -1 for one that is not of it. */
const indexOf = ({ note }: Trial): number => Number(note?.["index"] ?? -1);

const everywhere = {};

/** How far the trials that have ended have come in the sequence. */
const foldLast = keepFold({
  keyOf: (_: { readonly table: TrialTable }) => everywhere,
  begin: () => ({ last: -1 }),
  add(fold, trial) {
    fold.last = Math.max(fold.last, indexOf(trial));
  },
});

/**
 * Suggests the points of a Sobol sequence (Joe and Kuo, "Constructing Sobol sequences with better two-dimensional
 * projections", 2008), scrambled by the study's seed as Owen does: they fill the space more evenly than random points do.
 * Axes beyond the hundredth are drawn at random.
 */
export const createSobolSampler = (): Sampler => ({
  name: "sobol",
  config: {},
  suggest({ layout, table, seed, attempt, random }) {
    let { last } = foldLast({ table });
    for (const trial of table.running.values()) last = Math.max(last, indexOf(trial));
    const index = last + 1 + attempt;
    const scrambling = Number(BigInt.asUintN(32, seed ^ (seed >> 32n)));
    const unit = Float64Array.from(layout.axes, (_, axis) =>
      axis < sobolDimensions ? scrambledSobol(index, axis, scrambling) : random.next(),
    );
    return { unit, note: { index } };
  },
});
