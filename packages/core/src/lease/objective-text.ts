import { type Refusal, refusal, StoreError } from "../store-error.ts";
import type { OptimizationObjective } from "./optimization.ts";

/** An objective in a word: which way, and the metric, such as `maximize_quality`. */
export type ObjectiveText = `${OptimizationObjective["direction"]}_${string}`;

const pattern = /^(minimize|maximize)_(.+)$/s;

/** Says what keeps a word from being an objective. */
export const checkObjectiveText = (text: string): Refusal | undefined =>
  pattern.test(text)
    ? undefined
    : refusal("invalid_argument", `objective must be minimize_<metric> or maximize_<metric>, got ${text}`, {
        field: "objective",
        value: text,
      });

/** Gives what an objective says; throws `invalid_argument` for a word that is none. */
export function toObjective(objective: OptimizationObjective | ObjectiveText): OptimizationObjective {
  if (typeof objective !== "string") return objective;
  const [, direction, metric = ""] = pattern.exec(objective) ?? [];
  const wrong = checkObjectiveText(objective);
  if (wrong !== undefined) throw new StoreError(wrong);
  return { metric, direction: direction as OptimizationObjective["direction"] };
}
