import { type ErrorCode, isStoreError, type StoreError, storeError } from "@trimtab/core";

/**
 * Where a watch stands. This machine is pure: it says what to do, and `createLiveWatch` does it.
 *
 * `provision` asks for the session and its variables to be ensured before watching, `after` resumes an earlier stream;
 * never both. `failures` counts failures in a row.
 */
export type ConnectionState =
  | { readonly kind: "idle" }
  /** A stream is asked for and has said nothing yet. */
  | ({ readonly kind: "connecting"; readonly error?: StoreError } & Plan)
  /** Events arrive. */
  | { readonly kind: "live"; readonly after: string }
  /** The stream went silent; a new one is asked for from the same place and has said nothing yet. */
  | { readonly kind: "stale"; readonly after: string }
  /** Waiting to try again. */
  | ({ readonly kind: "backing-off"; readonly error: StoreError } & Plan)
  /** Trying again would not help; only the program can say when to. */
  | ({ readonly kind: "failed"; readonly error: StoreError } & Plan)
  | { readonly kind: "closed" };

/** How the next stream is to be opened, and what led there. */
interface Plan {
  readonly wasLive: boolean;
  readonly failures: number;
  readonly provision: boolean;
  readonly after?: string;
}

/** What happens to a connection. */
export type ConnectionInput =
  /** The program wants to be connected, now. */
  | { readonly kind: "open" }
  | { readonly kind: "event-received"; readonly token: string }
  /** The stream said that what it watched is over: nothing can be resumed. */
  | {
      readonly kind: "session-ended";
      readonly session: string;
      readonly cause: "session_deleted" | "session_expired" | "session_recreated";
    }
  | { readonly kind: "stream-failed"; readonly error: StoreError }
  | { readonly kind: "stream-ended" }
  /** The stream has said nothing for too long, not even a bookmark. */
  | { readonly kind: "liveness-timeout" }
  | { readonly kind: "retry-due" }
  | { readonly kind: "close" };

/** What is to be done about it, in this order. */
export type ConnectionOutput =
  /** Open a stream and start to measure its silence. */
  | { readonly kind: "connect"; readonly provision: boolean; readonly after?: string }
  /** Give up the stream that is open. */
  | { readonly kind: "disconnect" }
  /** Start to measure the stream's silence again. */
  | { readonly kind: "expect-event" }
  /** Report `retry-due` after a backoff for so many failures, and not before `notBeforeMs`. */
  | { readonly kind: "retry-later"; readonly failures: number; readonly notBeforeMs: number }
  | { readonly kind: "cancel-timers" };

/** A step of the machine. */
export interface Transition {
  readonly state: ConnectionState;
  readonly outputs: readonly ConnectionOutput[];
}

export type StateKind = ConnectionState["kind"];
export type InputKind = ConnectionInput["kind"];
type In<S extends StateKind> = Extract<ConnectionState, { kind: S }>;
type On<I extends InputKind> = Extract<ConnectionInput, { kind: I }>;
type Cell<S extends StateKind, I extends InputKind> = (state: In<S>, input: On<I>) => Transition;
/** One cell for every state and input: a missing one does not compile. */
type Table = { readonly [S in StateKind]: { readonly [I in InputKind]: Cell<S, I> } };

/** The state before the program asks to be connected. */
export const initialConnection: ConnectionState = { kind: "idle" };

/** Moves the machine by one input; total, so every input is allowed in every state. */
export function transition(state: ConnectionState, input: ConnectionInput): Transition {
  // The table is exact for each pair; that the two lookups belong together is beyond what the compiler follows.
  const cell = connectionTable[state.kind][input.kind] as Cell<StateKind, InputKind>;
  return cell(state, input);
}

const ignore = (state: ConnectionState): Transition => ({ state, outputs: [] });

const close = (state: ConnectionState): Transition => ({
  state: { kind: "closed" },
  outputs: state.kind === "idle" ? [] : [{ kind: "disconnect" }, { kind: "cancel-timers" }],
});

const received = (_: ConnectionState, { token }: On<"event-received">): Transition => ({
  state: { kind: "live", after: token },
  outputs: [{ kind: "expect-event" }],
});

