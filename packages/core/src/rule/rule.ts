/** What must hold between variables of a session. */
export interface Rule {
  /** Unique among the session's rules. */
  readonly name: string;
  /** A CEL expression over the names of variables; true where the rule holds. */
  readonly expression: string;
  /** What a refusal says; the expression where empty. */
  readonly message: string;
  readonly description: string;
  /** It is kept but not enforced. */
  readonly disabled: boolean;
  /** Ids of the variables that the expression names. */
  readonly variables: readonly string[];
  readonly createdAtMs: number;
  readonly updatedAtMs: number;
  readonly updatedBy: string;
  /** Session revision of the commit that stored it last. */
  readonly revision: number;
}
