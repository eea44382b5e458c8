import { isStoreError, type StoreError, storeError, type WatchEvent } from "@trimtab/core";
import { backoffMs } from "./backoff.ts";
import { transition } from "./connection.ts";
import {
  type ConnectionInput,
  type ConnectionOutput,
  type ConnectionState,
  initialConnection,
} from "./connection-state.ts";
import type { Timers } from "./timers.ts";

/** How one stream is to be opened. */
export interface StreamRequest {
  /** Ensure the session and its variables first. */
  readonly provision: boolean;
  /** Token to go on from. */
  readonly after?: string;
}

/** What {@link createLiveWatch} is made of. */
export interface LiveWatchParts {
  readonly session: string;
  /** Opens one stream, which ends when the signal is aborted: with `deadline_exceeded` where the stream was silent for too long. */
  open(request: StreamRequest, signal: AbortSignal): AsyncIterable<WatchEvent>;
  /** Takes an event in, and gives what is to be told of it once the connection's own state is up to date. */
  onEvent(event: WatchEvent): () => void;
  onState(state: ConnectionState): void;
  readonly timers: Timers;
  /** How long a stream may say nothing, in milliseconds. */
  readonly livenessTimeoutMs: number;
}

/** A watch that comes back: one stream at a time, reopened where it broke off. */
export interface LiveWatch {
  readonly state: ConnectionState;
  /** Connects, or tries again now where it had given up or was waiting. */
  open(): void;
  /** Ends the watch for good; no event is delivered from here on. */
  close(): void;
}

/** Carries out what the connection machine decides: opens streams, keeps timers, and feeds back what happens. */
export function createLiveWatch(parts: LiveWatchParts): LiveWatch {
  const { session, timers } = parts;
  let state: ConnectionState = initialConnection;
  let stream: AbortController | undefined;
  let cancelRetry = () => {};
  let cancelLiveness = () => {};

  const dispatch = (input: ConnectionInput): void => {
    const before = state;
    const next = transition(state, input);
    state = next.state;
    for (const output of next.outputs) carryOut(output);
    if (state !== before) parts.onState(state);
  };

  const expectEvent = (): void => {
    cancelLiveness();
    const run = () => dispatch({ kind: "liveness-timeout" });
    cancelLiveness = timers.schedule(parts.livenessTimeoutMs, run, { background: true });
  };

  const carryOut = (output: ConnectionOutput): void => {
    switch (output.kind) {
      case "connect":
        stream = new AbortController();
        expectEvent();
        void follow(output, stream);
        return;
      case "disconnect":
        stream?.abort(output.error);
        stream = undefined;
        return;
      case "expect-event":
        expectEvent();
        return;
      case "retry-later": {
        const delayMs = Math.max(output.notBeforeMs, backoffMs(output.failures, timers.random()));
        cancelRetry = timers.schedule(delayMs, () => dispatch({ kind: "retry-due" }));
        return;
      }
      case "cancel-timers":
        cancelRetry();
        cancelLiveness();
        return;
    }
  };

  /** Reads one stream to its end. What a stream says after it was given up is nobody's business any more. */
  const follow = async (request: StreamRequest, controller: AbortController): Promise<void> => {
    try {
      for await (const event of parts.open(request, controller.signal)) {
        if (stream !== controller) return;
        receive(event);
        if (stream !== controller) return;
      }
      if (stream === controller) dispatch({ kind: "stream-ended" });
    } catch (error) {
      if (stream === controller) dispatch({ kind: "stream-failed", error: toStoreError(error) });
    }
  };

  const receive = (event: WatchEvent): void => {
    const ended = endOf(event);
    if (ended !== undefined) {
      dispatch({ kind: "session-ended", session, cause: ended });
      return;
    }
    const tell = parts.onEvent(event);
    dispatch({ kind: "event-received", token: event.token });
    tell();
  };

  return {
    get state() {
      return state;
    },
    open: () => dispatch({ kind: "open" }),
    close: () => dispatch({ kind: "close" }),
  };
}

/** Says why a stream is of no use any more, where the event means that it is. */
function endOf(event: WatchEvent) {
  if (event.kind === "ended") return event.cause;
  return event.kind === "reset" && event.cause === "session_recreated" ? event.cause : undefined;
}

/** Anything caught, as the one error that programs see. */
const toStoreError = (error: unknown): StoreError =>
  isStoreError(error)
    ? error
    : storeError("internal", error instanceof Error ? error.message : String(error), {}, { cause: error });
