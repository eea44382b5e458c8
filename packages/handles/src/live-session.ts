/// <reference lib="esnext.disposable" preserve="true" />
import {
  type BatchOptions,
  type BatchWritten,
  type Declarations,
  requireArguments,
  type StoreError,
  storeError,
  type ValueOf,
  type ValuesOf,
} from "@trimtab/core";
import { sessionArguments } from "./argument-kinds.ts";
import type { AnyChange } from "./change.ts";
import { type ConnectionStatus, errorOf, statusOf } from "./connection-status.ts";
import type { PartialValuesOf } from "./declarations.ts";
import { followLatest, type Moment } from "./latest-values.ts";
import { createListeners } from "./listeners.ts";
import { type SessionRuntime, sessionClosed } from "./session-runtime.ts";
import { createVariableHandle, type VariableHandle } from "./variable-handle.ts";
import type { VariableSlot } from "./variable-slot.ts";

/** A handle for every declared variable, under its key. */
export type HandlesOf<D extends Declarations> = { readonly [K in keyof D & string]: VariableHandle<ValueOf<D[K]>> };

/**
 * A session as a program holds it: its declared variables, live. One watch keeps all of them current and comes back by
 * itself when the connection breaks; meanwhile reading gives the last known values.
 */
export interface LiveSession<D extends Declarations> {
  /** The session's id. */
  readonly id: string;
  readonly variables: HandlesOf<D>;
  /**
   * Every value at this moment, as one frozen object, the same one until something changes. Throws `not_found` or
   * `invalid_type` where a variable cannot be read at present.
   */
  readonly values: ValuesOf<D>;
  /** Sets several variables in one commit: all of them or none. A refusal carries every item's own in `items`. */
  set(values: PartialValuesOf<D>, options?: Omit<BatchOptions, "atomic">): Promise<BatchWritten>;
  /**
   * Calls back once per commit with all that it did to declared variables, in order; a batch is never half seen. Where
   * history is gone, one call tells what differs. Gives the function that stops it.
   */
  subscribe(listener: (changes: readonly AnyChange<D>[]) => unknown): () => void;

  /**
   * Follows all values in a loop: as they are, and again each time after commits have changed them. A loop that is busy
   * meanwhile gets the newest values only. Leaving it, aborting the signal and closing the session end it.
   */
  latest(options?: WaitOptions): AsyncGenerator<Moment<ValuesOf<D>>, void, undefined>;

  /** Whether values are current (`ready`), the last known (`stale`), or stuck until {@link reconnect} (`error`). */
  readonly status: ConnectionStatus;
  /** What stands in the way of `ready`, where it is known. */
  readonly error: StoreError | undefined;
  /** Calls back whenever the status or its error changes. Gives the function that stops it. */
  onStatus(listener: (status: ConnectionStatus, error: StoreError | undefined) => unknown): () => void;
  /**
   * Tries again now: without the rest of a wait, and out of `error`, where it begins anew as when the session was
   * opened. Does nothing while connected or connecting.
   */
  reconnect(): void;

  /** Session revision up to which everything has been seen. */
  readonly revision: number;
  /**
   * Resolves when everything that was written so far through this session and its handles has come back to it, so that subscribers
   * have been told. For writes of others, the store's own methods among them, see {@link caughtUp}, as which it rejects.
   */
  settled(options?: WaitOptions): Promise<void>;
  /**
   * Resolves when the watch has come as far as a revision, for instance that of a receipt. A commit that touches no
   * declared variable is only noticed with the next one that does, or the next bookmark. Rejects with the error that
   * ends the connection, with `data_loss` where the session was made anew, and with `cancelled` when it is closed.
   */
  caughtUp(revision: number, options?: WaitOptions): Promise<void>;

