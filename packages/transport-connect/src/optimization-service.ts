import type { ServiceImpl } from "@connectrpc/connect";
import { type OptimizationTarget, type Store, storeError } from "@trimtab/core";
import {
  fromDuration,
  fromUint64,
  fromWireContext,
  fromWireObjective,
  fromWireOptimizationState,
  fromWireRecord,
  present,
  toTimestamp,
  toUint64,
  toWireEntry,
  toWireOptimization,
  toWireRecord,
} from "@trimtab/wire";
import {
  ConflictResolution,
  type OptimizationService,
  OptimizationState,
  type StartOptimizationRequest,
  type StopOptimizationRequest,
} from "@trimtab/wire/services";
import { type Calls, required } from "./calls.ts";
import { toPageOptions } from "./page-options.ts";
import { sessionOf } from "./request-parts.ts";
import { toTimeRange } from "./time-range.ts";

/** Serves what coordinates optimizers. */
export function createOptimizationService(store: Store, { unary }: Calls): ServiceImpl<typeof OptimizationService> {
  return {
    startOptimization: unary(async (request, { signal }) => {
      const options = { ...toStartOptions(request), signal };
      const started = await store.startOptimization(sessionOf(request), request.variables, options);
      return {
        optimization: toWireOptimization(started.optimization),
        fencingToken: toUint64(started.fencingToken),
        revision: toUint64(started.revision),
      };
    }),
    renewLease: unary(async (request) => {
      const optimization = required(request.optimizationId, "optimization_id");
      const options = present({
        ...fromWireContext(request.context),
        fencingToken: fromUint64(request.fencingToken, "fencing_token"),
        leaseTtlMs: request.leaseTtl && fromDuration(request.leaseTtl, "lease_ttl"),
      });
      const { leaseExpiresAtMs, revision } = await store.renewLease(sessionOf(request), optimization, options);
      return { leaseExpiresAt: toTimestamp(leaseExpiresAtMs), revision: toUint64(revision) };
    }),
    reportProgress: unary(async (request) => {
      const optimization = required(request.optimizationId, "optimization_id");
      const reported = await store.reportProgress(
        sessionOf(request),
        optimization,
        present({
          ...fromWireContext(request.context),
          fencingToken: fromUint64(request.fencingToken, "fencing_token"),
          iteration: fromUint64(request.iteration, "iteration") || undefined,
          values: fromWireRecord(request.values, "values"),
          metrics: request.metrics,
        }),
      );
      const { improved, revision } = reported;
      return { optimization: toWireOptimization(reported.optimization), improved, revision: toUint64(revision) };
    }),
    stopOptimization: unary(async (request) => {
      const stopped = await store.stopOptimization(sessionOf(request), toTarget(request), toStopOptions(request));
      return {
        optimization: toWireOptimization(stopped.optimization),
        finalValues: toWireRecord(stopped.finalValues),
        revision: toUint64(stopped.revision),
      };
    }),
    getOptimizationStatus: unary(async (request) => {
      const status = await store.getOptimizationStatus(sessionOf(request), toTarget(request));
      return {
        optimizing: status.optimizing,
        waitingCount: status.waiting,
        revision: toUint64(status.revision),
        ...(status.optimization !== undefined && { optimization: toWireOptimization(status.optimization) }),
      };
    }),
    listOptimizations: unary(async (request) => {
      const options = toPageOptions(request, {
        variable: request.variable || undefined,
        states: request.states.map((state, index) => fromWireOptimizationState(state, `states[${index}]`)),
        optimizer: request.optimizer || undefined,
      });
      const page = await store.listOptimizations(sessionOf(request), options);
      const optimizations = page.items.map(toWireOptimization);
      return { optimizations, nextPageToken: page.nextPageToken ?? "", revision: toUint64(page.revision) };
    }),
    listOptimizationHistory: unary(async (request) => {
      const options = toPageOptions(request, {
        variable: request.variable || undefined,
        optimization: request.optimizationId || undefined,
        optimizer: request.optimizer || undefined,
        ...toTimeRange(request.timeRange),
      });
      const page = await store.listOptimizationHistory(sessionOf(request), options);
      const entries = page.items.map(toWireEntry);
      return { entries, nextPageToken: page.nextPageToken ?? "", revision: toUint64(page.revision) };
    }),
  };
}

function toTarget({ target }: Pick<StopOptimizationRequest, "target">): OptimizationTarget {
  if (target.case === "optimizationId" && target.value !== "") return { kind: "optimization", id: target.value };
  if (target.case === "variable" && target.value !== "") return { kind: "variable", ref: target.value };
  throw storeError("invalid_argument", "optimizationId or variable is required", { field: "target" });
}

const conflicts = {
  [ConflictResolution.UNSPECIFIED]: "abort",
  [ConflictResolution.ABORT]: "abort",
  [ConflictResolution.WAIT]: "wait",
  [ConflictResolution.PREEMPT]: "preempt",
} as const satisfies Record<ConflictResolution, string>;

function toStartOptions(request: StartOptimizationRequest) {
  const onConflict = (conflicts as Partial<Record<number, "abort" | "wait" | "preempt">>)[request.onConflict];
  if (onConflict === undefined) {
    const message = `on_conflict is the unknown choice ${request.onConflict}`;
    throw storeError("invalid_argument", message, { field: "on_conflict", value: request.onConflict });
  }
  return present({
    ...fromWireContext(request.context),
    optimizer: request.optimizer,
    config: fromWireRecord(request.config, "config"),
    objective: request.objective && fromWireObjective(request.objective, "objective"),
    maxIterations: fromUint64(request.maxIterations, "max_iterations"),
    convergenceThreshold: request.convergenceThreshold,
    feedbackInterval: request.feedbackInterval || undefined,
    onConflict,
    waitTimeoutMs: request.waitTimeout && fromDuration(request.waitTimeout, "wait_timeout"),
    priority: request.priority,
    leaseTtlMs: request.leaseTtl && fromDuration(request.leaseTtl, "lease_ttl"),
  });
}

function toStopOptions(request: StopOptimizationRequest) {
  return present({
    ...fromWireContext(request.context),
    fencingToken: fromUint64(request.fencingToken, "fencing_token") || undefined,
    applyBest: request.applyBest,
    force: request.force,
    outcome: request.outcome === OptimizationState.UNSPECIFIED ? undefined : toOutcome(request.outcome),
    cause: request.cause,
  });
}

function toOutcome(state: OptimizationState): "completed" | "stopped" | "failed" {
  const outcome = fromWireOptimizationState(state, "outcome");
  if (outcome === "completed" || outcome === "stopped" || outcome === "failed") return outcome;
  const message = `outcome must be COMPLETED, STOPPED or FAILED, got ${outcome}`;
  throw storeError("invalid_argument", message, { field: "outcome", value: outcome });
}
