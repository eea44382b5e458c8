import { checkName, checkText } from "../check-argument.ts";
import { checkExpectedRevision, checkRoom } from "../check-state.ts";
import type { CommandOf, DecideContext } from "../command.ts";
import type { SessionEvent } from "../commit.ts";
import { accept, type Decision } from "../decision.ts";
import { readExpression, variablesNamed } from "../derivation/check-derivation.ts";
import type { Parsed } from "../parse-value.ts";
import type { SessionState } from "../session-state.ts";
import type { RuleSpec } from "../store/rule-store.ts";
import { type Refusal, refusal } from "../store-error.ts";
import { evaluateRule, ruleViolation } from "./check-rules.ts";

/** Decides on a rule: a new one, or another in the place of that of its name. It must hold at once, unless the command allows that it does not. */
export function decidePutRule(state: SessionState, command: CommandOf<"put-rule">, context: DecideContext): Decision {
  const { rule } = command;
  const wrong =
    checkRuleSpec(rule, context) ?? checkExpected(state, command) ?? checkRuleRoom(state, rule.name, context);
  if (wrong !== undefined) return { kind: "refused", refusal: wrong };
  const read = readRule(state, rule, context);
  if (read.kind === "refused") return read;
  const outcome = evaluateRule(state, read.value, context);
  if ("message" in outcome && (outcome.kind === "error" || command.allowViolated !== true)) {
    return { kind: "refused", refusal: ruleViolation(state, read.value, outcome.message) };
  }
  return accept({ kind: "rule-put", rule: read.value });
}

/** Reads a rule's expression and finds the variables that it names. Whether the rule holds is another question. */
export function readRule(
  state: SessionState,
  rule: RuleSpec,
  context: DecideContext,
): Parsed<Extract<SessionEvent, { kind: "rule-put" }>["rule"]> {
  const expression = readExpression(rule.expression, { field: "expression", isCondition: true }, context);
  if (expression.kind === "refused") return expression;
  const named = variablesNamed(state, expression.value);
  if (named.kind === "refused") return named;
  const { name, expression: source, message = "", description = "", disabled = false } = rule;
  const variables = named.value.map(({ id }) => id);
  return { kind: "parsed", value: { name, expression: source, message, description, disabled, variables } };
}

function checkRuleSpec(rule: RuleSpec, { limits }: DecideContext): Refusal | undefined {
  return (
    checkText(rule.message, "message", limits.expressionLength) ??
    checkText(rule.description, "description", limits.expressionLength) ??
    checkName(rule.name, "rule", limits.nameLength)
  );
}

function checkExpected(state: SessionState, { rule, expectedRevision: expected }: CommandOf<"put-rule">) {
  const actual = state.rules.get(rule.name)?.revision ?? 0;
  return checkExpectedRevision(state.id, { expected, actual, stands: `rule ${rule.name} was last stored at` });
}

function checkRuleRoom({ id, rules }: SessionState, name: string, { limits }: DecideContext): Refusal | undefined {
  if (rules.has(name)) return undefined;
  return checkRoom(id, { of: "rules", one: "rule", count: rules.size, limit: limits.rulesPerSession });
}

/** Decides on the end of a rule. */
export function decideDeleteRule(state: SessionState, { name, allowMissing }: CommandOf<"delete-rule">): Decision {
  if (state.rules.has(name)) return accept({ kind: "rule-deleted", name });
  return allowMissing ? accept() : { kind: "refused", refusal: unknownRule(name) };
}

/** The refusal of a name that no rule has. */
export const unknownRule = (name: string): Refusal<"not_found"> =>
  refusal("not_found", `Rule '${name}' not found`, { resource: "rule", id: name });
