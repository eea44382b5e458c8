import type { AccessBasis, AccessVerdict } from "../access/access-control.ts";
import type { AccessRule, AccessRuleSpec, Permission, Permissions } from "../access/access-rule.ts";
import type { Caller } from "../access/principal.ts";
import type { SessionPoint } from "./history-store.ts";
import type { Page, PageOptions } from "./page.ts";
import type { Receipt, WriteOptions } from "./write.ts";

/**
 * The part of a store that says who may do what. A session may do everything with its own variables, and nothing with
 * those of others but what their access rules allow. Rules are part of the state: they have revisions, are in the
 * history, and are taken back by a rollback that is told to.
 */
export interface AccessStore {
  /**
   * Replaces a variable's own rules, at most 100. Rejects with `not_owner` for all but the session that it belongs to,
   * with `revision_mismatch`, and with `invalid_argument` or `invalid_expression` naming the rule and the field.
   */
  setVariablePermissions(
    session: string,
    ref: string,
    rules: readonly AccessRuleSpec[],
    options?: SetPermissionsOptions,
  ): Promise<PermissionsSet>;
  /** Reads a variable's own rules, as they are or were. */
  getVariablePermissions(session: string, ref: string, options?: GetPermissionsOptions): Promise<Permissions>;
  /** Replaces the rules that hold for all variables of a session beside their own. */
  setSessionPermissions(
    session: string,
    rules: readonly AccessRuleSpec[],
    options?: SetPermissionsOptions,
  ): Promise<PermissionsSet>;
  /** Reads the rules that hold for all variables of a session, as they are or were. */
  getSessionPermissions(session: string, options?: GetPermissionsOptions): Promise<Permissions>;
  /**
   * Says whether the calling session has a permission on a variable, its own or `<session>/<id or name>`. Not having it
   * is an answer and no error. Rejects with `not_found` only where the variable would be the session's own.
   */
  checkAccess(session: string, ref: string, permission: Permission): Promise<boolean>;
  /** Answers several questions, in order; `limit_exceeded` beyond 1000. On what is not there nobody has a permission. */
  checkAccesses(session: string, questions: readonly AccessCheck[]): Promise<readonly boolean[]>;
  /** Lists the variables of other sessions that the calling session may do something with, by session and name. */
  listAccessible(session: string, options?: ListAccessibleOptions): Promise<Page<AccessibleVariable>>;
  /** Says why a session has a permission on a variable or not, rule by rule. */
  explainAccess(session: string, ref: string, question: ExplainedQuestion): Promise<AccessExplanation>;
}

/** How access rules are set. */
export interface SetPermissionsOptions extends WriteOptions {
  /** Refuse with `revision_mismatch` unless the rules to replace were set at this revision; 0 for never set. */
  readonly expectedRevision?: number;
}

/** Receipt of access rules that were set, with the rules as they are now. */
export interface PermissionsSet extends Receipt {
  readonly permissions: Permissions;
}

/** Which access rules to read. */
export interface GetPermissionsOptions {
  /** The present unless given. */
  readonly at?: SessionPoint;
}

/** A permission on a variable: one's own, or `<session>/<id or name>`. */
export interface AccessCheck {
  readonly ref: string;
  readonly permission: Permission;
}

/** Which variables of other sessions to list. */
export interface ListAccessibleOptions extends PageOptions {
  /** Only those with this permission; with any unless given. */
  readonly permission?: Permission;
  /** A glob over the ids of the sessions that they belong to. */
  readonly ownerPattern?: string;
  /** A glob over names. */
  readonly pattern?: string;
}

/** A variable of another session, and what the calling session may do with it. */
export interface AccessibleVariable {
  readonly owner: string;
  readonly id: string;
  readonly name: string;
  readonly permissions: readonly Permission[];
}

/** What to explain: a permission, and whom to judge. */
export interface ExplainedQuestion {
  readonly permission: Permission;
  /**
   * The session to judge. Its attributes are known where it may be acted as, and empty otherwise or where it is not there.
   */
  readonly subject: string;
  /**
   * Who calls as that session, in place of what is known of it: what a principal is let in with is not the session's, so that
   * whoever asks has to say it. Rejects with `invalid_argument` for attributes that are no plain data.
   */
  readonly caller?: SupposedCaller;
}

/** Who is supposed to call: nobody, without attributes and roles, unless given. */
export type SupposedCaller = Partial<Pick<Caller, "principal" | "attributes" | "roles">>;

/** An answer about access, and every rule that was weighed for it. */
export interface AccessExplanation {
  readonly allowed: boolean;
  readonly basis: AccessBasis;
  /** The rule that decided, where one did. */
  readonly rule?: AccessRule;
  /** Every rule of the variable and of its session, in the order in which they count. */
  readonly verdicts: readonly AccessVerdict[];
}
