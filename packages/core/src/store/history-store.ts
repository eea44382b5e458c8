import type { VariableVersion } from "../history/session-history.ts";
import type { Origin } from "../origin.ts";
import type { ValueRecord } from "../payload.ts";
import type { Variable } from "../variable.ts";
import type { Page, PageOptions } from "./page.ts";
import type { CreateSessionOptions, Session } from "./session-store.ts";
import type { VariableChange } from "./watch-store.ts";
import type { Receipt, SetOptions, WriteOptions, Written } from "./write.ts";

/** A point in a session's history: right after a commit, right after the last commit up to a time, or where a label stands. */
export type SessionPoint =
  | { readonly kind: "revision"; readonly revision: number }
  | { readonly kind: "time"; readonly atMs: number }
  | { readonly kind: "label"; readonly label: string };

/**
 * The part of a store that tells what was, and goes back to it. A point that is not kept is `not_found`, as is a revision that lies ahead;
 * a time that lies ahead means the present.
 */
export interface HistoryStore {
  /** Lists the versions of a variable, newest first; as many as the store keeps: 100, unless it says otherwise. */
  listVariableHistory(session: string, ref: string, options?: ListHistoryOptions): Promise<HistoryPage>;
  /**
   * Reads a variable as it was at a version or a point. Rejects with `version_not_found` where the version is no longer
   * kept or never was, and with `not_found` where the variable was not there then.
   */
  getVariableAt(session: string, ref: string, at: VersionPoint): Promise<Variable>;
  /** Reads a session's variables as they were at one point, oldest first. */
  getSessionAt(session: string, at: SessionPoint, options?: SessionAtOptions): Promise<SessionAtPage>;
  /** Lists the variables that differ between two points, by name. Either may be the earlier one. */
  diffRevisions(session: string, range: DiffRange, options?: SessionAtOptions): Promise<DiffPage>;
  /**
   * Gives a variable the value of an earlier version as a new version, which must satisfy the present constraints.
   * Going back to the present version changes nothing. Rejects with `version_not_found`, `cannot_rollback` for a derived
   * variable, `read_only`, `version_mismatch`, `constraint_violation` or `rule_violation`.
   */
  rollbackVariable(session: string, ref: string, to: VersionPoint, options?: SetOptions): Promise<RolledBack>;
  /** Takes several variables back in one commit: all of them or none. */
  rollbackVariables(
    session: string,
    rollbacks: readonly VariableRollback[],
    options?: WriteOptions,
  ): Promise<RolledBackAll>;
  /**
   * Gives all variables the values that they had at one point, in one commit; derived ones follow from the rest.
   * Nothing is lost: what was between stays in the history.
   */
  rollbackSession(session: string, to: SessionPoint, options?: RollbackSessionOptions): Promise<SessionRolledBack>;
  /** Lists commits, newest first. */
  listCommits(session: string, options?: ListCommitsOptions): Promise<Page<CommitSummary>>;
  /** Starts a new session with the state that this one had at a point. */
  forkSession(session: string, at: SessionPoint, options?: CreateSessionOptions): Promise<Session>;
}

/** A version of a variable, or a point of its session. */
export type VersionPoint = { readonly kind: "version"; readonly version: number } | SessionPoint;

/** Which versions of a variable to list, the newest first. */
export interface ListHistoryOptions extends PageOptions {
  /** Versions to pass over, counted from the newest that fits; 0 unless given. */
  readonly offset?: number;
  /** Only versions written at this time or later, in milliseconds since the Unix epoch. */
  readonly sinceMs?: number;
  /** Only versions written before this time. */
  readonly untilMs?: number;
  /** Only versions that optimizations of this optimizer wrote, or whose write named this `optimizer_id` in its metadata. */
  readonly optimizer?: string;
  /** Only versions that this optimization wrote. */
  readonly optimization?: string;
  /** `false` leaves out what each writer said. */
  readonly includeMetadata?: boolean;
}

