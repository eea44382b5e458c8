import type { Permission } from "./access-rule.ts";

/** An access rule that let a write of another session's variable through. */
export interface AccessGrant {
  /** Id of the variable. */
  readonly variable: string;
  /** The variable's name. */
  readonly name: string;
  readonly permission: Permission;
  /** Id of the rule that decided. */
  readonly rule: string;
  /** The rule is one for all variables of the session, not of this one alone. */
  readonly sessionWide: boolean;
}
