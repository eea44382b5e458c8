import { createSortedNumbers, type SortedNumbers } from "../numeric/sorted-numbers.ts";
import type { Direction } from "../objectives/objective.ts";
import { parseSettings } from "../settings.ts";
import { keepFold } from "../study/keep-fold.ts";
import type { Trial } from "../study/trial.ts";
import { lossesByStep, type Pruner, type PrunerRequest } from "./pruner.ts";

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
  const fold = keepFold({
    keyOf: ({ direction }: Pick<PrunerRequest, "table" | "direction">) => directions[direction],
    begin: (): Known => ({ complete: [], bySteps: new Map() }),
    add({ complete }, trial) {
      if (trial.state === "complete") complete.push(trial);
    },
  });
  return {
    name: "median",
    config,
    shouldPrune({ trial, table, direction }) {
      const own = lossesByStep(trial, direction);
      const step = own.at(-1)?.[0];
      const known = fold({ table, direction });
      if (step === undefined || step < warmupSteps || known.complete.length < startupTrials) return false;
      const averages = averagesAt(known, step, direction);
      if (averages.size === 0) return false;
      return own.reduce((best, [, loss]) => Math.min(best, loss), Infinity) > median(averages);
    },
  };
}

/** Objects that stand for directions. */
const directions = { minimize: {}, maximize: {} };

/** What is known of the complete trials, in the order in which they have ended. */
interface Known {
  readonly complete: Trial[];
  /** The averages that the first of them had up to a step, by step. */
  readonly bySteps: Map<number, { readonly averages: SortedNumbers; through: number }>;
}

/** Averages that are kept for all steps together. */
const mostAverages = 1_000_000;

/** The averages that complete trials had up to a step, of those that had reported by then. */
function averagesAt({ complete, bySteps }: Known, step: number, direction: Direction): SortedNumbers {
  const known = bySteps.get(step) ?? { averages: createSortedNumbers(), through: 0 };
  // The step that was asked for last comes last.
  bySteps.delete(step);
  bySteps.set(step, known);
  for (; known.through < complete.length; known.through++) {
    const losses = lossesByStep(complete[known.through] as Trial, direction).filter(([at]) => at <= step);
    if (losses.length > 0) known.averages.insert(losses.reduce((sum, [, loss]) => sum + loss, 0) / losses.length);
  }
  const [oldest] = bySteps.keys();
  if (oldest !== undefined && oldest !== step && bySteps.size * complete.length > mostAverages) bySteps.delete(oldest);
  return known.averages;
}

function median(sorted: SortedNumbers): number {
  const middle = sorted.size >> 1;
  return sorted.size % 2 === 1 ? sorted.at(middle) : (sorted.at(middle - 1) + sorted.at(middle)) / 2;
}