/** One page of a variable's history, all as it was at `revision`. */
export interface HistoryPage extends Page<VariableVersion> {
  readonly revision: number;
}

/** Which variables of a past state to list. */
export interface SessionAtOptions extends PageOptions {
  /** A glob over names. */
  readonly pattern?: string;
}

/** One page of the variables of a past state. */
export interface SessionAtPage extends Page<Variable> {
  /** The revision that the point stands for. */
  readonly revision: number;
  readonly atMs: number;
}

/** The two points whose states are compared. */
export interface DiffRange {
  readonly before: SessionPoint;
  /** The present unless given. */
  readonly after?: SessionPoint;
}

/** One page of what differs between two revisions. */
export interface DiffPage extends Page<VariableDifference> {
  readonly beforeRevision: number;
  readonly afterRevision: number;
}

/** How one variable differs, going from `before` to `after`. */
export interface VariableDifference {
  readonly kind: "registered" | "updated" | "changed" | "deleted";
  readonly before?: Variable;
  readonly after?: Variable;
}

/** A variable, and the version whose value it is to have again. */
export interface VariableRollback {
  readonly ref: string;
  readonly version: number;
  readonly expectedVersion?: number;
}

/** Receipt of one variable that was rolled back: the version that it had, and the one whose value it has again. */
export interface RolledBack extends Receipt {
  readonly written: Written;
  readonly rolledBackFrom: number;
  readonly rolledBackTo: number;
}

/** Receipt of several variables that were rolled back in one commit. */
export interface RolledBackAll extends Receipt {
  /** By the ref that was sent; variables that had the value's version already are left out. */
  readonly applied: ReadonlyMap<string, Written>;
}

/** What of a session is rolled back, beside the values of the variables that are there. */
export interface RollbackSessionOptions extends WriteOptions {
  /** A glob over names. */
  readonly pattern?: string;
  /** Delete variables that were registered since; they are left as they are otherwise. */
  readonly deleteNew?: boolean;
  /**
   * Register variables again that were deleted since, under new ids: derived where they were, and with what they depended
   * on, as far as that is there.
   */
  readonly restoreDeleted?: boolean;
  /** Restore description, metadata and constraints too, not only values. */
  readonly restoreSurroundings?: boolean;
  /**
   * Restore access rules too: those of the variables, and those of the session unless a pattern is given. Without, what
   * is there keeps its rules, and what is registered again has those of its own that denied something.
   */
  readonly restorePermissions?: boolean;
  /** Refuse with `revision_mismatch` unless the session is at this revision. */
  readonly expectedRevision?: number;
  /** Answer as if it were done, but change nothing. */
  readonly validateOnly?: boolean;
}

/** Receipt of a session that was rolled back, in one commit. */
export interface SessionRolledBack extends Receipt {
  /** What was written, by variable id. Variables that had the value already are left out. */
  readonly applied: ReadonlyMap<string, Written>;
  /** Ids of the variables that were deleted. */
  readonly deleted: readonly string[];
  /** New ids of the variables that were registered again, by name. */
  readonly restored: ReadonlyMap<string, string>;
  readonly rolledBackTo: number;
}

/** Which commits to list. */
export interface ListCommitsOptions extends PageOptions {
  /** Only commits that changed this variable, by id or name. */
  readonly variable?: string;
  readonly actor?: string;
  /** Only commits of this time or later, in milliseconds since the Unix epoch. */
  readonly sinceMs?: number;
  /** Only commits from before this time. */
  readonly untilMs?: number;
  /** Add each change's value. */
  readonly includeValues?: boolean;
}

/** What one commit did. */
export interface CommitSummary {
  readonly revision: number;
  readonly atMs: number;
  readonly actor: string;
  readonly origin: Origin;
  readonly metadata: ValueRecord;
  /** What happened, in order, in the words of the log. */
  readonly events: readonly string[];
  /** What it did to variables; without values unless asked for. */
  readonly changes: readonly VariableChange[];
  readonly requestId?: string;
  /** Labels that stand on this revision now. */
  readonly labels: readonly string[];
}
