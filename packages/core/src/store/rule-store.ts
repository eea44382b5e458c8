import type { Rule } from "../rule/rule.ts";
import type { StoreError } from "../store-error.ts";
import type { Page, PageOptions } from "./page.ts";
import type { Updates } from "./variable-store.ts";
import type { DeleteOptions, Receipt, WriteOptions } from "./write.ts";

/** The part of a store that deals with rules: what must hold between variables. */
export interface RuleStore {
  /**
   * Stores or replaces a rule. From then on a commit that touches a variable which the rule names, and after which it
   * would not hold, is refused whole with `rule_violation`. Rejects with `invalid_expression`, with `not_found` where
   * the expression names an unknown variable, and with `rule_violation`, naming the values, where it does not hold now.
   */
  putRule(session: string, rule: RuleSpec, options?: PutRuleOptions): Promise<RulePut>;
  /** Reads a rule; rejects with `not_found`. */
  getRule(session: string, name: string): Promise<Rule>;
  /** Lists rules, oldest first. */
  listRules(session: string, options?: ListRulesOptions): Promise<RulePage>;
  /** Deletes a rule; rejects with `not_found` unless `allowMissing`. */
  deleteRule(session: string, name: string, options?: DeleteOptions): Promise<Receipt>;
  /** Says what keeps an expression from being stored as a rule, and where nothing does, whether it holds now. Changes nothing. */
  validateRule(session: string, expression: string): Promise<RuleValidated>;
  /** Says which rules would hold if some values were set, each once. Changes nothing. Rejects with `not_found` for an unknown rule. */
  checkRules(session: string, options?: CheckRulesOptions): Promise<RulesChecked>;
}

/** A rule to store. */
export interface RuleSpec {
  /** 1 to 255 characters without control characters or `/`. */
  readonly name: string;
  /** A CEL expression over the names of variables; true where the rule holds. */
  readonly expression: string;
  /** What a refusal says, in at most 16 384 characters, as the description; the expression where empty. */
  readonly message?: string;
  readonly description?: string;
  /** Keep it but do not enforce it. */
  readonly disabled?: boolean;
}

/** How a rule is stored. */
export interface PutRuleOptions extends WriteOptions {
  /** Store it even where it does not hold now; it then refuses only commits that touch its variables. */
  readonly allowViolated?: boolean;
  /** Refuse with `revision_mismatch` unless the rule was last stored at this revision; 0 for not there yet. */
  readonly expectedRevision?: number;
}

/** Receipt of a rule that was stored. */
export interface RulePut extends Receipt {
  readonly rule: Rule;
}

/** Which rules to list. */
export interface ListRulesOptions extends PageOptions {
  /** Only rules that name this variable, by id or name. */
  readonly variable?: string;
}

/** One page of rules, all as they were at `revision`. */
export interface RulePage extends Page<Rule> {
  readonly revision: number;
}

/** Which rules to hold against what values. */
export interface CheckRulesOptions {
  /** Values to suppose; what is, without them. */
  readonly updates?: Updates;
  /** Rules to check, by name; all of them where none is named. */
  readonly rules?: readonly string[];
}

/** Whether one rule holds. */
export interface RuleCheck {
  readonly rule: string;
  readonly outcome: "holds" | "violated" | "error" | "disabled";
  /** The rule's message where it does not hold, or why it could not be evaluated. */
  readonly message: string;
  readonly variables: readonly string[];
}

/** What is wrong with an expression that was to be a rule, or whether it holds. */
export interface RuleValidated {
  readonly revision: number;
  /** Empty where nothing keeps it from being stored. */
  readonly problems: readonly RuleProblem[];
  /** Whether it holds now; absent where there are problems. The rule has no name. */
  readonly check?: RuleCheck;
}

/** One thing wrong with an expression. */
export interface RuleProblem {
  readonly message: string;
  /** Where in the expression, in Unicode code points from 0. */
  readonly offset: number;
}

/** Whether rules hold for the values that were given, as of `revision`. */
export interface RulesChecked {
  readonly revision: number;
  /** In the order asked for, or oldest first. */
  readonly checks: readonly RuleCheck[];
  /** Nothing asked for would refuse the commit. */
  readonly holds: boolean;
  /** Values that would be refused before any rule is asked, by the ref that was sent. */
  readonly refused: ReadonlyMap<string, StoreError>;
}
