import type { DecideContext } from "../command.ts";
import { hasSensitive, idsOf, payloadOf, untold } from "../derivation/compute.ts";
import { readStored } from "../derivation/stored-expression.ts";
import { isSensitive } from "../sensitivity.ts";
import type { SessionState } from "../session-state.ts";
import { type Refusal, refusal } from "../store-error.ts";
import type { Rule } from "./rule.ts";

/** Whether a rule holds of a state, and what to say where it does not. */
export type RuleOutcome =
  | { readonly kind: "holds" | "disabled" }
  | { readonly kind: "violated" | "error"; readonly message: string };

/** What a rule is evaluated by: its text, and what to say. */
export type RuleText = Pick<Rule, "name" | "expression" | "message">;

/** Evaluates one rule on a state. */
export function evaluateRule(
  state: SessionState,
  rule: RuleText & { disabled?: boolean },
  context: DecideContext,
): RuleOutcome {
  if (rule.disabled === true) return { kind: "disabled" };
  const read = readStored(rule, context, true);
  if (read.kind === "refused") return { kind: "error", message: read.refusal.message };
  const result = read.value.evaluate((name) => payloadOf(state, name));
  if (result.kind === "failure") {
    const isTold = !hasSensitive(state, idsOf(state, read.value.references));
    return { kind: "error", message: isTold ? result.message : untold };
  }
  if (result.value === true) return { kind: "holds" };
  if (result.value === false) return { kind: "violated", message: rule.message || `${rule.expression} does not hold` };
  return { kind: "error", message: `${rule.expression} is neither true nor false` };
}

/** Holds every rule that names one of the variables against a state; gives the first that refuses it. */
export function checkRules(
  state: SessionState,
  changed: Iterable<string>,
  context: DecideContext,
): Refusal | undefined {
  const seen = new Set<string>();
  for (const id of changed) {
    for (const name of state.rulesOf.from(id)) {
      if (seen.has(name)) continue;
      seen.add(name);
      const rule = state.rules.get(name);
      const outcome = rule === undefined ? undefined : evaluateRule(state, rule, context);
      if (rule !== undefined && outcome !== undefined && "message" in outcome) {
        return ruleViolation(state, rule, outcome.message);
      }
    }
  }
  return undefined;
}

/** The refusal of a state that breaks a rule; it names the rule, and the variables with their values. */
export function ruleViolation(
  state: SessionState,
  rule: Pick<Rule, "name" | "variables">,
  message: string,
): Refusal<"rule_violation"> {
  const values = rule.variables.map((id) => {
    const variable = state.variables.get(id);
    return variable === undefined
      ? id
      : `${variable.name} = ${isSensitive(state, variable) ? "…" : shown(variable.value)}`;
  });
  const details = { rule: rule.name, variables: rule.variables };
  return refusal("rule_violation", `rule ${rule.name}: ${message} (${values.join(", ")})`, details);
}

/** A value in a message, short enough to read. */
function shown(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(value.length <= 64 ? value : `${value.slice(0, 64)}…`);
  return typeof value === "object" && value !== null ? "…" : String(value);
}
