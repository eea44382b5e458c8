import type { Variable } from "../variable.ts";
import type { AccessRule, Permission } from "./access-rule.ts";
import type { Caller } from "./principal.ts";

/**
 * The port that judges access: pure, and never throwing. What it says of one question never depends on a value, so a
 * denial tells nothing of it.
 */
export interface AccessControl {
  /** Says whether a caller has a permission, and what decided. */
  authorize(question: AccessQuestion): AccessAnswer;
  /** Says how each rule applied, in the order in which they count. */
  explain(question: AccessQuestion): readonly AccessVerdict[];
}

/** One permission that a caller asks for. */
export interface AccessQuestion {
  readonly caller: Caller;
  readonly permission: Permission;
  /** The session that the variable belongs to. */
  readonly owner: string;
  /** The variable, with its own rules; without one, any that the session may have. */
  readonly variable?: Variable | undefined;
  /** The rules that hold for all variables of the session. */
  readonly sessionRules: readonly AccessRule[];
  readonly atMs: number;
}

/**
 * What an answer rests on: the caller owns the variable, one rule decided, no rule matched, or the variable is derived
 * from one that the caller may not see.
 */
export type AccessBasis = "owner" | "rule" | "no-rule" | "dependency";

/** Whether a caller may do what was asked, and why. */
export interface AccessAnswer {
  readonly allowed: boolean;
  readonly basis: AccessBasis;
  /** The rule that decided, where one did. */
  readonly rule?: AccessRule;
}

/** How one rule applied. */
export interface AccessVerdict {
  readonly rule: AccessRule;
  /** It holds for all variables of the session, not for this one alone. */
  readonly sessionWide: boolean;
  readonly matched: boolean;
  /** What kept it from matching, or from counting although it matched; empty for the rule that decided. */
  readonly whyNot: string;
}
