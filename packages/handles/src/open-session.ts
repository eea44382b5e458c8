import {
  type Declarations,
  type Origin,
  requireArguments,
  type Store,
  storeError,
  type WriteOptions,
} from "@trimtab/core";
import { openingArguments } from "./argument-kinds.ts";
import { errorOf } from "./connection-status.ts";
import { nameDeclarations } from "./declarations.ts";
import { createOnError, type OnError } from "./listeners.ts";
import { createLiveSession, type LiveSession } from "./live-session.ts";
import type { ProvisionOptions } from "./provision.ts";
import { createReadReports, type ReadsListener } from "./read-reports.ts";
import { createSessionRuntime, type SessionRuntime, sessionClosed } from "./session-runtime.ts";
import { systemTimers, type Timers } from "./timers.ts";
import { unheard } from "./unheard.ts";

/** What {@link openSession} takes beside the session and its variables. */
export interface OpenSessionOptions<D extends Declarations = Declarations> extends ProvisionOptions {
  /** Names of variables in the session, where they differ from the keys. */
  readonly names?: { readonly [K in keyof D & string]?: string };
  /** The runtime that writes come from; `typescript` unless given. */
  readonly origin?: Origin;
  /** Gives up opening, with `cancelled`. Once the session is open it has no effect. */
  readonly signal?: AbortSignal;
  /** How long to keep trying to open while the store cannot be reached, in milliseconds; 30 000 unless given, `Infinity` for ever. */
  readonly timeoutMs?: number;
  /** How long the watch may be silent before it is taken for dead, at least 1 ms; 45 000 unless given: three bookmarks. */
  readonly livenessTimeoutMs?: number;
  /**
   * Takes what callbacks throw and stored values that their declared type cannot read. Without it they are reported as
   * uncaught: `window.onerror` in a browser, `uncaughtException` in Node.
   */
  readonly onError?: OnError;
  /**
   * Takes reports of how often reads of a handle's `value` and of all values were answered from memory (hits), and
   * how often they could not be (misses): `analytics.of(store)` in process, `createAnalyticsClient(transport)` for a
   * server. Without it nothing is counted.
   */
  readonly reportReads?: ReadsListener;
  /** How long after the first read a report is sent, in milliseconds; 30 000 unless given. */
  readonly reportReadsMs?: number;
  /** Timers and randomness, for tests. */
  readonly timers?: Timers;
}

/**
 * Opens a session for a program: ensures that it exists and has the declared variables, and resolves when the value of
 * each is at hand. From then on one watch keeps them current, and comes back by itself when the connection breaks.
 *
 * A missing variable is registered with its default, all of them in one commit; an existing one keeps its value and
 * constraints. Where the server comes back without the session, both are ensured again.
 *
 * Rejects with `invalid_argument`, `invalid_constraints`, `validation_failed` or `constraint_violation` for declarations
 * that contradict themselves, before anything is sent; with `not_found` naming variables that have no default and do not
 * exist; with `invalid_type` naming both types where a variable has another than declared; with `session_not_found`
 * where `create` is `false`; with what the store refuses. While the store is merely unavailable it keeps trying, and rejects
 * with what stood in the way, or `deadline_exceeded`, after `timeoutMs`.
 */
export async function openSession<const D extends Declarations>(
  store: Store,
  id: string,
  declarations: D,
  options: OpenSessionOptions<D> = {},
): Promise<LiveSession<D>> {
  requireArguments(openingArguments, [store, id, declarations, options]);
  const { timers = systemTimers, actor, origin, signal, timeoutMs = 30_000, livenessTimeoutMs = 45_000 } = options;
  const { reportReadsMs: intervalMs = 30_000 } = options;
  const context: WriteOptions = { ...(actor !== undefined && { actor }), ...(origin !== undefined && { origin }) };
  const declared = nameDeclarations(declarations, options.names);
  const onError = createOnError(options.onError);
  const runtime = createSessionRuntime({
    store,
    id,
    declared,
    provisioning: options,
    context,
    timers,
    livenessTimeoutMs,
    onError,
    reads: options.reportReads && createReadReports({ session: id, listener: options.reportReads, timers, intervalMs }),
  });
  await whenOpened(runtime, { timers, timeoutMs, ...(signal && { signal }) });
  return createLiveSession<D>(runtime);
}

/** Connects, and waits for the first view of the variables; closes the session again where that fails. */
function whenOpened(
  runtime: SessionRuntime,
  { timers, timeoutMs, signal }: { timers: Timers; timeoutMs: number; signal?: AbortSignal },
): Promise<void> {
  return new Promise((resolve, reject) => {
    const conclude = (error?: unknown) => {
      cancelTimeout();
      stop();
      signal?.removeEventListener("abort", abort);
      if (error === undefined) return resolve();
      runtime.close();
      reject(error);
    };
    const abort = () => conclude(sessionClosed(runtime.id));
    const timeout = () => {
      const error = errorOf(runtime.watch.state);
      const isUnheard = runtime.isAnswered() && (error === undefined || error.is("deadline_exceeded"));
      conclude(isUnheard ? unheard(runtime.id, timeoutMs) : (error ?? tooLate(runtime.id, timeoutMs)));
    };
    const cancelTimeout = timers.schedule(timeoutMs, timeout);
    const stop = runtime.ofStatus.add((status, error) => {
      if (status === "ready" || status === "error") conclude(error);
    });
    signal?.addEventListener("abort", abort);
    if (signal?.aborted) abort();
    else runtime.watch.open();
  });
}

const tooLate = (session: string, timeoutMs: number) =>
  storeError("deadline_exceeded", `session "${session}" could not be opened within ${timeoutMs} ms`, {});
