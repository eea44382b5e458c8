import {
  refuseArguments,
  requireArguments,
  type SetOptions,
  type Staleness,
  storeError,
  type ValueRecord,
  type Written,
} from "@trimtab/core";
import { handleArguments } from "./argument-kinds.ts";
import type { Change } from "./change.ts";
import { createChangeQueue } from "./change-queue.ts";
import type { Held } from "./decode-variable.ts";
import { callIsolated, type Listeners, type OnError } from "./listeners.ts";
import type { ReadCounter } from "./read-reports.ts";
import type { Ending } from "./session-runtime.ts";
import { waitUntil } from "./until.ts";
import type { VariableSlot } from "./variable-slot.ts";
import type { UpdateOptions, VariableWriter } from "./variable-writer.ts";

/**
 * One live variable. Reading is synchronous and never leaves the process: it gives the last known value, the program's
 * own writes included. While the session has no such variable, reading throws `not_found`; while it has one of another
 * type, `invalid_type`. Both mend by themselves. A value may be shared with other readers: do not write into it.
 */
export interface VariableHandle<V> {
  /** Name of the variable in the session. */
  readonly name: string;
  readonly id: string;
  readonly value: V;
  /** 0 when registered, one more per write. */
  readonly version: number;
  /** When the value was last written, in milliseconds since the Unix epoch. */
  readonly updatedAtMs: number;
  /** Who wrote the value. */
  readonly updatedBy: string;
  /** Session revision of the commit that wrote it. */
  readonly revision: number;
  /** The constraints that the store holds new values to at present; a declaration says only what they began as. */
  readonly constraints: ValueRecord;
  /** Why a derived value does not follow from what it depends on at present; absent while it does. */
  readonly stale: Staleness | undefined;

  /**
   * Sets the value. One that the type or its constraints refuse is refused before anything is sent. When the promise
   * resolves the write is durable and readable through {@link value}.
   */
  set(value: V, options?: SetOptions): Promise<Written>;

  /**
   * Replaces the value by one made from it, so that no other write is lost. Where somebody else wrote in between, the
   * function is called again with what they wrote; it should do nothing but compute. An array that it is given is its own to
   * write into. Updates through one handle run one after another. Rejects with `version_mismatch` when the retries are used up.
   */
  update(change: (current: V) => V, options?: UpdateOptions): Promise<Written>;

  /**
   * Calls back on every later change, in order, each commit's changes together and after the cache has them all. Gives
   * the function that stops it. What the callback throws goes to the session's `onError` and stops nobody else.
   */
  subscribe(listener: (value: V, change: Change<V>) => unknown, options?: SubscribeOptions): () => void;

  /**
   * Follows the variable from this call on: every change once, in order. A loop that falls behind by more than
   * `capacity` changes goes on with the newest, marked `lagged`. Trouble with the connection does not end the loop;
   * leaving it, aborting the signal and closing the session do.
   */
  changes(options?: ChangesOptions): AsyncIterableIterator<Change<V>>;

  /**
   * Resolves with the first value for which a condition holds: the present one, or one that comes. Rejects with
   * `cancelled` when the signal is aborted or the session is closed, and with what the condition throws.
   */
  until(condition: (value: V) => boolean, options?: UntilOptions): Promise<V>;
}

/** What {@link VariableHandle.until} takes. */
export interface UntilOptions {
  /**
   * Rejects with `cancelled`. `AbortSignal.timeout(ms)` waits for that long, as long as something else, such as a connection, keeps
   * the process alive.
   */
  readonly signal?: AbortSignal;
}

/** What {@link VariableHandle.subscribe} takes. */
export interface SubscribeOptions {
  /** Call back at once with the present value too, if there is one. */
  readonly immediate?: boolean;
}

/** What {@link VariableHandle.changes} takes. */
export interface ChangesOptions {
  /** Ends the loop. */
  readonly signal?: AbortSignal;
  /** Changes kept for a slow loop, at least 1; 1024 unless given. */
  readonly capacity?: number;
}

/** What a handle is made of. */
export interface VariableHandleParts<V> {
  readonly slot: VariableSlot<V>;
  readonly session: string;
  readonly writer: VariableWriter;
  readonly listeners: Listeners<[Change<V>]>;
  /** What is to end when the session is closed; `undefined` when it is. */
  readonly endings: () => Set<Ending> | undefined;
  readonly onError: OnError;
}

