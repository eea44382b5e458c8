import { storeError } from "@trimtab/core";
import type { StudyState } from "./study-state.ts";
import type { Trial } from "./trial.ts";

/**
 * Finds the best complete trial, the earliest among equals; `undefined` before there is one.
 *
 * @throws StoreError `several_objectives` where the study has more than one
 */
export function bestTrial({ definition: { directions }, table: { front } }: StudyState): Trial | undefined {
  if (directions.length > 1) {
    const message = `a study of ${directions.length} objectives has no best trial, see its Pareto front`;
    throw storeError("several_objectives", message, { objectives: directions.length });
  }
  return front.get(front.first ?? -1);
}

/** Finds the complete trials that no other one beats in every objective, by number. */
export const paretoTrials = ({ table }: StudyState): readonly Trial[] => [...table.front.values()];

/** Says whether the study's pruner holds a running trial hopeless. */
export function shouldPrune(state: StudyState, number: number): boolean {
  const { definition, table } = state;
  const [trial, direction] = [table.running.get(number), definition.directions[0]];
  if (definition.pruner === undefined || trial === undefined || direction === undefined) return false;
  return definition.pruner.shouldPrune({
    trial,
    get trials() {
      return state.trials;
    },
    table,
    direction,
  });
}
