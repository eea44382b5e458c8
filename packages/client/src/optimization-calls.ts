import type { Client } from "@connectrpc/connect";
import {
  checkRange,
  checkWhole,
  feedbackLimits,
  leaseTtlLimits,
  type OptimizationStore,
  type OptimizationTarget,
  priorityLimits,
  type StartOptimizationOptions,
  storeError,
  toObjective,
  ttlLimits,
} from "@trimtab/core";
import {
  encodeFlag,
  encodeRecord,
  encodeText,
  encodeTime,
  encodeWhole,
  fromTimestamp,
  fromUint64,
  fromWireEntry,
  fromWireOptimization,
  fromWireRecord,
  toDuration,
  toWireObjective,
  toWireOptimizationState,
} from "@trimtab/wire";
import { ConflictResolution, type OptimizationService } from "@trimtab/wire/services";
import { readPage, readReceipt } from "./answers.ts";
import { encodeFilter, encodePage, refuseIf } from "./arguments.ts";
import { type Caller, timeoutLimits } from "./caller.ts";

/** The part of a store that coordinates optimizers, over a transport. */
export const createOptimizationCalls = (
  client: Client<typeof OptimizationService>,
  { call, context }: Caller,
): OptimizationStore => ({
  startOptimization: (session, refs, options) =>
    call(
      (to) => {
        const what = {
          sessionId: encodeText(session, "session"),
          variables: refs.map((ref) => encodeText(ref, "variables")),
          ...encodeStart(options),
        };
        const waitMs = options.onConflict === "wait" ? (options.waitTimeoutMs ?? 5000) : 0;
        const signal = options.signal && { signal: options.signal };
        // The call lasts as long as the line may, beside what any call takes; where no request can say that, until it is answered.
        const lastsMs = to.timeoutMs && to.timeoutMs + waitMs;
        const timeoutMs = lastsMs && lastsMs > timeoutLimits.max ? 0 : lastsMs;
        return client.startOptimization(
          { ...what, context: context(options) },
          { ...to, ...(timeoutMs !== undefined && { timeoutMs }), ...signal },
        );
      },
      (answer) => ({
        ...readReceipt(session, answer, refs[0]),
        optimization: fromWireOptimization(answer.optimization),
        fencingToken: fromUint64(answer.fencingToken, "fencing_token"),
      }),
    ).catch((cause: unknown) => {
      throw options.signal?.aborted ? storeError("cancelled", "the caller left the line", {}, { cause }) : cause;
    }),
  renewLease: (session, optimization, options) =>
    call(
      (to) => {
        const ttl = options.leaseTtlMs === undefined ? {} : { leaseTtl: encodeLeaseTtl(options.leaseTtlMs) };
        const what = encodeProven(session, optimization, options);
        return client.renewLease({ ...what, ...ttl, context: context(options) }, to);
      },
      (answer) => ({
        ...readReceipt(session, answer, optimization),
        leaseExpiresAtMs: fromTimestamp(answer.leaseExpiresAt, "lease_expires_at"),
      }),
    ),
  reportProgress: (session, optimization, options) =>
    call(
      (to) => {
        const { iteration } = options;
        if (iteration !== undefined) refuseIf(checkWhole(iteration, "iteration", 1));
        const what = {
          ...encodeProven(session, optimization, options),
          iteration: BigInt(iteration ?? 0),
          values: encodeRecord(options.values, "values"),
          metrics: encodeMetrics(options.metrics ?? {}),
        };
        return client.reportProgress({ ...what, context: context(options) }, to);
      },
      (answer) => ({
        ...readReceipt(session, answer, optimization),
        optimization: fromWireOptimization(answer.optimization),
        improved: answer.improved,
      }),
    ),
  stopOptimization: (session, target, options = {}) =>
    call(
      (to) => {
        const { fencingToken, outcome, cause = "" } = options;
        const what = {
          sessionId: encodeText(session, "session"),
          target: encodeTarget(target),
          fencingToken: fencingToken === undefined ? 0n : encodeWhole(fencingToken, "fencingToken"),
          applyBest: encodeFlag(options.applyBest, "applyBest"),
          force: encodeFlag(options.force, "force"),
          ...(outcome !== undefined && { outcome: toWireOptimizationState(outcome) }),
          cause: encodeText(cause, "cause"),
        };
        return client.stopOptimization({ ...what, context: context(options) }, to);
      },
      (answer) => ({
        ...readReceipt(session, answer, target.kind === "variable" ? target.ref : target.id),
        optimization: fromWireOptimization(answer.optimization),
        finalValues: fromWireRecord(answer.finalValues, "final_values"),
      }),
    ),
  getOptimizationStatus: (session, target) =>
    call(
      (to) => {
        const what = { sessionId: encodeText(session, "session"), target: encodeTarget(target) };
        return client.getOptimizationStatus(what, to);
      },
      ({ optimizing, optimization, waitingCount, revision }) => ({
        optimizing,
        waiting: waitingCount,
        revision: fromUint64(revision, "revision"),
        ...(optimization !== undefined && { optimization: fromWireOptimization(optimization) }),
      }),
    ),
  listOptimizations: (session, options = {}) =>
    call(
      (to) => {
        const what = {
          sessionId: encodeText(session, "session"),
          variable: encodeFilter(options.variable, "variable"),
          states: (options.states ?? []).map(toWireOptimizationState),
          optimizer: encodeFilter(options.optimizer, "optimizer"),
        };
        return client.listOptimizations({ ...what, ...encodePage(options) }, to);
      },
      (answer) => ({
        ...readPage(answer.optimizations, answer, fromWireOptimization),
        revision: fromUint64(answer.revision, "revision"),
      }),
    ),
  listOptimizationHistory: (session, options = {}) =>
    call(
      (to) => {
        const { sinceMs, untilMs } = options;
        const timeRange = {
          ...(sinceMs !== undefined && { since: encodeTime(sinceMs, "sinceMs") }),
          ...(untilMs !== undefined && { until: encodeTime(untilMs, "untilMs") }),
        };
        const what = {
          sessionId: encodeText(session, "session"),
          variable: encodeFilter(options.variable, "variable"),
          optimizationId: encodeFilter(options.optimization, "optimization"),
          optimizer: encodeFilter(options.optimizer, "optimizer"),
          timeRange,
        };
        return client.listOptimizationHistory({ ...what, ...encodePage(options) }, to);
      },
      (answer) => ({
        ...readPage(answer.entries, answer, fromWireEntry),
        revision: fromUint64(answer.revision, "revision"),
      }),
    ),
});

