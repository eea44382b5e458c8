import { parseRecord } from "../check-argument.ts";
import type { DecideContext } from "../command.ts";
import type { SessionEvent, VariableSet } from "../commit.ts";
import { counted } from "../counted.ts";
import { fromPayload, payloadSize, type Value, type ValueRecord } from "../payload.ts";
import type { SessionState } from "../session-state.ts";
import { emptyRecord, laterThan } from "../variable.ts";
import { endingOf } from "./check-lease.ts";
import { isBetter, withEntry } from "./evolve-lease.ts";
import {
  convergenceWindow,
  type OptimizationEntry,
  type OptimizationObjective,
  type OptimizationRecord,
} from "./optimization.ts";

/** What a report says. */
export interface Progress {
  readonly iteration: number;
  readonly values: ValueRecord;
  readonly metrics: Readonly<Record<string, number>>;
  readonly versions: Readonly<Record<string, number>>;
}

/** What happens when an optimization is reported on: the report, and its end where it converged or was the last. */
export function recordProgress(
  state: SessionState,
  record: OptimizationRecord,
  { progress, context }: { progress: Progress; context: DecideContext },
): SessionEvent[] {
  const recordedAtMs = laterThan(state.atMs, context.atMs);
  const entry: OptimizationEntry = {
    optimization: record.id,
    optimizer: record.optimizer,
    ...progress,
    recordedAtMs,
    revision: state.revision + 1,
    metadata: context.metadata ?? emptyRecord,
  };
  const objective = record.objective ?? objectiveFor(progress.metrics);
  const report: SessionEvent = {
    kind: "optimization-reported",
    entry,
    ...(objective !== undefined && { objective }),
    leaseExpiresAtMs: context.atMs + record.leaseTtlMs,
  };
  const ended = endOf(withEntry(record, entry, objective));
  return ended === undefined ? [report] : [report, endingOf(state, record, ended)];
}

/** What an optimization without an objective tries to bring about, by its first report. */
function objectiveFor(metrics: Readonly<Record<string, number>>): OptimizationObjective | undefined {
  if ("loss" in metrics) return { metric: "loss", direction: "minimize" };
  const [metric] = Object.keys(metrics).sort();
  return metric === undefined ? undefined : { metric, direction: "maximize" };
}

function endOf(record: OptimizationRecord): { state: "completed" | "converged"; cause: string } | undefined {
  const { bests, convergenceThreshold, maxIterations, iteration } = record;
  const [first] = bests;
  const last = bests.at(-1);
  if (
    convergenceThreshold !== undefined &&
    bests.length > convergenceWindow &&
    first !== undefined &&
    last !== undefined
  ) {
    const gained = Math.abs(last - first);
    if (gained < convergenceThreshold) {
      const cause = `it got better by ${gained} over ${convergenceWindow} iterations, which is less than ${convergenceThreshold}`;
      return { state: "converged", cause };
    }
  }
  if (maxIterations > 0 && iteration >= maxIterations) {
    return { state: "completed", cause: `${counted(maxIterations, "iteration was", "iterations were")} reported` };
  }
  return undefined;
}

/** Says whether a report would be the best of an optimization so far. */
export function improves(record: OptimizationRecord, metrics: Readonly<Record<string, number>>): boolean {
  const objective = record.objective ?? objectiveFor(metrics);
  const value = objective && metrics[objective.metric];
  return objective !== undefined && value !== undefined && isBetter(value, record.bests.at(-1), objective);
}

/** Bytes of a value above which a report of its write tells its version alone. */
const maxValueBytes = 64 * 1024;

/**
 * What a write under a lease means for the optimization: a report where its metadata has a later `iteration`, or
 * `metrics`, and that the lease holds for another while in any case.
 */
export function progressOfWrite(
  state: SessionState,
  written: readonly SessionEvent[],
  context: DecideContext,
): readonly SessionEvent[] {
  const record = context.lease && state.optimizations.get(context.lease.optimization);
  if (record === undefined) return [];
  const own = written.filter(
    (event): event is VariableSet => event.kind === "variable-set" && record.variables.includes(event.id),
  );
  if (own.length === 0) return [];
  const { iteration = record.iteration + 1, metrics } = context.metadata ?? emptyRecord;
  const counts = context.metadata?.["iteration"] !== undefined || metrics !== undefined;
  if (!counts || !Number.isSafeInteger(iteration) || Number(iteration) <= record.iteration) {
    const leaseExpiresAtMs = context.atMs + record.leaseTtlMs;
    return [{ kind: "lease-renewed", optimization: record.id, leaseExpiresAtMs }];
  }
  const small = own.filter(({ payload }) => payloadSize(payload) <= maxValueBytes);
  const progress = {
    iteration: Number(iteration),
    values: Object.fromEntries(small.map(({ id, payload }) => [id, fromPayload(payload)])),
    metrics: finiteOnly(metrics),
    versions: Object.fromEntries(own.map(({ id, version }) => [id, version])),
  };
  return recordProgress(state, record, { progress, context });
}

function finiteOnly(metrics: Value | undefined): Readonly<Record<string, number>> {
  const parsed = parseRecord(metrics, "metrics", Number.POSITIVE_INFINITY);
  if (parsed.kind === "refused") return {};
  const entries = Object.entries(parsed.value).map(([name, value]) => [name, Number(value)] as const);
  return Object.fromEntries(entries.filter(([, value]) => Number.isFinite(value)));
}
