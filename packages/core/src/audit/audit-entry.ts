import type { Permission } from "../access/access-rule.ts";
import type { Origin } from "../origin.ts";
import type { Page, PageOptions } from "../store/page.ts";
import type { ErrorReason } from "../store-error.ts";

/** How a call came out: it was done; access was denied; it was refused for another reason; it failed by no fault of the caller. */
export const auditOutcomes = ["succeeded", "denied", "refused", "failed"] as const;

/** One of {@link auditOutcomes}. */
export type AuditOutcome = (typeof auditOutcomes)[number];

/**
 * What decided whether a call was allowed: ownership; an access rule of the variable, or of the session; that no rule
 * matched; that something behind a derived variable is not for the caller; that the principal may not act as the
 * session; that the caller could not say who it is. `process`: nobody asked, since it was the process itself.
 */
export type AuditBasis =
  | "owner"
  | "variable-rule"
  | "session-rule"
  | "no-rule"
  | "dependency"
  | "principal"
  | "credentials"
  | "process";

/** One thing that someone did, or tried to do, to one variable, to a study or a trial of one, or to a session as a whole. Values are never in it. */
export interface AuditEntry {
  /** Unique; later entries sort after earlier ones. */
  readonly id: string;
  readonly recordedAtMs: number;
  /** The session that it was done to; empty where none was named. */
  readonly session: string;
  /** The session that called. */
  readonly callerSession: string;
  /** Who is answerable, as the caller says. */
  readonly actor: string;
  /** Who the caller is, as was established; empty where nobody asked. */
  readonly principal: string;
  readonly origin: Origin;
  readonly peer: AuditPeer;
  /** What was called, for instance `SetVariable`. */
  readonly action: string;
  /** The permission that was lacking, or that it took. */
  readonly permission?: Permission;
  /** Empty where it was not about a variable, or named none. */
  readonly variableId: string;
  /** The variable's name, or what the caller sent where it named none. */
  readonly variableName: string;
  readonly oldVersion?: number;
  readonly newVersion?: number;
  /** Id of the study; absent where it was not about one. Applying a trial is a change of variables. */
  readonly study?: string;
  /** Number of the trial; absent where it was about a study as a whole. */
  readonly trial?: number;
  /** Revision of the commit, or of the study where it was done to one; 0 where nothing was. */
  readonly revision: number;
  readonly outcome: AuditOutcome;
  /** Why it did not succeed. */
  readonly reason?: ErrorReason;
  /** What decided whether it was allowed; absent where that was not asked, or is not known. */
  readonly basis?: AuditBasis;
  /** The access rule that decided, where one did. */
  readonly decidingRule?: string;
  readonly requestId?: string;
}

/** Where a call came from; empty for one within the process, whose protocol is `in-process`. */
export interface AuditPeer {
  readonly address: string;
  readonly userAgent: string;
  readonly protocol: string;
}

/** Which entries to tell; what is left out does not matter. Texts of at most 512 characters, lists of at most 100. */
export interface AuditFilter {
  /** Id or name of a variable. */
  readonly variable?: string;
  /** Id of a study. */
  readonly study?: string;
  readonly actor?: string;
  readonly callerSession?: string;
  readonly actions?: readonly string[];
  readonly outcomes?: readonly AuditOutcome[];
}

/** Which entries to list. */
export interface ListAuditOptions extends PageOptions {
  readonly filter?: AuditFilter;
  /** Only entries recorded at this moment or later, in milliseconds since the Unix epoch. */
  readonly fromMs?: number;
  /** Only entries recorded before this moment. */
  readonly toMs?: number;
}

/** Which entries to watch, and from where. */
export interface WatchAuditOptions {
  readonly filter?: AuditFilter;
  /** The token of the last event seen; from now on, unless given. */
  readonly after?: string;
  /** Ends the watch, without an error. */
  readonly signal?: AbortSignal;
}

/** What a watch of an audit tells. With the token of any event another watch goes on right after it. */
export type AuditEvent =
  | { readonly kind: "entry"; readonly token: string; readonly entry: AuditEntry }
  /** So far nothing more was entered that fits. */
  | { readonly kind: "bookmark"; readonly token: string }
  /**
   * Entries are missing here: they are no longer kept, or the token is of another record, and what is kept follows from the
   * beginning. Says when the oldest that is kept was recorded; absent where none is.
   */
  | { readonly kind: "gap"; readonly token: string; readonly keptSinceMs?: number };

/** What is remembered of who did what. */
export interface AuditTrail {
  /**
   * Lists entries about a session, and of calls that it made, newest first. A page may hold fewer entries than it may, or none, and
   * go on nevertheless: only the last one has no token. Entries outlive the sessions that they speak of.
   */
  listAuditEntries(session: string, options?: ListAuditOptions): Promise<Page<AuditEntry>>;
  /**
   * Yields entries about a session, and of calls that it made, each once and in order: from a token on, or from now on after a
   * bookmark. A bookmark comes now and then while nothing else does. A slow reader misses nothing, as long as entries are kept.
   */
  watchAudit(session: string, options?: WatchAuditOptions): AsyncIterable<AuditEvent>;
}

/** Says whether a filter lets an entry through. */
export function matchesAudit(entry: AuditEntry, filter: AuditFilter): boolean {
  const { variable, study, actor, callerSession, actions = [], outcomes = [] } = filter;
  return (
    (variable === undefined || entry.variableId === variable || entry.variableName === variable) &&
    (study === undefined || entry.study === study) &&
    (actor === undefined || entry.actor === actor) &&
    (callerSession === undefined || entry.callerSession === callerSession) &&
    (actions.length === 0 || actions.includes(entry.action)) &&
    (outcomes.length === 0 || outcomes.includes(entry.outcome))
  );
}
