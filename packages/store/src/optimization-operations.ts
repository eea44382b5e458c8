import {
  checkTimeRange,
  checkWhole,
  findOptimization,
  isHeld,
  type LeaseCommand,
  type LeaseEvent,
  type ListOptimizationHistoryOptions,
  type OptimizationRecord,
  type OptimizationStarted,
  type OptimizationStore,
  type SessionState,
  type StartOptimizationOptions,
  StoreError,
  viewOptimization,
} from "@trimtab/core";
import { createLeaseLine, type LeaseLine } from "./lease-line.ts";
import type { OptimizerRuns } from "./optimizer-runs.ts";
import { pageAfter } from "./paging.ts";
import type { Sessions } from "./sessions.ts";
import { startCommand } from "./start-command.ts";
import { tellAcquired } from "./tell-optimizations.ts";
import { requireVariable } from "./variable-operations.ts";
import { leftTheLine, waitInLine } from "./wait-in-line.ts";
import { withoutDeleted } from "./without-deleted.ts";
import type { HowToWrite } from "./write-maker.ts";
import type { WriteResult } from "./write-pipeline.ts";

/** Lines by the table of sessions that they belong to, so that all views of a store share one. */
const lines = new WeakMap<Sessions["snapshots"], LeaseLine>();

function lineOf({ snapshots }: Sessions): LeaseLine {
  const line = lines.get(snapshots) ?? createLeaseLine();
  lines.set(snapshots, line);
  return line;
}

/** The part of a store that coordinates optimizers; those of this process are run by what it is given. */
export function createOptimizationOperations(
  sessions: Sessions,
  { begin }: Pick<OptimizerRuns, "begin">,
): OptimizationStore {
  const line = lineOf(sessions);
  const write = async (session: string, command: LeaseCommand, by: HowToWrite) => {
    const result = await sessions.write(session, [command], by);
    line.wake(session);
    return result;
  };
  const view = (record: OptimizationRecord, state: SessionState) =>
    viewOptimization(withoutDeleted(record, state), sessions.now());
  const start = async (session: string, refs: readonly string[], options: StartOptimizationOptions, waitedMs = 0) => {
    const { onConflict, waitTimeoutMs: _, signal: __, ...rest } = options;
    const { command, by } = startCommand(refs, rest, onConflict === "preempt");
    const result = await write(session, command, by);
    const { optimization } = eventOf(result, "optimization-started");
    const started = viewOptimization({ ...optimization, entries: [], bests: [] }, sessions.now());
    const receipt = {
      session,
      revision: result.revision,
      optimization: started,
      fencingToken: optimization.fencingToken,
    };
    if (result.isRepeated === true) return receipt;
    tellAcquired(sessions.telemetry, session, { optimization: started, waitedMs });
    begin(receipt, optimization.leaseTtlMs, by);
    return receipt;
  };
  const stop = ({ session, optimization: { id }, fencingToken }: OptimizationStarted) =>
    write(session, { kind: "stop-optimization", target: { kind: "optimization", id }, fencingToken }, {});
  return {
    async startOptimization(session, refs, options) {
      const { waitTimeoutMs = 5000, onConflict } = options;
      const wrong = checkWhole(waitTimeoutMs, "waitTimeoutMs", 0);
      if (wrong !== undefined) throw new StoreError(wrong);
      if (options.signal?.aborted) throw leftTheLine();
      if (onConflict !== "wait") return start(session, refs, options);
      return waitInLine({ sessions, line, session, refs, options: { ...options, waitTimeoutMs }, start, stop });
    },
    async renewLease(session, optimization, { fencingToken, leaseTtlMs, ...by }) {
      const ttl = leaseTtlMs === undefined ? {} : { leaseTtlMs };
      const result = await write(session, { kind: "renew-lease", optimization, fencingToken, ...ttl }, by);
      const { leaseExpiresAtMs } = eventOf(result, "lease-renewed");
      return { session, revision: result.revision, leaseExpiresAtMs };
    },
    async reportProgress(session, optimization, { fencingToken, iteration, values, metrics, ...by }) {
      const what = {
        ...(iteration !== undefined && { iteration }),
        ...(values !== undefined && { values }),
        ...(metrics !== undefined && { metrics }),
      };
      const result = await write(session, { kind: "report-progress", optimization, fencingToken, ...what }, by);
      const { revision } = result;
      return sessions.access(session, ({ runtime: { state } }) => {
        const record = requireRecord(state, optimization);
        return { session, revision, optimization: view(record, state), improved: record.best?.revision === revision };
      });
    },
    async stopOptimization(session, target, { fencingToken, applyBest, force, outcome, cause, ...by } = {}) {
      const what = {
        ...(fencingToken !== undefined && { fencingToken }),
        ...(applyBest !== undefined && { applyBest }),
        ...(force !== undefined && { force }),
        ...(outcome !== undefined && { outcome }),
        ...(cause !== undefined && { cause }),
      };
      const result = await write(session, { kind: "stop-optimization", target, ...what }, by);
      const { optimization: id } = eventOf(result, "optimization-ended");
      return sessions.access(session, ({ runtime: { state } }) => {
        const record = requireRecord(state, id);
        const finalValues = Object.fromEntries(
          record.variables.flatMap((variable) => {
            const found = state.variables.get(variable);
            return found === undefined ? [] : [[variable, found.value] as const];
          }),
        );
        return { session, revision: result.revision, optimization: view(record, state), finalValues };
      });
    },
    getOptimizationStatus: (session, target) =>
      sessions.access(session, ({ runtime: { state } }) => {
        const found = findOptimization(state, target);
        if (found.kind === "refused") throw new StoreError(found.refusal);
        const record = found.value;
        // Somebody may wait for it together with others that are held.
        const ids = record?.variables ?? (target.kind === "variable" ? [requireVariable(state, target.ref).id] : []);
        const waiting = line.count(session, ids);
        if (record === undefined) return { revision: state.revision, optimizing: false, waiting };
        const optimizing = isHeld(record, sessions.now());
        return { revision: state.revision, optimizing, optimization: view(record, state), waiting };
      }),
    listOptimizations: (session, { variable, states, optimizer, ...page } = {}) =>
      sessions.access(session, ({ runtime: { state } }) => {
        const id = variable === undefined ? undefined : requireVariable(state, variable).id;
        const wanted = new Set(states);
        const listed = [...state.optimizations.values()]
          .map((record) => view(record, state))
          .filter((each) => id === undefined || each.variables.includes(id))
          .filter((each) => wanted.size === 0 || wanted.has(each.state))
          .filter((each) => optimizer === undefined || each.optimizer === optimizer);
        const found = pageAfter(listed.toReversed(), page, ({ startedAtMs }) => [-startedAtMs]);
        return { ...found, revision: state.revision };
      }),
    listOptimizationHistory: (session, options = {}) =>
      sessions.access(session, ({ runtime: { state } }) => {
        const entries = entriesOf(state, options);
        // No two reports are made by one commit.
        const found = pageAfter(entries.toReversed(), options, ({ revision }) => [-revision]);
        return { ...found, revision: state.revision };
      }),
  };
}

