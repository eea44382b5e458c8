import type { Permissions } from "../access/access-rule.ts";
import type { Origin } from "../origin.ts";
import type { Payload, Value, ValueRecord } from "../payload.ts";
import type { Variable } from "../variable.ts";

/** The part of a store that is watched. */
export interface WatchStore {
  /**
   * Watches variables. The first event is a `snapshot` unless `after` resumes an earlier watch; from there every
   * commit that touches a selected variable arrives once, in order, whole, with its own values. Where the history
   * between the token and now is gone, a `reset` carries a full view instead; where nothing has happened since, a
   * `bookmark` says so at once. A slow reader slows nobody. Without `after` it rejects with `not_found` where a ref names
   * no variable; a pattern may match nothing yet, but one with `/`, which no name holds, rejects with `invalid_argument`. A token that is none rejects with `invalid_argument`.
   */
  watch(session: string, selection?: Selection, options?: WatchOptions): AsyncIterable<WatchEvent>;
}

/**
 * What to watch: these refs and whatever matches the glob; everything where neither is given. Of another session's variables
 * it is those that are named, to which a glob adds none.
 */
export interface Selection {
  /** Ids or names; an empty list is none given. */
  readonly refs?: readonly string[];
  /** A glob over names: `*` stands for any run of characters, everything else for itself. */
  readonly pattern?: string;
}

/** From where to watch, and what to tell of what changes. */
export interface WatchOptions {
  /** The token of the last event seen; the watch goes on right after it. */
  readonly after?: string;
  /** `false` starts at the present revision without a snapshot of values. */
  readonly initialValues?: boolean;
  /**
   * When the reader falls behind, send each variable's latest change instead of every one, with its newest value and the one
   * from before the first.
   */
  readonly coalesce?: boolean;
  /** Send the value before the change along with it. */
  readonly oldValues?: boolean;
  /**
   * A CEL expression on `old` and `new`, for instance `abs(new - old) > 0.1`: only updates for which it is true are sent.
   * An update for which it cannot be evaluated, since one value is missing or of another type, is sent.
   * Registrations, deletions and everything else is sent regardless. Rejects with `invalid_expression`.
   */
  readonly filter?: string;
  /** Leave out updates that set the value that was there already. */
  readonly distinct?: boolean;
  /**
   * Tell, too, when the access rules for all variables of the session are set. Those of one variable are part of it, and told
   * without. A watch of another session's variables is not told.
   */
  readonly sessionPermissions?: boolean;
  /** Ends the watch, without an error. */
  readonly signal?: AbortSignal;
}

/** What a watch yields. `token` resumes right after the event; no token of any event runs ahead of what was sent. */
export type WatchEvent =
  /** The selected variables as they are at `revision`. */
  | {
      readonly kind: "snapshot";
      readonly revision: number;
      readonly token: string;
      readonly variables: readonly Variable[];
    }
  /**
   * As `snapshot`, where what came before cannot be told any more, or where what may be observed has changed: drop what
   * you hold.
   */
  | {
      readonly kind: "reset";
      readonly cause: "history_lost" | "session_recreated" | "access_changed";
      readonly revision: number;
      readonly token: string;
      readonly variables: readonly Variable[];
    }
  /** One commit, or several merged into one where `coalesced`. */
  | ChangesEvent
  /** Nothing selected has changed up to `revision`. */
  | { readonly kind: "bookmark"; readonly revision: number; readonly token: string }
  /** The session is gone and the watch is over. */
  | {
      readonly kind: "ended";
      readonly cause: "session_deleted" | "session_expired";
      readonly revision: number;
      readonly token: string;
    };

/** What one commit, or several merged into one, did to the variables that are watched. */
export interface ChangesEvent {
  readonly kind: "changes";
  readonly revision: number;
  readonly token: string;
  /** When it was committed, in milliseconds since the Unix epoch. */
  readonly atMs: number;
  readonly actor: string;
  readonly origin: Origin;
  readonly coalesced: boolean;
  readonly changes: readonly VariableChange[];
  /** The access rules for all variables of the session, where they were set and the watch asked for them. */
  readonly sessionPermissions?: Permissions;
}

/**
 * What one commit did to one variable. `changed` is everything but its value, `staleness` a derived value that no longer
 * follows from its dependencies, or does again, and `dependency-changed` a notice to one that depends without being derived.
 * Of several that are merged into one, what is `changed` or `staleness` may have a new value, too.
 */
export interface VariableChange {
  readonly kind: "registered" | "updated" | "changed" | "deleted" | "staleness" | "dependency-changed";
  readonly id: string;
  readonly name: string;
  readonly version: number;
  /** The new value, or for `deleted` the last one; null for `dependency-changed`. */
  readonly value: Value;
  readonly payload: Payload;
  /** Only where the watch asked for old values and there was one. */
  readonly oldValue?: Value;
  /** The exact stored form of `oldValue`. */
  readonly oldPayload?: Payload;
  /** What the writer said of this write. */
  readonly metadata: ValueRecord;
  /** The whole variable, where more than its value is new: `registered`, `changed` and `staleness`. */
  readonly variable?: Variable;
  /** The value is the one that was there already. */
  readonly unchanged?: true;
  /** Ids of the variables whose new values caused this, where it was computed from them. */
  readonly causedBy?: readonly string[];
}
