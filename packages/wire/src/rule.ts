import type { Rule, RuleCheck } from "@trimtab/core";
import { RuleOutcome, type Rule as WireRule, type RuleCheck as WireRuleCheck } from "./gen/trimtab/v1/rule_pb.ts";
import { fromKnown } from "./known.ts";
import { refuseMessage } from "./refuse.ts";
import { fromTimestamp, toTimestamp } from "./time.ts";
import { fromUint64, toUint64 } from "./whole-number.ts";

/** Puts a rule on the wire. */
export const toWireRule = (rule: Rule): WireRule => ({
  $typeName: "trimtab.v1.Rule",
  name: rule.name,
  expression: rule.expression,
  message: rule.message,
  description: rule.description,
  disabled: rule.disabled,
  variableIds: [...rule.variables],
  createdAt: toTimestamp(rule.createdAtMs),
  updatedAt: toTimestamp(rule.updatedAtMs),
  updatedBy: rule.updatedBy,
  revision: toUint64(rule.revision),
});

/**
 * Reads a rule.
 *
 * @throws StoreError `invalid_argument` naming the part that is absent or out of range
 */
export function fromWireRule(rule: WireRule | undefined, path = "rule"): Rule {
  if (rule === undefined) throw refuseMessage(path, "is required");
  return {
    name: rule.name,
    expression: rule.expression,
    message: rule.message,
    description: rule.description,
    disabled: rule.disabled,
    variables: rule.variableIds,
    createdAtMs: fromTimestamp(rule.createdAt, `${path}.created_at`),
    updatedAtMs: fromTimestamp(rule.updatedAt, `${path}.updated_at`),
    updatedBy: rule.updatedBy,
    revision: fromUint64(rule.revision, `${path}.revision`),
  };
}

const outcomes = {
  holds: RuleOutcome.HOLDS,
  violated: RuleOutcome.VIOLATED,
  error: RuleOutcome.ERROR,
  disabled: RuleOutcome.DISABLED,
} as const satisfies Record<RuleCheck["outcome"], RuleOutcome>;

/** Puts on the wire whether a rule holds. */
export const toWireRuleCheck = (check: RuleCheck): WireRuleCheck => ({
  $typeName: "trimtab.v1.RuleCheck",
  rule: check.rule,
  outcome: outcomes[check.outcome],
  message: check.message,
  variableIds: [...check.variables],
});

/**
 * Reads whether a rule holds.
 *
 * @throws StoreError `invalid_argument` naming an outcome that is not known here
 */
export const fromWireRuleCheck = (check: WireRuleCheck, path: string): RuleCheck => ({
  rule: check.rule,
  outcome: fromKnown(outcomes, check.outcome, `${path}.outcome`),
  message: check.message,
  variables: check.variableIds,
});
