import type { SortedNumbers } from "../numeric/sorted-numbers.ts";
import type { Direction } from "../objectives/objective.ts";
import { parseSettings } from "../settings.ts";
import { type EndedNumbers, keepEndedNumbers, numbersAt } from "./ended-numbers.ts";
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
  const complete = keepEndedNumbers(({ state }) => state === "complete");
  return {
    name: "median",
    config,
    shouldPrune({ trial, table, direction }) {
      const own = lossesByStep(trial, direction);
      const step = own.at(-1)?.[0];
      const known = complete({ table, direction });
      if (step === undefined || step < warmupSteps || known.trials.length < startupTrials) return false;
      const averages = averagesAt(known, step, direction);
      if (averages.size === 0) return false;
      return own.reduce((best, [, loss]) => Math.min(best, loss), Infinity) > median(averages);
    },
  };
}

/** Averages that are kept for all steps together. */
const mostAverages = 1_000_000;

/** The averages that complete trials had up to a step, of those that had reported by then. */
function averagesAt(known: EndedNumbers, step: number, direction: Direction): SortedNumbers {
  const averages = numbersAt(known, step, (trial) => {
    const losses = lossesByStep(trial, direction).filter(([at]) => at <= step);
    return losses.length === 0 ? undefined : losses.reduce((sum, [, loss]) => sum + loss, 0) / losses.length;
  });
  const { bySteps, trials } = known;
  const [oldest] = bySteps.keys();
  if (oldest !== undefined && oldest !== step && bySteps.size * trials.length > mostAverages) bySteps.delete(oldest);
  return averages;
}

function median(sorted: SortedNumbers): number {
  const middle = sorted.size >> 1;
  return sorted.size % 2 === 1 ? sorted.at(middle) : (sorted.at(middle - 1) + sorted.at(middle)) / 2;
}
