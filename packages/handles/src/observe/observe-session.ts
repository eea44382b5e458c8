import { isStoreError, requireArguments, type Store, StoreError, unknownVariable } from "@trimtab/core";
import { observerArguments, observingArguments } from "../argument-kinds.ts";
import type { ConnectionState } from "../connection-state.ts";
import { type ConnectionStatus, errorOf, statusOf } from "../connection-status.ts";
import { createListeners, createOnError, type Listeners, type OnError } from "../listeners.ts";
import { createLiveWatch, type LiveWatch } from "../live-watch.ts";
import { sessionClosed } from "../session-runtime.ts";
import { systemTimers, type Timers } from "../timers.ts";
import { unheard } from "../unheard.ts";
import type { ObservedEvent } from "./observed-event.ts";
import { type BatchSize, createObserver, type ObserveOptions, type Observer } from "./observer.ts";
import { createObserverTable, type ObserveTarget } from "./observer-table.ts";
import { createSessionEvents } from "./session-events.ts";

/** Observers of one session's variables, over one watch that comes back by itself. */
export interface SessionObservers {
  readonly status: ConnectionStatus;
  /** Observers of a variable, or of the whole session. */
  count(target?: ObserveTarget): number;
  /**
   * Calls an observer with each event, in the order of the commits. Observers of one event are called in order of
   * priority; each has a queue of its own, so that one which is slow, or throws, holds up nobody else. The same observer
   * on the same target, by its name or its id, counts once, with its latest options.
   *
   * @returns what ends it
   * @throws StoreError `not_found` where a ref names no variable, `invalid_argument` for a time or a size that is none,
   *   `cancelled` after {@link close}
   */
  observe(target: ObserveTarget, observer: EventObserver, options?: ObserveOptions): () => void;
  /** As {@link observe}, several events at a time. */
  observeBatches(
    target: ObserveTarget,
    observer: BatchObserver,
    options?: ObserveOptions & { batch?: BatchSize },
  ): () => void;
  /** Ends an observation; ending one that is not there is fine. */
  unobserve(target: ObserveTarget, observer: EventObserver | BatchObserver): void;
  /** Ends every observation and the watch. */
  close(): void;
}

/** Is told one event at a time; a promise it gives is waited for before the next. */
export type EventObserver = (event: ObservedEvent) => unknown;
/** Is told several events at a time. */
export type BatchObserver = (events: readonly ObservedEvent[]) => unknown;

/** What {@link observeSession} takes beside the session. */
export interface ObserveSessionOptions {
  /** Hears of what observers and their filters throw; otherwise it counts as uncaught. */
  readonly onError?: OnError;
  /** Deliveries that may wait for one observer before they are merged, at least 1; 1024 unless given. */
  readonly capacity?: number;
  /** How long the watch may be silent before it is taken for dead, at least 1 ms; 45 000 unless given: three bookmarks. */
  readonly livenessTimeoutMs?: number;
  /** Timers and randomness, for tests. */
  readonly timers?: Timers;
}

/**
 * Opens a session for observation; resolves when everything from then on will be told. Rejects with what the store
 * says, such as `session_not_found`, and with `deadline_exceeded` where calls are answered and the watch stays silent; while the
 * store is merely unavailable it keeps trying.
 */
export async function observeSession(
  store: Store,
  session: string,
  options: ObserveSessionOptions = {},
): Promise<SessionObservers> {
  requireArguments(observingArguments, [store, session, options]);
  const { timers = systemTimers, livenessTimeoutMs = 45_000, capacity = 1024 } = options;
  const onError = createOnError(options.onError);
  const events = createSessionEvents();
  const table = createObserverTable(events.otherName);
  const states = createListeners<[ConnectionState]>(onError);
  const watch = createLiveWatch({
    session,
    timers,
    livenessTimeoutMs,
    open: ({ after }, signal) => store.watch(session, {}, { signal, ...(after !== undefined && { after }) }),
    onEvent: (event) => {
      const told = events.read(event);
      return () => {
        for (const each of told) table.tell(each);
      };
    },
    onState: (state) => states.emit(state),
  });
  const isAnswered = () => store.getSession(session).then(() => true, isRefusal);
  await whenReady(watch, { states, isAnswered, tooLate: unheard(session, livenessTimeoutMs) });
  const add = (
    target: ObserveTarget,
    key: EventObserver | BatchObserver,
    make: () => Observer,
    signal: AbortSignal | undefined,
  ) => {
    if (typeof target === "string" && !events.has(target)) {
      throw new StoreError(unknownVariable(target));
    }
    if (watch.state.kind === "closed") throw sessionClosed(session);
    const release = () => signal?.removeEventListener("abort", remove);
    const remove = table.add(target, key, releasing(make(), release));
    signal?.addEventListener("abort", remove);
    if (signal?.aborted) remove();
    return remove;
  };
  const means = { timers, onError, capacity };
  return {
    get status() {
      return statusOf(watch.state);
    },
    count(target) {
      requireArguments(observerArguments.count, [target]);
      return table.count(target);
    },
    observe(target, observer, how = {}) {
      requireArguments(observerArguments.observe, [target, observer, how]);
      const notify = ([event]: readonly ObservedEvent[]) => (event === undefined ? undefined : observer(event));
      return add(target, observer, () => createObserver(notify, how, means), how.signal);
    },
    observeBatches(target, observer, how = {}) {
      requireArguments(observerArguments.observeBatches, [target, observer, how]);
      return add(target, observer, () => createObserver(observer, { batch: {}, ...how }, means), how.signal);
    },
    unobserve(target, observer) {
      requireArguments(observerArguments.unobserve, [target, observer]);
      table.remove(target, observer);
    },
    close() {
      watch.close();
      table.clear();
    },
  };
}

/** An observer that lets go of its signal however it ends. */
const releasing = (observer: Observer, release: () => void): Observer => ({
  ...observer,
  close() {
    release();
    observer.close();
  },
});

/** What is known of a watch that is being opened. */
interface Opening {
  readonly states: Listeners<[ConnectionState]>;
  /** Asks whether calls come through. */
  isAnswered(): Promise<boolean>;
  /** The error where they do, and the watch is silent. */
  readonly tooLate: StoreError;
}

/** Connects, and waits for the first view; gives up where the store refuses, or only calls are answered. */
function whenReady(watch: LiveWatch, { states, isAnswered, tooLate }: Opening): Promise<void> {
  return new Promise((resolve, reject) => {
    const fail = (error: StoreError | undefined) => {
      stop();
      watch.close();
      reject(error);
    };
    const stop = states.add((state) => {
      const [status, error] = [statusOf(state), errorOf(state)];
      if (status === "error") fail(error);
      if (status === "ready") {
        stop();
        resolve();
      } else if (state.kind === "backing-off" && state.error.is("deadline_exceeded")) {
        void isAnswered().then((answered) => answered && statusOf(watch.state) === "connecting" && fail(tooLate));
      }
    });
    watch.open();
  });
}

/** Whether an error is the store's own answer. */
const isRefusal = (error: unknown): boolean =>
  isStoreError(error) && !error.is("unavailable") && !error.is("deadline_exceeded");
