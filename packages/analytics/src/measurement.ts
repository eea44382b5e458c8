import type { Commit, MeasuredObjective, ValueRecord } from "@trimtab/core";

/** What a writer has reported of its write's outcome, in the write's metadata. */
export interface Measurement {
  readonly revision: number;
  readonly atMs: number;
  readonly optimization: string;
  readonly optimizer: string;
  /** As it was reported; `undefined` where it was not. */
  readonly iteration: number | undefined;
  /** By name, in the order of names. */
  readonly metrics: ReadonlyMap<string, number>;
  /** As it was reported: `maximize_<metric>` or `minimize_<metric>`. */
  readonly objective: string | undefined;
}

/**
 * Reads what a commit's metadata says of its outcome: `metrics` with numbers by name, and with it `optimization_id`,
 * `optimizer_id`, `iteration` and `objective`. `undefined` where there are no metrics.
 */
export function measurementOf({ revision, atMs, actor, metadata }: Commit): Measurement | undefined {
  const { metrics } = metadata;
  if (typeof metrics !== "object" || metrics === null || Array.isArray(metrics)) return undefined;
  const entries = Object.entries(metrics as ValueRecord).flatMap(([name, value]) => {
    const number = typeof value === "bigint" ? Number(value) : value;
    return typeof number === "number" && Number.isFinite(number) ? [[name, number] as const] : [];
  });
  if (entries.length === 0) return undefined;
  const optimizer = textOf(metadata["optimizer_id"]) ?? actor;
  return {
    revision,
    atMs,
    optimizer,
    optimization: textOf(metadata["optimization_id"]) ?? optimizer,
    iteration: wholeOf(metadata["iteration"]),
    metrics: new Map(entries.sort(([a], [b]) => (a < b ? -1 : 1))),
    objective: textOf(metadata["objective"]),
  };
}

const textOf = (value: unknown): string | undefined => (typeof value === "string" && value !== "" ? value : undefined);

function wholeOf(value: unknown): number | undefined {
  const number = typeof value === "bigint" ? Number(value) : value;
  return typeof number === "number" && Number.isSafeInteger(number) && number >= 0 ? number : undefined;
}

/**
 * What a search tries to bring about: as it was reported last; otherwise less `loss` where that was measured, else more of
 * the first metric by name.
 */
export function objectiveOf(measurements: readonly Measurement[]): MeasuredObjective | undefined {
  const reported = measurements.findLast(({ objective }) => objective !== undefined)?.objective;
  const [, direction, metric] = /^(maximize|minimize)_(.+)$/.exec(reported ?? "") ?? [];
  if (metric !== undefined) return { metric, direction: direction === "minimize" ? "minimize" : "maximize" };
  const names = new Set(measurements.flatMap(({ metrics }) => [...metrics.keys()]));
  if (names.has("loss")) return { metric: "loss", direction: "minimize" };
  const [first] = [...names].sort();
  return first === undefined ? undefined : { metric: first, direction: "maximize" };
}