  /** Stops watching and writing; values stay readable as they are. Iterators read what they have, then end. */
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

/** How long to wait, or to go on. */
export interface WaitOptions {
  /** Ends it: a wait rejects with `cancelled`, a loop is left. */
  readonly signal?: AbortSignal;
}

/** Gives a running session the types of its declarations. */
export function createLiveSession<D extends Declarations>(runtime: SessionRuntime): LiveSession<D> {
  const { id, slots, cache, watch, writer, ofCommits, ofStatus } = runtime;
  const handles = Object.freeze(Object.fromEntries(slots.map((slot) => [slot.key, handleOf(runtime, slot)])));
  const values = createValuesReader(handles, runtime);
  const caughtUp = createCatchUp(runtime);
  const close = async () => {
    const isConnected = statusOf(watch.state) === "ready";
    runtime.close();
    // Where nobody is there to take it, the last report is not worth waiting for.
    await runtime.reads?.close(isConnected);
  };
  return {
    id,
    // The slots were made from these very declarations, key by key.
    variables: handles as unknown as HandlesOf<D>,
    get values() {
      return values() as ValuesOf<D>;
    },
    async set(updates, how = {}) {
      requireArguments(sessionArguments.set, [updates, how]);
      const { expectedVersions, ...options } = how;
      const versions = expectedVersions && { expectedVersions: versionsByName(slots, expectedVersions) };
      return writer.setAll(updatesBySlot(slots, updates), { ...options, ...versions });
    },
    subscribe(listener) {
      requireArguments(sessionArguments.subscribe, [listener]);
      return ofCommits.add((changes) => listener(changes as readonly AnyChange<D>[]));
    },
    latest(options = {}) {
      requireArguments(sessionArguments.latest, [options]);
      const source = {
        read: () => ({ values: values() as ValuesOf<D>, revision: cache.revision }),
        follow: (listener: () => void) => ofCommits.add(listener),
        endings: runtime.endings,
      };
      return followLatest(source, options.signal);
    },
    get status() {
      return statusOf(watch.state);
    },
    get error() {
      return errorOf(watch.state);
    },
    onStatus(listener) {
      requireArguments(sessionArguments.onStatus, [listener]);
      return ofStatus.add(listener);
    },
    reconnect: () => watch.open(),
    get revision() {
      return cache.revision;
    },
    settled: (options) => caughtUp(cache.written, options),
    caughtUp,
    close,
    [Symbol.asyncDispose]: close,
  };
}

const handleOf = (runtime: SessionRuntime, slot: VariableSlot): VariableHandle<unknown> =>
  createVariableHandle({
    slot,
    session: runtime.id,
    writer: runtime.writer,
    listeners: runtime.ofVariable.get(slot) ?? createListeners(runtime.onError),
    endings: runtime.endings,
    onError: runtime.onError,
  });

/** Gives what reads all values at once, and anew only after something has changed. */
function createValuesReader(
  handles: Readonly<Record<string, VariableHandle<unknown>>>,
  { cache, reads }: Pick<SessionRuntime, "cache" | "reads">,
): () => object {
  let stamp = -1;
  let values: object = {};
  return () => {
    if (stamp === cache.stamp) {
      reads?.allRead();
      return values;
    }
    const entries = Object.entries(handles).map(([key, handle]) => [key, handle.value]);
    values = Object.freeze(Object.fromEntries(entries));
    stamp = cache.stamp;
    return values;
  };
}

function updatesBySlot(slots: readonly VariableSlot[], updates: object): Map<VariableSlot, unknown> {
  const byKey = new Map(slots.map((slot) => [slot.key, slot]));
  const bySlot = new Map<VariableSlot, unknown>();
  for (const [key, value] of Object.entries(updates)) {
    const slot = byKey.get(key);
    if (slot === undefined) throw storeError("invalid_argument", `no variable is declared as "${key}"`, { field: key });
    bySlot.set(slot, value);
  }
  return bySlot;
}

/** Versions under keys go to the names that these stand for; any other ref stays what it is. */
function versionsByName(slots: readonly VariableSlot[], versions: Readonly<Record<string, number>>) {
  const names = new Map(slots.map(({ key, name }) => [key, name]));
  return Object.fromEntries(Object.entries(versions).map(([ref, version]) => [names.get(ref) ?? ref, version]));
}

function createCatchUp(runtime: SessionRuntime): LiveSession<Declarations>["caughtUp"] {
  return async (revision, options = {}) => {
    requireArguments(sessionArguments.caughtUp, [revision, options]);
    if (runtime.cache.revision >= revision) return;
    if (runtime.endings() === undefined) throw sessionClosed(runtime.id);
    const { state } = runtime.watch;
    if (state.kind === "failed") throw state.error;
    await runtime.waiters.wait(revision, options.signal);
  };
}
