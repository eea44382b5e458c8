import { parseSettings } from "../settings.ts";
import { lossesByStep, type Pruner } from "./pruner.ts";

/** When the median rule begins to count. */
export interface MedianOptions {
  /** Complete trials before any is pruned; 5 unless given. */
  readonly startupTrials?: number;
  /** No trial is pruned before this step; 0 unless given. */
  readonly warmupSteps?: number;
}

/**
 * Prunes a trial whose best value so far is worse than the median of the averages that complete trials had up to the
 * same step: the median stopping rule of Golovin et al., "Google Vizier: a service for black-box optimization", 2017,
 * section 3.2.2.
 *
 * @throws StoreError `invalid_argument` for options out of range
 */
export function createMedianPruner(options: MedianOptions = {}): Pruner {
  const config = parseSettings({ startupTrials: { initial: 5, min: 1 }, warmupSteps: { initial: 0, min: 0 } }, options);
  const { startupTrials, warmupSteps } = config;
  return {
    name: "median",
    config,
    shouldPrune({ trial, trials, direction }) {
      const own = lossesByStep(trial, direction);
      const step = own.at(-1)?.[0];
      const complete = trials.filter((each) => each.state === "complete");
      if (step === undefined || step < warmupSteps || complete.length < startupTrials) return false;
      const averages = complete
        .map((each) => lossesByStep(each, direction).filter(([at]) => at <= step))
        .filter((losses) => losses.length > 0)
        .map((losses) => losses.reduce((sum, [, loss]) => sum + loss, 0) / losses.length);
      if (averages.length === 0) return false;
      return own.reduce((best, [, loss]) => Math.min(best, loss), Infinity) > median(averages);
    },
  };
}

function median(numbers: readonly number[]): number {
  const sorted = [...numbers].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1
    ? (sorted[middle] as number)
    : ((sorted[middle - 1] as number) + (sorted[middle] as number)) / 2;
}
