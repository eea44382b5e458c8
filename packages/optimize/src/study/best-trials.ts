import { storeError } from "@trimtab/core";
import { paretoFront } from "../objectives/dominance.ts";
import { toLosses } from "../objectives/objective.ts";
import type { StudyState } from "./study-state.ts";
import type { Trial } from "./trial.ts";

/**
 * Finds the best complete trial, the earliest among equals; `undefined` before there is one.
 *
 * @throws StoreError `several_objectives` where the study has more than one
 */
export function bestTrial({ definition: { directions }, trials }: StudyState): Trial | undefined {
  if (directions.length > 1) {
    const message = `a study of ${directions.length} objectives has no best trial, see its Pareto front`;
    throw storeError("several_objectives", message, { objectives: directions.length });
  }
  let best: Trial | undefined;
  let least = Number.POSITIVE_INFINITY;
  for (const trial of trials) {
    const [loss = Number.NaN] = trial.state === "complete" ? toLosses(trial.values, directions) : [];
    if (loss < least) [best, least] = [trial, loss];
  }
  return best;
}

/** Finds the complete trials that no other one beats in every objective, by number. */
export function paretoTrials({ definition: { directions }, trials }: StudyState): readonly Trial[] {
  const complete = trials.filter(({ state }) => state === "complete");
  return paretoFront(complete.map(({ values }) => toLosses(values, directions))).map((i) => complete[i] as Trial);
}

/** Says whether the study's pruner holds a running trial hopeless. */
export function shouldPrune({ definition: { pruner, directions }, trials }: StudyState, number: number): boolean {
  const [trial, direction] = [trials[number], directions[0]];
  if (pruner === undefined || trial?.state !== "running" || direction === undefined) return false;
  return pruner.shouldPrune({ trial, trials, direction });
}
