import type { Commit, MeasuredObjective, SessionEvent, ValueRecord } from "@trimtab/core";
import { type Scalar, scalarOf } from "./scalar.ts";

/** What was reported of an outcome: beside a write, in its metadata, or by the holder of a lease. */
export interface Measurement {
  readonly revision: number;
  readonly atMs: number;
  readonly optimization: string;
  readonly optimizer: string;
  /** As it was reported; `undefined` where it was not. */
  readonly iteration: number | undefined;
  /** By name, in the order of names. */
  readonly metrics: ReadonlyMap<string, number>;
  /** What is to be brought about, as it was reported. */
  readonly objective: MeasuredObjective | undefined;
  /** Ids of the variables that it is about: those that were written with it, or that the optimization holds. */
  readonly variables: readonly string[];
  /** Values that were tried without being written, by variable id. */
  readonly tried: ReadonlyMap<string, Scalar | undefined>;
}

/** What is known of an optimization that holds a lease. */
export interface LeaseFacts {
  readonly variables: readonly string[];
  readonly convergenceThreshold: number | undefined;
  /** It ended because it had converged. */
  readonly converged: boolean;
}

/**
 * Reads what a commit says of an outcome. A report of the holder of a lease says it all; otherwise the commit's metadata
 * may have `metrics` with numbers by name, and with it `optimization_id`, `optimizer_id`, `iteration` and `objective`.
 * `undefined` where there are no metrics.
 */
export function measurementOf(commit: Commit, leases: ReadonlyMap<string, LeaseFacts>): Measurement | undefined {
  const report = commit.events.find((event) => event.kind === "optimization-reported");
  return report === undefined ? ofMetadata(commit) : ofLease(commit, report, leases);
}

type Report = Extract<SessionEvent, { kind: "optimization-reported" }>;

function ofLease(
  { revision, atMs }: Commit,
  { entry, objective }: Report,
  leases: ReadonlyMap<string, LeaseFacts>,
): Measurement | undefined {
  const metrics = metricsOf(entry.metrics);
  if (metrics.size === 0) return undefined;
  const known = leases.get(entry.optimization)?.variables;
  return {
    revision,
    atMs,
    optimization: entry.optimization,
    optimizer: entry.optimizer,
    iteration: entry.iteration,
    metrics,
    objective,
    variables: known ?? [...new Set([...Object.keys(entry.values), ...Object.keys(entry.versions)])],
    tried: new Map(Object.entries(entry.values).map(([id, value]) => [id, scalarOf(value)])),
  };
}

function ofMetadata({ revision, atMs, actor, metadata, events }: Commit): Measurement | undefined {
  const metrics = metricsOf(metadata["metrics"]);
  if (metrics.size === 0) return undefined;
  const optimizer = textOf(metadata["optimizer_id"]) ?? actor;
  return {
    revision,
    atMs,
    optimizer,
    optimization: textOf(metadata["optimization_id"]) ?? optimizer,
    iteration: wholeOf(metadata["iteration"]),
    metrics,
    objective: parseObjective(metadata["objective"]),
    variables: events.flatMap((event) => (event.kind === "variable-set" ? [event.id] : [])),
    tried: new Map(),
  };
}

/** Finite numbers by name, in the order of names. */
function metricsOf(metrics: unknown): ReadonlyMap<string, number> {
  if (typeof metrics !== "object" || metrics === null || Array.isArray(metrics)) return new Map();
  const entries = Object.entries(metrics as ValueRecord).flatMap(([name, value]) => {
    const number = typeof value === "bigint" ? Number(value) : value;
    return typeof number === "number" && Number.isFinite(number) ? [[name, number] as const] : [];
  });
  return new Map(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Reads `maximize_<metric>` and `minimize_<metric>`. */
function parseObjective(text: unknown): MeasuredObjective | undefined {
  const [, direction, metric] = /^(maximize|minimize)_(.+)$/.exec(textOf(text) ?? "") ?? [];
  if (metric === undefined) return undefined;
  return { metric, direction: direction === "minimize" ? "minimize" : "maximize" };
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
  if (reported !== undefined) return reported;
  const names = new Set(measurements.flatMap(({ metrics }) => [...metrics.keys()]));
  if (names.has("loss")) return { metric: "loss", direction: "minimize" };
  const [first] = [...names].sort();
  return first === undefined ? undefined : { metric: first, direction: "maximize" };
}
