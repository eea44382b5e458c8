import { type ErrorCode, isStoreClosed, isStoreError, type StoreError, storeError } from "@trimtab/core";
import type { ConnectionInput, ConnectionOutput, ConnectionState, Plan } from "./connection-state.ts";

/** A step of the machine. */
export interface Transition {
  readonly state: ConnectionState;
  readonly outputs: readonly ConnectionOutput[];
}

/** The kinds of states, which are the rows of the table. */
export type StateKind = ConnectionState["kind"];
/** The kinds of inputs, which are its columns. */
export type InputKind = ConnectionInput["kind"];
type In<S extends StateKind> = Extract<ConnectionState, { kind: S }>;
type On<I extends InputKind> = Extract<ConnectionInput, { kind: I }>;
type Cell<S extends StateKind, I extends InputKind> = (state: In<S>, input: On<I>) => Transition;
/** One cell for every state and input: a missing one does not compile. */
type Table = { readonly [S in StateKind]: { readonly [I in InputKind]: Cell<S, I> } };

/**
 * Moves a connection by one input. Total, so every input is allowed in every state, and pure: it says what to do, and
 * `createLiveWatch` does it.
 */
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
    "liveness-timeout": (state) => gaveUp(state),
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
      outputs: [
        { kind: "disconnect", error: silent() },
        { kind: "connect", provision: false, after },
      ],
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
    "liveness-timeout": (state) => gaveUp(planOf(state)),
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

function gaveUp(from: Plan): Transition {
  const error = silent();
  return withOutputs([{ kind: "disconnect", error }], failed(from, error));
}

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
  const reason = cause === "session_expired" ? "session_expired" : "session_not_found";
  const error = storeError(reason, `session "${session}" ${endings[cause]}`, { session });
  return disconnected(cause === "session_deleted" ? stopped(from, error) : failed(from, error));
}

const endings: Record<On<"session-ended">["cause"], string> = {
  session_deleted: "was deleted",
  session_expired: "has expired",
  session_recreated: "was deleted and made anew",
};

function failed(before: Plan, error: StoreError): Transition {
  const from: Plan = { ...plan(before), failures: before.failures + 1 };
  if (isStoreClosed(error)) return stopped(from, error);
  const sessionGone = error.is("session_not_found") || error.is("session_expired");
  if (!from.wasLive && (sessionGone || error.is("not_found"))) return stopped(from, error);
  if (sessionGone) {
    // A server that came back without its sessions is there to be asked at once; if that fails too, it waits.
    return before.provision ? waiting(from, error) : connect({ ...afresh(from), error });
  }
  return pointless.has(error.code) && !mayBeKnownAnew(before, error) ? stopped(from, error) : waiting(from, error);
}

/** What said who calls may have been for a time that is over: the next attempt is made with what there is by then. */
const mayBeKnownAnew = ({ wasLive, failures, provision }: Plan, error: StoreError): boolean =>
  error.code === "unauthenticated" && wasLive && failures === 0 && !provision;

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

const retryAfterMs = (error: StoreError): number =>
  (isStoreError(error, "unavailable") || isStoreError(error, "limit_exceeded") ? error.details.retryAfterMs : 0) ?? 0;

const silent = (): StoreError => storeError("deadline_exceeded", "the watch has been silent for too long", {});
const streamEnded = (): StoreError => storeError("unavailable", "the watch ended without a reason", {});
