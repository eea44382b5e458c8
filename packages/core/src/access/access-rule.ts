import type { ValueRecord } from "../payload.ts";

/**
 * What may be done with a variable; none implies another. `read` it, its history and its statistics, export it and
 * depend on it; `write`, change, delete and roll it back, and make it depend on others; `observe` it by watching;
 * `optimize` it.
 */
export const accessPermissions = ["read", "write", "observe", "optimize"] as const;

/** One of {@link accessPermissions}. */
export type Permission = (typeof accessPermissions)[number];

/**
 * Who may do what with a variable of another session. Of the rules that match a caller those of the highest priority
 * count, and of these one that denies wins. Where none matches, the answer is no.
 */
export interface AccessRule {
  /** Names the rule in explanations and audits; unique within its list. */
  readonly id: string;
  /** A glob over the ids of calling sessions: `*` stands for any run of characters, everything else for itself. */
  readonly sessionPattern: string;
  /** What the rule is about, at least one. */
  readonly permissions: readonly Permission[];
  /** Entries that the caller's attributes must have, all of them and with equal values. */
  readonly conditions: ValueRecord;
  /**
   * A CEL expression on `caller` (`session`, `principal`, `attributes`, `roles`), `variable` (`id`, `name`, `type`,
   * `description`, `metadata`), `permission` and `now` (RFC 3339, for `timestamp(now)`) that must be true; empty for
   * always. Where it cannot be evaluated, a rule that denies matches and one that allows does not.
   * Whoever may write a variable may change its description and metadata: let rules speak of those where only the owner may.
   */
  readonly when: string;
  /** The rule does not match from this moment on, in milliseconds since the Unix epoch; absent for never. */
  readonly expiresAtMs?: number;
  /** Higher counts before lower; a whole number within 2^31-1 of 0. */
  readonly priority: number;
  readonly effect: "allow" | "deny";
  readonly description: string;
}

/** Names that the condition of an access rule may speak of. */
export const accessConditionNames: ReadonlySet<string> = new Set(["caller", "variable", "permission", "now"]);

/**
 * A rule as callers give it: an id is made up where there is none, the priority is 0 and the effect `allow` unless
 * given, and `any` as a pattern means `*`.
 */
export type AccessRuleSpec = Pick<AccessRule, "sessionPattern" | "permissions"> & Partial<AccessRule>;

/** A list of access rules and where it stands. */
export interface Permissions {
  /** Expired ones included. */
  readonly rules: readonly AccessRule[];
  /** Revision, in the session that owns them, of the commit that set them; 0 where none ever did. */
  readonly revision: number;
  readonly updatedAtMs: number;
  readonly updatedBy: string;
}

/** The list of what nobody has ever set rules for. */
export const noPermissions: Permissions = Object.freeze({
  rules: Object.freeze([]),
  revision: 0,
  updatedAtMs: 0,
  updatedBy: "",
});
