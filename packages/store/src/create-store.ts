import type { Commit } from "@trimtab/core";
import {
  checkedCalls,
  createTelemetry,
  createTypeRegistry,
  defaultHistory,
  defaultLimits,
  limitLeases,
  requireArguments,
  type SessionCheckpoint,
  type Store,
  storeArguments,
  type TypeRegistry,
  unref,
} from "@trimtab/core";
import { createMemoryLog, createMemorySnapshots } from "@trimtab/log";
import {
  controlOf,
  createAccessQuestions,
  createPermissionOperations,
  unnamedCaller,
} from "./access/access-operations.ts";
import { createGuardedStore } from "./access/create-guarded-store.ts";
import { createTellingControl } from "./access/telling-control.ts";
import { tellDenials } from "./access/telling-denials.ts";
import { creationArguments, localArguments, principalArguments } from "./argument-kinds.ts";
import { createSteadyClock, createTickingClock, systemClock } from "./clock.ts";
import { createCommitOperations } from "./commit-operations.ts";
import { createDependencyOperations } from "./dependency-operations.ts";
import { createHistoryOperations } from "./history-operations.ts";
import { createLabelOperations } from "./label-operations.ts";
import type { LocalStore, StoreOptions } from "./local-store.ts";
import { tellingLogFailures, tellingSnapshotFailures, tellingSummaryFailures } from "./log-failures.ts";
import { createOptimizationOperations } from "./optimization-operations.ts";
import { createOptimizerRuns } from "./optimizer-runs.ts";
import { createProgramOperations } from "./program-operations.ts";
import { createReaderOperation } from "./reader-operation.ts";
import { recentOf } from "./recent-commits.ts";
import { createRollbackOperations } from "./rollback-operations.ts";
import { createRuleOperations } from "./rule-operations.ts";
import { createSessionOperations } from "./session-operations.ts";
import { createSessions } from "./sessions.ts";
import { retentionOf } from "./snapshot-keeper.ts";
import { createSpaceOperations } from "./space-operations.ts";
import { createTailOperation } from "./tail-operation.ts";
import { createTellingSessions } from "./telling-sessions.ts";
import { createTransferOperations } from "./transfer-operations.ts";
import { createVariableOperations } from "./variable-operations.ts";
import { createWatchOperation } from "./watch-operation.ts";

/** Makes a store in this process, over a log in memory unless another is given. Throws `invalid_argument` for options of another kind. */
export function createStore(options: StoreOptions): LocalStore {
  requireArguments(creationArguments, [options]);
  const clock = createTickingClock(createSteadyClock(options.clock ?? systemClock));
  const types = isRegistry(options.types) ? options.types : createTypeRegistry(options.types);
  const limits = { ...defaultLimits, ...options.limits };
  const telemetry = options.telemetry ?? createTelemetry();
  const shared = options.shared ?? options.log !== undefined;
  const own = createMemoryLog<Commit>();
  // Whoever brings a log may stand between it and its store; one of the store's own is appended to without waiting, unless
  // others append to it, or somebody is told of appends and so of all of them.
  const isWaitedFor = options.log !== undefined || shared || options.appends !== undefined;
  const beganMs = clock.now();
  const untold = createSessions({
    log: tellingLogFailures(options.log ?? own),
    prompt: isWaitedFor ? undefined : own,
    snapshots: tellingSnapshotFailures(options.snapshots ?? createMemorySnapshots<SessionCheckpoint>()),
    appends: options.appends,
    shared,
    // What another process has granted is by its clock, which may be ahead of this one's.
    onLoaded: shared
      ? undefined
      : (state) =>
          limitLeases(state, { beganMs, nowMs: clock.now(), isLeft: (record) => runs.hasLeft(state.id, record) }),
    clock,
    types,
    limits,
    functions: new Map(Object.entries(options.functions ?? {})),
    ...(options.expressions !== undefined && { compile: options.expressions }),
    ...(options.access !== undefined && { control: createTellingControl(options.access, telemetry, clock) }),
    history: { ...defaultHistory, ...options.history },
    maxSessions: options.maxSessions ?? 100_000,
    maxWaitingWrites: options.maxWaitingWrites ?? 10_000,
    summaries: options.summaries && tellingSummaryFailures(options.summaries),
    maxLoadedSessions: options.maxLoadedSessions ?? 10_000,
    idleSessionMs: options.idleSessionMs ?? 600_000,
    onProgress: options.onProgress ?? (() => {}),
    onDamage: options.onDamage ?? (() => {}),
    recent: recentOf(options),
    snapshotEvery: options.snapshotEvery ?? 1000,
    ...retentionOf(options),
    telemetry,
  });
  const sessions = createTellingSessions(untold, telemetry, clock);
  const sweeper = setInterval(() => void sessions.sweep().catch(() => {}), options.sweepIntervalMs ?? 60_000);
  // Two ticks make a bookmark due, so that one comes within the interval.
  const ticker = setInterval(() => sessions.tick(), Math.max(1, (options.bookmarkIntervalMs ?? 15_000) / 2));
  for (const timer of [sweeper, ticker]) unref(timer);
  const watching = createWatchOperation(sessions);
  const runs = createOptimizerRuns({
    optimizers: new Map(Object.entries(options.optimizers ?? {})),
    telemetry,
    store: () => checked,
  });
  const store: Store = {
    ...createSessionOperations(sessions, options.sessionTtlMs),
    ...createVariableOperations(sessions),
    ...createProgramOperations(sessions),
    ...createDependencyOperations(sessions),
    ...createRuleOperations(sessions),
    ...createSpaceOperations(sessions),
    ...createHistoryOperations(sessions),
    ...createCommitOperations(sessions),
    ...createRollbackOperations(sessions),
    ...createLabelOperations(sessions),
    ...createOptimizationOperations(sessions, runs),
    ...createTransferOperations(sessions),
    ...createPermissionOperations(sessions),
    ...createAccessQuestions(sessions, {
      callerOf: (session) =>
        sessions.access(session, ({ runtime: { state } }) => unnamedCaller(session, state.metadata)),
      mayExplain: () => true,
    }),
    watch: watching.watch,
  };
  const given: LocalStore = {
    types,
    telemetry,
    ...store,
    ...createTailOperation(sessions),
    ...createReaderOperation(sessions),
    as(principal) {
      requireArguments(principalArguments, [principal]);
      const guarded = createGuardedStore({ store, sessions, watching, control: controlOf(sessions), runs }, principal);
      return checkedCalls(tellDenials(guarded, telemetry, principal), storeArguments);
    },
    sweep: () => sessions.sweep(),
    countSessions: () => sessions.count(),
    get unreadableSessions() {
      return sessions.unreadable();
    },
    async close() {
      clearInterval(sweeper);
      clearInterval(ticker);
      await runs.close();
      watching.close();
      await sessions.close();
    },
  };
  const checked = checkedCalls(given, localArguments);
  return checked;
}

const isRegistry = (types: StoreOptions["types"]): types is TypeRegistry => types instanceof Map;
