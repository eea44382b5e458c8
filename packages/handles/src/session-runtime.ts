import {
  isStoreError,
  type Store,
  type StoreError,
  storeError,
  storeWhichGivesUp,
  type WatchEvent,
  type WriteOptions,
} from "@trimtab/core";
import type { Change } from "./change.ts";
import type { ConnectionState } from "./connection-state.ts";
import { type ConnectionStatus, errorOf, statusOf } from "./connection-status.ts";
import type { NamedDeclaration } from "./declarations.ts";
import { createListeners, type Listeners, type OnError } from "./listeners.ts";
import { createLiveCache, type LiveCache } from "./live-cache.ts";
import { createLiveWatch, type LiveWatch, type StreamRequest } from "./live-watch.ts";
import { missingVariables, type ProvisionOptions, provision } from "./provision.ts";
import type { ReadReports } from "./read-reports.ts";
import { createRevisionWaiters, type RevisionWaiters } from "./revision-waiters.ts";
import { selectionOf } from "./selection.ts";
import type { Timers } from "./timers.ts";
import { createVariableSlot, type VariableSlot } from "./variable-slot.ts";
import { createVariableWriter, type VariableWriter } from "./variable-writer.ts";

/** What a session is run with. */
export interface SessionRuntimeParts {
  readonly store: Store;
  readonly id: string;
  readonly declared: readonly NamedDeclaration[];
  readonly provisioning: ProvisionOptions;
  readonly context: Pick<WriteOptions, "actor" | "origin">;
  readonly timers: Timers;
  readonly livenessTimeoutMs: number;
  readonly onError: OnError;
  /** Counts reads and reports them, where somebody wants to know. */
  readonly reads: ReadReports | undefined;
}

/** A loop or a wait that the session's closing ends. */
export interface Ending {
  end(): void;
}

/** The moving parts of an open session, without the types of its variables. */
export interface SessionRuntime {
  readonly id: string;
  readonly slots: readonly VariableSlot[];
  readonly cache: LiveCache;
  readonly watch: LiveWatch;
  readonly writer: VariableWriter;
  readonly waiters: RevisionWaiters;
  readonly onError: OnError;
  readonly reads: ReadReports | undefined;
  readonly ofVariable: ReadonlyMap<VariableSlot, Listeners<[Change]>>;
  readonly ofCommits: Listeners<[readonly Change[]]>;
  readonly ofStatus: Listeners<[ConnectionStatus, StoreError | undefined]>;
  /** What is to end when the session is closed; `undefined` when it is. */
  endings(): Set<Ending> | undefined;
  /** Calls were answered, and a watch was opened after them. */
  isAnswered(): boolean;
  close(): void;
}

/** Puts a session's parts together; nothing is sent before its watch is opened. */
export function createSessionRuntime(parts: SessionRuntimeParts): SessionRuntime {
  const { store, id, timers, context, livenessTimeoutMs, onError } = parts;
  const slots = parts.declared.map((named) => createVariableSlot(named, parts.reads?.of(named.name)));
  const cache = createLiveCache(slots);
  const waiters = createRevisionWaiters();
  const ofVariable = new Map(slots.map((slot) => [slot, createListeners<[Change]>(onError)]));
  const ofCommits = createListeners<[readonly Change[]]>(onError);
  const ofStatus = createListeners<[ConnectionStatus, StoreError | undefined]>(onError);
  let endings: Set<Ending> | undefined = new Set();

  const publish = createPublisher(slots, ofVariable, ofCommits);
  const loseHistory = () => waiters.fail(historyLost(id));

  const onEvent = (event: WatchEvent) => {
    const { era } = cache;
    const { changes, errors } = cache.apply(event);
    return () => {
      if (cache.era !== era) loseHistory();
      for (const error of errors) onError(error);
      publish(changes);
      waiters.reached(cache.revision);
    };
  };

  let told: readonly [ConnectionStatus, StoreError | undefined] = ["connecting", undefined];
  const onState = (state: ConnectionState) => {
    const [status, error] = [statusOf(state), errorOf(state)];
    if (state.kind === "failed") waiters.fail(state.error);
    if (told[0] === status && told[1] === error) return;
    told = [status, error];
    ofStatus.emit(status, error);
  };

  let isAnswered = false;
  const onAnswered = () => {
    isAnswered = true;
  };
  const open = createStreamOpener(parts, { cache, slots, loseHistory, onAnswered });
  const watch = createLiveWatch({ session: id, open, onEvent, onState, timers, livenessTimeoutMs });
  const assertOpen = () => {
    if (endings === undefined) throw sessionClosed(id);
  };

  return {
    id,
    slots,
    cache,
    watch,
    writer: createVariableWriter({ store, session: id, cache, timers, context, assertOpen }),
    waiters,
    onError,
    reads: parts.reads,
    ofVariable,
    ofCommits,
    ofStatus,
    endings: () => endings,
    isAnswered: () => isAnswered,
    close() {
      if (endings === undefined) return;
      const ending = [...endings];
      endings = undefined;
      watch.close();
      waiters.fail(sessionClosed(id));
      for (const each of ending) each.end();
      for (const listeners of [...ofVariable.values(), ofCommits, ofStatus]) listeners.clear();
    },
  };
}