function requireRecord(state: SessionState, id: string): OptimizationRecord {
  const found = findOptimization(state, { kind: "optimization", id });
  if (found.kind === "refused") throw new StoreError(found.refusal);
  if (found.value === undefined) throw new RangeError(`optimization ${id} is there and is not`);
  return found.value;
}

function eventOf<K extends LeaseEvent["kind"]>({ commit }: WriteResult, kind: K): Extract<LeaseEvent, { kind: K }> {
  // What made way for this one ended before it.
  const event = commit?.events.findLast((each) => each.kind === kind);
  if (event === undefined) throw new RangeError(`a commit without ${kind}`);
  return event as Extract<LeaseEvent, { kind: K }>;
}

/** What was tried, oldest first. */
function entriesOf(state: SessionState, options: ListOptimizationHistoryOptions) {
  const wrong = checkTimeRange(options);
  if (wrong !== undefined) throw new StoreError(wrong);
  const { variable, optimization, optimizer, sinceMs, untilMs } = options;
  const id = variable === undefined ? undefined : requireVariable(state, variable).id;
  const records = optimization === undefined ? state.optimizations.values() : [requireRecord(state, optimization)];
  return [...records]
    .filter((record) => id === undefined || record.variables.includes(id))
    .filter((record) => optimizer === undefined || record.optimizer === optimizer)
    .flatMap((record) => withoutDeleted(record, state).entries)
    .filter((entry) => sinceMs === undefined || entry.recordedAtMs >= sinceMs)
    .filter((entry) => untilMs === undefined || entry.recordedAtMs < untilMs);
}
