import type { Parsed } from "../parse-value.ts";
import { refusal, StoreError } from "../store-error.ts";
import type { OptimizationObjective } from "./optimization.ts";

/** An objective in a word: which way, and the metric, such as `maximize_quality`. */
export type ObjectiveText = `${OptimizationObjective["direction"]}_${string}`;

const pattern = /^(minimize|maximize)_(.+)$/s;

/** Reads an objective that is said in a word. */
export function parseObjective(text: string): Parsed<OptimizationObjective> {
  const [, direction, metric] = pattern.exec(text) ?? [];
  if (metric !== undefined) {
    return { kind: "parsed", value: { metric, direction: direction as OptimizationObjective["direction"] } };
  }
  const message = `objective must be minimize_<metric> or maximize_<metric>, got ${text}`;
  return { kind: "refused", refusal: refusal("invalid_argument", message, { field: "objective", value: text }) };
}

/** Gives what an objective says; throws `invalid_argument` for a word that is none. */
export function toObjective(objective: OptimizationObjective | ObjectiveText): OptimizationObjective {
  if (typeof objective !== "string") return objective;
  const parsed = parseObjective(objective);
  if (parsed.kind === "refused") throw new StoreError(parsed.refusal);
  return parsed.value;
}
