import type { StoreError } from "@trimtab/core";

/** Where a connection stands. */
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
export interface Plan {
  /** Events have arrived before, so there are values to go on with. */
  readonly wasLive: boolean;
  /** Failures in a row. */
  readonly failures: number;
  /** Ensure the session and its variables first. */
  readonly provision: boolean;
  /** Token of the last event, to go on from; never together with `provision`. */
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
  /** Give up the stream that is open, for the reason that is given. */
  | { readonly kind: "disconnect"; readonly error?: StoreError }
  /** Start to measure the stream's silence again. */
  | { readonly kind: "expect-event" }
  /** Report `retry-due` after a backoff for so many failures, and not before `notBeforeMs`. */
  | { readonly kind: "retry-later"; readonly failures: number; readonly notBeforeMs: number }
  | { readonly kind: "cancel-timers" };

/** The state before the program asks to be connected. */
export const initialConnection: ConnectionState = { kind: "idle" };