/** Every state and every input. Read it row by row: what a state makes of all that can happen. */
export const connectionTable: Table = {
  idle: {
    open: () => connect({ wasLive: false, failures: 0, provision: true }),
    "event-received": ignore,
    "session-ended": ignore,
    "stream-failed": ignore,
    "stream-ended": ignore,
    "liveness-timeout": ignore,
    "retry-due": ignore,
    close,
  },
  connecting: {
    open: ignore,
    "event-received": received,
    "session-ended": sessionEnded,
    "stream-failed": (state, { error }) => failed(state, error),
    "stream-ended": (state) => failed(state, streamEnded()),
    "liveness-timeout": (state) => disconnected(failed(state, silent())),
    "retry-due": ignore,
    close,
  },
  live: {
    open: ignore,
    "event-received": received,
    "session-ended": (state, input) => sessionEnded(planOf(state), input),
    "stream-failed": (state, { error }) => failed(planOf(state), error),
    "stream-ended": (state) => failed(planOf(state), streamEnded()),
    "liveness-timeout": ({ after }) => ({
      state: { kind: "stale", after },
      outputs: [{ kind: "disconnect" }, { kind: "connect", provision: false, after }],
    }),
    "retry-due": ignore,
    close,
  },
  stale: {
    open: ignore,
    "event-received": received,
    "session-ended": (state, input) => sessionEnded(planOf(state), input),
    "stream-failed": (state, { error }) => failed(planOf(state), error),
    "stream-ended": (state) => failed(planOf(state), streamEnded()),
    "liveness-timeout": (state) => disconnected(failed(planOf(state), silent())),
    "retry-due": ignore,
    close,
  },
  "backing-off": {
    open: (state) => withOutputs([{ kind: "cancel-timers" }], connect(state)),
    "event-received": ignore,
    "session-ended": ignore,
    "stream-failed": ignore,
    "stream-ended": ignore,
    "liveness-timeout": ignore,
    "retry-due": connect,
    close,
  },
  failed: {
    open: (state) => connect({ ...state, failures: 0 }),
    "event-received": ignore,
    "session-ended": ignore,
    "stream-failed": ignore,
    "stream-ended": ignore,
    "liveness-timeout": ignore,
    "retry-due": ignore,
    close,
  },
  closed: {
    open: ignore,
    "event-received": ignore,
    "session-ended": ignore,
    "stream-failed": ignore,
    "stream-ended": ignore,
    "liveness-timeout": ignore,
    "retry-due": ignore,
    close: ignore,
  },
};

const planOf = ({ after }: In<"live"> | In<"stale">): Plan => ({ wasLive: true, failures: 0, provision: false, after });

/** Copies a plan out of whatever state carries it. */
const plan = ({ wasLive, failures, provision, after }: Plan): Plan => ({
  wasLive,
  failures,
  provision,
  ...(after !== undefined && { after }),
});

/** The plan for a session that is gone: make it again, and resume nothing. */
const afresh = ({ wasLive, failures }: Plan): Plan => ({ wasLive, failures, provision: true });

const withOutputs = (first: readonly ConnectionOutput[], { state, outputs }: Transition): Transition => ({
  state,
  outputs: [...first, ...outputs],
});

const disconnected = (next: Transition): Transition => withOutputs([{ kind: "disconnect" }], next);

function connect(from: Plan & { readonly error?: StoreError }): Transition {
  const { provision, after } = from;
  return {
    state: { kind: "connecting", ...plan(from), ...(from.error && { error: from.error }) },
    outputs: [{ kind: "connect", provision, ...(after !== undefined && { after }) }],
  };
}

function sessionEnded(from: Plan, { session, cause }: On<"session-ended">): Transition {
  // Whoever deletes a session means it, so it is not made again behind their back. One that expired while it was
  // being watched, or was made anew by somebody else, is still wanted.
  if (cause !== "session_deleted") return disconnected(connect(afresh(from)));
  const error = storeError("session_not_found", `session "${session}" was deleted`, { session });
  return disconnected(stopped(from, error));
}

function failed(before: Plan, error: StoreError): Transition {
  const from: Plan = { ...plan(before), failures: before.failures + 1 };
  const sessionGone = error.is("session_not_found") || error.is("session_expired");
  if (!from.wasLive && (sessionGone || error.is("not_found"))) return stopped(from, error);
  if (sessionGone) {
    // A server that came back without its sessions is there to be asked at once; if that fails too, it waits.
    const next = afresh(from);
    return before.provision
      ? waiting(next, error)
      : withOutputs([{ kind: "cancel-timers" }], connect({ ...next, error }));
  }
  return pointless.has(error.code) && !error.is("not_found") ? stopped(from, error) : waiting(from, error);
}

/** Codes of refusals that the same request would meet again. */
const pointless: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  "invalid_argument",
  "already_exists",
  "failed_precondition",
  "out_of_range",
  "permission_denied",
  "unauthenticated",
  "unimplemented",
  "data_loss",
]);

const waiting = (from: Plan, error: StoreError): Transition => ({
  state: { kind: "backing-off", ...plan(from), error },
  outputs: [
    { kind: "cancel-timers" },
    { kind: "retry-later", failures: from.failures, notBeforeMs: retryAfterMs(error) },
  ],
});

const stopped = (from: Plan, error: StoreError): Transition => ({
  // Whatever stood in the way may have been the token or the session, so the next attempt starts from nothing.
  state: { kind: "failed", ...afresh(from), error },
  outputs: [{ kind: "cancel-timers" }],
});

function retryAfterMs(error: StoreError): number {
  if (isStoreError(error, "unavailable") || isStoreError(error, "limit_exceeded"))
    return error.details.retryAfterMs ?? 0;
  return 0;
}

const silent = (): StoreError => storeError("deadline_exceeded", "the watch has been silent for too long", {});
const streamEnded = (): StoreError => storeError("unavailable", "the watch ended without a reason", {});
