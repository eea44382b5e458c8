import { createSortedNumbers, type SortedNumbers } from "../numeric/sorted-numbers.ts";
import type { Direction } from "../objectives/objective.ts";
import { parseSettings } from "../settings.ts";
import { keepFold } from "../study/keep-fold.ts";
import type { Trial } from "../study/trial.ts";
import { lossesByStep, type Pruner, type PrunerRequest } from "./pruner.ts";

/** How successive halving spends. */
export interface SuccessiveHalvingOptions {
  /** Steps that every trial gets: r. At least 1, and 1 unless given. */
  readonly minSteps?: number;
  /** One of this many trials goes on at each rung: η. At least 2, and 4 unless given. */
  readonly reductionFactor?: number;
  /** How many rungs to leave out at the start: s. 0 unless given. */
  readonly earlyStoppingRate?: number;
}

/**
 * Lets at each rung, after r·η^(s+k) steps, only those go on that are among the best 1/η of all that have reached it:
 * asynchronous successive halving (Li et al., "A system for massively parallel hyperparameter tuning", 2018, algorithm
 * 2), in the form that stops trials instead of pausing them. Waits for nobody: the first to reach a rung goes on.
 *
 * @throws StoreError `invalid_argument` for options out of range
 */
export function createSuccessiveHalvingPruner(options: SuccessiveHalvingOptions = {}): Pruner {
  const ranges = {
    minSteps: { initial: 1, min: 1 },
    reductionFactor: { initial: 4, min: 2 },
    earlyStoppingRate: { initial: 0, min: 0 },
  };
  const config = parseSettings(ranges, options);
  const { minSteps, reductionFactor, earlyStoppingRate } = config;
  const fold = keepFold({
    keyOf: ({ direction }: Pick<PrunerRequest, "table" | "direction">) => directions[direction],
    begin: (): Known => ({ ended: [], byRung: new Map() }),
    add: ({ ended }, trial) => void ended.push(trial),
  });
  const rungAt = (rung: number) => minSteps * reductionFactor ** (earlyStoppingRate + rung);
  return {
    name: "successive-halving",
    config,
    shouldPrune({ trial, table, direction }) {
      const own = lossesByStep(trial, direction);
      const last = own.at(-1)?.[0] ?? Number.NEGATIVE_INFINITY;
      const before = own.at(-2)?.[0] ?? Number.NEGATIVE_INFINITY;
      // A rung counts once, at the first report that reaches it.
      for (let rung = 0; rungAt(rung) <= last; rung++) {
        if (rungAt(rung) <= before) continue;
        const loss = lossAt(own, rungAt(rung)) as number;
        const ended = reachedAt(fold({ table, direction }), rungAt(rung), direction);
        const running = [...table.running.values()].flatMap(
          (each) => lossAt(lossesByStep(each, direction), rungAt(rung)) ?? [],
        );
        const better = ended.countBelow(loss) + running.filter((each) => each < loss).length;
        if (better >= Math.max(1, Math.floor((ended.size + running.length) / reductionFactor))) return true;
      }
      return false;
    },
  };
}

/** Objects that stand for directions. */
const directions = { minimize: {}, maximize: {} };

/** What is known of the trials that have ended. */
interface Known {
  readonly ended: Trial[];
  /** The losses of the first of them at a rung, by its step. */
  readonly byRung: Map<number, { readonly losses: SortedNumbers; through: number }>;
}

/** The losses with which trials that have ended had reached a rung. */
function reachedAt({ ended, byRung }: Known, step: number, direction: Direction): SortedNumbers {
  const known = byRung.get(step) ?? { losses: createSortedNumbers(), through: 0 };
  byRung.set(step, known);
  for (; known.through < ended.length; known.through++) {
    const loss = lossAt(lossesByStep(ended[known.through] as Trial, direction), step);
    if (loss !== undefined) known.losses.insert(loss);
  }
  return known.losses;
}

/** The first loss that was reported at a step or after it. */
const lossAt = (losses: readonly [number, number][], step: number): number | undefined =>
  losses.find(([at]) => at >= step)?.[1];
