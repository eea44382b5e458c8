import { createSortedNumbers, type SortedNumbers } from "../numeric/sorted-numbers.ts";
import { keepFold } from "../study/keep-fold.ts";
import type { Trial } from "../study/trial.ts";
import type { PrunerRequest } from "./pruner.ts";

/** What is known of the trials that have ended, in the order in which they did. */
export interface EndedNumbers {
  readonly trials: Trial[];
  /** What the first of them had come to at a step, by that step; the one that was asked for last comes last. */
  readonly bySteps: Map<number, { readonly numbers: SortedNumbers; through: number }>;
}

/** Objects that stand for directions. */
const directions = { minimize: {}, maximize: {} };

/** Makes a function that gives what is known of a study's trials that have ended, of those that count. */
export const keepEndedNumbers = (counts: (trial: Trial) => boolean) =>
  keepFold({
    keyOf: ({ direction }: Pick<PrunerRequest, "table" | "direction">) => directions[direction],
    begin: (): EndedNumbers => ({ trials: [], bySteps: new Map() }),
    add({ trials }, trial) {
      if (counts(trial)) trials.push(trial);
    },
  });

/** The numbers that trials had come to at a step, of those that have one; each trial is looked at once for each step. */
export function numbersAt(
  { trials, bySteps }: EndedNumbers,
  step: number,
  numberOf: (trial: Trial) => number | undefined,
): SortedNumbers {
  const known = bySteps.get(step) ?? { numbers: createSortedNumbers(), through: 0 };
  bySteps.delete(step);
  bySteps.set(step, known);
  for (; known.through < trials.length; known.through++) {
    const number = numberOf(trials[known.through] as Trial);
    if (number !== undefined) known.numbers.insert(number);
  }
  return known.numbers;
}
