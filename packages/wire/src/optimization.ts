import type { Optimization, OptimizationEntry, OptimizationObjective, OptimizationState } from "@trimtab/core";
import { Direction, type Objective as WireObjective } from "./gen/trimtab/v1/objective_pb.ts";
import {
  type OptimizationEntry as WireEntry,
  type Optimization as WireOptimization,
  OptimizationState as WireState,
} from "./gen/trimtab/v1/optimization_pb.ts";
import { fromKnown } from "./known.ts";
import { toWireRecord } from "./plain-value.ts";
import { refuseMessage } from "./refuse.ts";
import { fromTimestamp, toTimestamp } from "./time.ts";
import { fromWireRecord } from "./value.ts";
import { fromUint64, toUint64 } from "./whole-number.ts";

const states = {
  running: WireState.RUNNING,
  completed: WireState.COMPLETED,
  converged: WireState.CONVERGED,
  stopped: WireState.STOPPED,
  failed: WireState.FAILED,
  abandoned: WireState.ABANDONED,
  preempted: WireState.PREEMPTED,
} as const satisfies Record<OptimizationState, WireState>;

/** Puts how far an optimization has come on the wire. */
export const toWireOptimizationState = (state: OptimizationState): WireState => states[state];

/**
 * Reads how far an optimization has come.
 *
 * @throws StoreError `invalid_argument` naming the path, for a state that is not known here
 */
export const fromWireOptimizationState = (state: WireState, path: string): OptimizationState =>
  fromKnown(states, state, path);

/** Puts an objective on the wire. */
export const toWireObjective = ({ metric, direction }: OptimizationObjective): WireObjective => ({
  $typeName: "trimtab.v1.Objective",
  metric,
  direction: direction === "minimize" ? Direction.MINIMIZE : Direction.MAXIMIZE,
});

/** Reads an objective; where it does not say which way is better, lower is for `loss` and higher for everything else. */
export function fromWireObjective({ metric, direction }: WireObjective, path: string): OptimizationObjective {
  if (direction === Direction.UNSPECIFIED) return { metric, direction: metric === "loss" ? "minimize" : "maximize" };
  const known = { minimize: Direction.MINIMIZE, maximize: Direction.MAXIMIZE } as const;
  return { metric, direction: fromKnown(known, direction, `${path}.direction`) };
}

/** Puts an optimization on the wire. */
export const toWireOptimization = (optimization: Optimization): WireOptimization => ({
  $typeName: "trimtab.v1.Optimization",
  id: optimization.id,
  variableIds: [...optimization.variables],
  optimizer: optimization.optimizer,
  config: toWireRecord(optimization.config),
  holder: optimization.holder,
  state: states[optimization.state],
  iteration: toUint64(optimization.iteration),
  maxIterations: toUint64(optimization.maxIterations),
  feedbackInterval: optimization.feedbackInterval,
  priority: optimization.priority,
  // It has its variables from the moment that it is asked for and granted.
  createdAt: toTimestamp(optimization.startedAtMs),
  startedAt: toTimestamp(optimization.startedAtMs),
  updatedAt: toTimestamp(optimization.updatedAtMs),
  cause: optimization.cause,
  ...(optimization.objective !== undefined && { objective: toWireObjective(optimization.objective) }),
  ...(optimization.best !== undefined && { best: toWireEntry(optimization.best) }),
  ...(optimization.convergenceThreshold !== undefined && { convergenceThreshold: optimization.convergenceThreshold }),
  ...(optimization.endedAtMs !== undefined && { endedAt: toTimestamp(optimization.endedAtMs) }),
  ...(optimization.leaseExpiresAtMs !== undefined && { leaseExpiresAt: toTimestamp(optimization.leaseExpiresAtMs) }),
});

/**
 * Reads an optimization.
 *
 * @throws StoreError `invalid_argument` naming the part that is absent or out of range
 */
export function fromWireOptimization(optimization: WireOptimization | undefined, path = "optimization"): Optimization {
  if (optimization === undefined) throw refuseMessage(path, "is required");
  const { objective, best, convergenceThreshold, endedAt, leaseExpiresAt } = optimization;
  return {
    id: optimization.id,
    variables: optimization.variableIds,
    optimizer: optimization.optimizer,
    config: fromWireRecord(optimization.config, `${path}.config`),
    holder: optimization.holder,
    state: fromWireOptimizationState(optimization.state, `${path}.state`),
    iteration: fromUint64(optimization.iteration, `${path}.iteration`),
    maxIterations: fromUint64(optimization.maxIterations, `${path}.max_iterations`),
    feedbackInterval: optimization.feedbackInterval,
    priority: optimization.priority,
    startedAtMs: fromTimestamp(optimization.startedAt, `${path}.started_at`),
    updatedAtMs: fromTimestamp(optimization.updatedAt, `${path}.updated_at`),
    cause: optimization.cause,
    ...(objective !== undefined && { objective: fromWireObjective(objective, `${path}.objective`) }),
    ...(best !== undefined && { best: fromWireEntry(best, `${path}.best`) }),
    ...(convergenceThreshold !== undefined && { convergenceThreshold }),
    ...(endedAt !== undefined && { endedAtMs: fromTimestamp(endedAt, `${path}.ended_at`) }),
    ...(leaseExpiresAt !== undefined && {
      leaseExpiresAtMs: fromTimestamp(leaseExpiresAt, `${path}.lease_expires_at`),
    }),
  };
}

/** Puts what an optimization has tried on the wire. */
export const toWireEntry = (entry: OptimizationEntry): WireEntry => ({
  $typeName: "trimtab.v1.OptimizationEntry",
  optimizationId: entry.optimization,
  optimizer: entry.optimizer,
  iteration: toUint64(entry.iteration),
  values: toWireRecord(entry.values),
  metrics: { ...entry.metrics },
  recordedAt: toTimestamp(entry.recordedAtMs),
  revision: toUint64(entry.revision),
  writtenVersions: Object.fromEntries(Object.entries(entry.versions).map(([id, each]) => [id, toUint64(each)])),
  metadata: toWireRecord(entry.metadata),
});

/**
 * Reads what an optimization has tried.
 *
 * @throws StoreError `invalid_argument` naming the part that is absent or out of range
 */
export function fromWireEntry(entry: WireEntry | undefined, path: string): OptimizationEntry {
  if (entry === undefined) throw refuseMessage(path, "is required");
  const versions = Object.entries(entry.writtenVersions).map(
    ([id, version]) => [id, fromUint64(version, `${path}.written_versions.${id}`)] as const,
  );
  return {
    optimization: entry.optimizationId,
    optimizer: entry.optimizer,
    iteration: fromUint64(entry.iteration, `${path}.iteration`),
    values: fromWireRecord(entry.values, `${path}.values`),
    metrics: entry.metrics,
    recordedAtMs: fromTimestamp(entry.recordedAt, `${path}.recorded_at`),
    revision: fromUint64(entry.revision, `${path}.revision`),
    versions: Object.fromEntries(versions),
    metadata: fromWireRecord(entry.metadata, `${path}.metadata`),
  };
}