/** Tells a commit's changes: each variable's subscribers in the order of the changes, then those of the session. */
function createPublisher(
  slots: readonly VariableSlot[],
  ofVariable: SessionRuntime["ofVariable"],
  ofCommits: SessionRuntime["ofCommits"],
): (changes: readonly Change[]) => void {
  const byKey = new Map(slots.map((slot) => [slot.key, ofVariable.get(slot)]));
  return (changes) => {
    if (changes.length === 0) return;
    for (const change of changes) byKey.get(change.key)?.emit(change);
    ofCommits.emit(changes);
  };
}

interface OpenerParts {
  readonly cache: LiveCache;
  readonly slots: readonly VariableSlot[];
  loseHistory(): void;
  /** Called whenever what a stream needs is known to be there. */
  onAnswered(): void;
}

/** Gives what opens one stream: ensures what has to be there, then watches by name. */
function createStreamOpener(
  { store, id, declared, provisioning }: SessionRuntimeParts,
  { cache, slots, loseHistory, onAnswered }: OpenerParts,
): (request: StreamRequest, signal: AbortSignal) => AsyncIterable<WatchEvent> {
  const names = slots.map(({ name }) => name);
  let epoch: string | undefined;
  let uncertain = false;

  const provisionAll = async (reached: Store): Promise<ReadonlySet<string>> => {
    const { session, absent } = await provision(reached, id, declared, provisioning);
    if (epoch === undefined && absent.size > 0) throw missingVariables(id, absent);
    if (epoch !== undefined && epoch !== session.epoch) {
      cache.startEra();
      loseHistory();
    }
    epoch = session.epoch;
    return absent;
  };

  const absentNow = async (reached: Store): Promise<ReadonlySet<string>> => {
    if (uncertain) return new Set((await reached.getVariables(id, names)).missing);
    const absent = slots.filter((slot) => slot.current === undefined && slot.problem === undefined);
    return new Set(absent.map(({ name }) => name));
  };

  return async function* (request, signal) {
    const reached = storeWhichGivesUp(store, signal);
    const absent = await (request.provision ? provisionAll(reached) : absentNow(reached));
    uncertain = false;
    onAnswered();
    if (signal.aborted) return;
    const { after } = request;
    try {
      yield* store.watch(id, selectionOf(names, absent), { signal, ...(after !== undefined && { after }) });
    } catch (error) {
      // A variable went away while nobody was watching; the next attempt asks which.
      uncertain = isStoreError(error, "not_found");
      throw error;
    }
  };
}

const historyLost = (session: string): StoreError =>
  storeError(
    "data_loss",
    `session "${session}" was made anew or has lost commits: earlier revisions mean nothing now`,
    { session },
  );

/** The error for a session that the program has closed. */
export const sessionClosed = (session: string): StoreError =>
  storeError("cancelled", `session "${session}" was closed by this program`, {});