const encodeProven = (session: string, optimization: string, { fencingToken }: { readonly fencingToken: number }) => ({
  sessionId: encodeText(session, "session"),
  optimizationId: encodeText(optimization, "optimization"),
  fencingToken: encodeWhole(fencingToken, "fencingToken"),
});

const encodeTarget = (target: OptimizationTarget) =>
  target.kind === "variable"
    ? ({ case: "variable", value: encodeText(target.ref, "variable") } as const)
    : ({ case: "optimizationId", value: encodeText(target.id, "optimization") } as const);

function encodeLeaseTtl(leaseTtlMs: number) {
  refuseIf(checkRange(leaseTtlMs, "leaseTtlMs", leaseTtlLimits));
  return toDuration(leaseTtlMs);
}

/** Nobody waits longer than a request can say. */
function encodeWaitTimeout(waitTimeoutMs: number) {
  refuseIf(checkWhole(waitTimeoutMs, "waitTimeoutMs", 0));
  return toDuration(Math.min(waitTimeoutMs, ttlLimits.max));
}

function encodeMetrics(metrics: Readonly<Record<string, number>>): { [metric: string]: number } {
  for (const [name, value] of Object.entries(metrics)) {
    if (typeof value === "number") continue;
    const message = `metrics.${name} must be a finite number, got ${String(value)}`;
    throw storeError("invalid_argument", message, { field: `metrics.${name}` });
  }
  return { ...metrics };
}

const conflicts = {
  abort: ConflictResolution.ABORT,
  wait: ConflictResolution.WAIT,
  preempt: ConflictResolution.PREEMPT,
} as const;

function encodeStart(options: StartOptimizationOptions) {
  const { convergenceThreshold, feedbackInterval, leaseTtlMs, priority = 0, waitTimeoutMs } = options;
  const objective = options.objective === undefined ? undefined : toObjective(options.objective);
  if (feedbackInterval !== undefined) refuseIf(checkRange(feedbackInterval, "feedbackInterval", feedbackLimits));
  refuseIf(checkRange(priority, "priority", priorityLimits));
  return {
    optimizer: encodeText(options.optimizer, "optimizer"),
    config: encodeRecord(options.config, "config"),
    maxIterations: encodeWhole(options.maxIterations ?? 0, "maxIterations"),
    feedbackInterval: feedbackInterval ?? 0,
    onConflict: conflicts[options.onConflict ?? "abort"],
    priority,
    ...(objective !== undefined && { objective: toWireObjective(objective) }),
    ...(convergenceThreshold !== undefined && { convergenceThreshold }),
    ...(waitTimeoutMs !== undefined && { waitTimeout: encodeWaitTimeout(waitTimeoutMs) }),
    ...(leaseTtlMs !== undefined && { leaseTtl: encodeLeaseTtl(leaseTtlMs) }),
  };
}
