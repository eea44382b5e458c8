import { parseSettings } from "../settings.ts";
import type { Trial } from "../study/trial.ts";
import { keepEndedNumbers, numbersAt } from "./ended-numbers.ts";
import { lossesByStep, type Pruner } from "./pruner.ts";

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
  const endedOf = keepEndedNumbers(() => true);
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
        const lossOf = (each: Trial) => lossAt(lossesByStep(each, direction), rungAt(rung));
        const ended = numbersAt(endedOf({ table, direction }), rungAt(rung), lossOf);
        const running = [...table.running.values()].flatMap((each) => lossOf(each) ?? []);
        const better = ended.countBelow(loss) + running.filter((each) => each < loss).length;
        if (better >= Math.max(1, Math.floor((ended.size + running.length) / reductionFactor))) return true;
      }
      return false;
    },
  };
}

/** The first loss that was reported at a step or after it. */
const lossAt = (losses: readonly [number, number][], step: number): number | undefined =>
  losses.find(([at]) => at >= step)?.[1];
