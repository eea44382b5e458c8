import { storeError } from "@trimtab/core";

/** Which way a metric gets better. */
export type Direction = "minimize" | "maximize";

/** What a study tries to bring about. */
export interface Objective {
  /** The metric's name, for instance `accuracy`. */
  readonly metric: string;
  /** `minimize` where the metric is called `loss` and `maximize` otherwise, unless given. */
  readonly direction?: Direction;
}

/** The direction of an objective, given or by its metric's name. */
export const directionOf = ({ metric, direction }: Objective): Direction =>
  direction ?? (metric === "loss" ? "minimize" : "maximize");

/**
 * Refuses one metric as two objectives: of two values by one name nobody could say which is which.
 *
 * @throws StoreError `invalid_argument` naming the second
 */
export function refuseRepeated(objectives: readonly Pick<Objective, "metric">[]): void {
  const metrics = objectives.map(({ metric }) => metric);
  const index = metrics.findIndex((metric, at) => metrics.indexOf(metric) < at);
  if (index < 0) return;
  const [field, value] = [`objectives[${index}].metric`, metrics[index] as string];
  const message = `${field}: ${value} is the metric of objectives[${metrics.indexOf(value)}] already`;
  throw storeError("invalid_argument", message, { field, value });
}

/** Turns values into losses, of which less is better in every direction. */
export const toLosses = (values: readonly number[], directions: readonly Direction[]): readonly number[] =>
  values.map((value, i) => (directions[i] === "maximize" ? -value : value));

/**
 * Refuses anything but one finite number per objective.
 *
 * @throws StoreError `invalid_argument` naming the value at fault
 */
export function checkValues(values: readonly number[], count: number): void {
  if (values.length !== count) {
    const details = { field: "values", limit: count, value: values.length };
    throw storeError("invalid_argument", `values must be ${count}, one per objective, got ${values.length}`, details);
  }
  const index = values.findIndex((value) => !Number.isFinite(value));
  if (index < 0) return;
  const field = `values[${index}]`;
  throw storeError("invalid_argument", `${field} must be a finite number, got ${values[index]}`, { field });
}