/** What a handle tells of its variable at present. A class, since V8 makes dictionaries of objects with getters of their own. */
class Present<V> {
  readonly name: string;
  readonly #slot: VariableSlot<V>;
  readonly #session: string;

  constructor(slot: VariableSlot<V>, session: string) {
    this.name = slot.name;
    this.#slot = slot;
    this.#session = session;
  }

  get id(): string {
    return this.#held().id;
  }

  get value(): V {
    const { reads, current } = this.#slot;
    if (reads !== undefined) count(reads, current !== undefined);
    return (current ?? this.#held()).value;
  }

  get version(): number {
    return this.#held().version;
  }

  get updatedAtMs(): number {
    return this.#held().updatedAtMs;
  }

  get updatedBy(): string {
    return this.#held().updatedBy;
  }

  get revision(): number {
    return this.#held().revision;
  }

  get constraints(): ValueRecord {
    return this.#held().constraints;
  }

  get stale(): Staleness | undefined {
    return this.#held().stale;
  }

  #held(): Held<V> {
    return this.#slot.current ?? raise(this.#slot, this.#session);
  }
}

function count(reads: ReadCounter, isHit: boolean): void {
  if (isHit) reads.hit();
  else reads.miss();
}

/** Makes the handle of one variable. */
export const createVariableHandle = <V>(parts: VariableHandleParts<V>): VariableHandle<V> =>
  Object.assign(new Present(parts.slot, parts.session), createCalls(parts));

type Calls<V> = Pick<VariableHandle<V>, "set" | "update" | "subscribe" | "changes" | "until">;

function createCalls<V>(parts: VariableHandleParts<V>): Calls<V> {
  const { slot, session, writer, listeners } = parts;
  return {
    set(value, options) {
      const refused = options === undefined ? undefined : refuseArguments(handleArguments.set, [value, options]);
      return refused === undefined ? writer.set(slot, value, options) : Promise.reject(refused);
    },
    async update(change, options) {
      requireArguments(handleArguments.update, [change, options]);
      return writer.update(slot, change, options);
    },
    subscribe(listener, options = {}) {
      requireArguments(handleArguments.subscribe, [listener, options]);
      const { immediate = false } = options;
      const stop = listeners.add((change) => listener(change.value, change));
      const { current } = slot;
      if (immediate && current !== undefined) {
        const change = initialChange(slot, current);
        callIsolated(() => listener(change.value, change), parts.onError);
      }
      return stop;
    },
    changes(options = {}) {
      requireArguments(handleArguments.changes, [options]);
      const { signal, capacity = 1024 } = options;
      const leave = () => {
        stop();
        parts.endings()?.delete(ending);
        signal?.removeEventListener("abort", finish);
      };
      const queue = createChangeQueue<V>(capacity, leave);
      const finish = () => {
        leave();
        queue.end();
      };
      const ending: Ending = { end: finish };
      const stop = listeners.add((change) => queue.push(change));
      const endings = parts.endings();
      endings?.add(ending);
      if (endings === undefined || signal?.aborted) finish();
      else signal?.addEventListener("abort", finish);
      return queue;
    },
    async until(condition, options = {}) {
      requireArguments(handleArguments.until, [condition, options]);
      const observed = {
        name: slot.name,
        session,
        read: () => (slot.current ?? raise(slot, session)).value,
        follow: (listener: (value: V) => void) =>
          listeners.add(({ kind, value }) => kind === "deleted" || listener(value)),
        endings: parts.endings,
      };
      return waitUntil(observed, condition, options.signal);
    },
  };
}

function raise(slot: VariableSlot, session: string): never {
  if (slot.problem !== undefined) throw slot.problem;
  const message = `session "${session}" has no variable "${slot.name}" at present`;
  throw storeError("not_found", message, { resource: "variable", id: slot.name });
}

const initialChange = <V>(slot: VariableSlot<V>, held: Held<V>): Change<V> => ({
  kind: "initial",
  key: slot.key,
  name: slot.name,
  id: held.id,
  version: held.version,
  value: held.value,
  revision: held.revision,
  updatedAtMs: held.updatedAtMs,
  actor: held.updatedBy,
  origin: "other",
  metadata: {},
  lagged: false,
});
