import { actorOf } from "../actor.ts";
import { checkExpectedRevision } from "../check-state.ts";
import type { CommandOf, DecideContext } from "../command.ts";
import { stampedChange } from "../decide-variable.ts";
import { accept, type Decision } from "../decision.ts";
import { expectVariable } from "../find-variable.ts";
import type { SessionState } from "../session-state.ts";
import { laterThan, type Variable } from "../variable.ts";
import { type AccessRule, noPermissions } from "./access-rule.ts";
import { parseAccessRules } from "./parse-access-rules.ts";

/** Decides what others may do with one variable from now on: the rules take the place of those before. */
export function decideVariablePermissions(
  state: SessionState,
  command: CommandOf<"set-variable-permissions">,
  context: DecideContext,
): Decision {
  const found = expectVariable(state, command);
  if (found.kind === "refused") return found;
  const variable = found.value;
  const { revision: actual } = variable.permissions ?? noPermissions;
  const stands = `the access rules of ${variable.name} were last set at`;
  const wrong = checkExpectedRevision(state.id, { expected: command.expectedRevision, actual, stands });
  if (wrong !== undefined) return { kind: "refused", refusal: wrong };
  const rules = parseAccessRules(command.rules, "rules", context);
  if (rules.kind === "refused") return rules;
  const changed = withRules(variable, rules.value, { state, context });
  return accept({ kind: "variable-changed", variable: stampedChange(changed, state, context) });
}

/** A variable with other rules, as of the commit that follows. */
export const withRules = (
  variable: Variable,
  rules: readonly AccessRule[],
  { state, context }: { state: SessionState; context: DecideContext },
): Variable => ({
  ...variable,
  permissions: Object.freeze({
    rules,
    revision: state.revision + 1,
    updatedAtMs: laterThan(state.atMs, context.atMs),
    updatedBy: actorOf(state.id, context),
  }),
});

/** Decides what others may do with a session's variables from now on: the rules take the place of those before. */
export function decideSessionPermissions(
  state: SessionState,
  command: CommandOf<"set-session-permissions">,
  context: DecideContext,
): Decision {
  const { revision: actual } = state.permissions;
  const stands = `the access rules of session ${state.id} were last set at`;
  const wrong = checkExpectedRevision(state.id, { expected: command.expectedRevision, actual, stands });
  if (wrong !== undefined) return { kind: "refused", refusal: wrong };
  const rules = parseAccessRules(command.rules, "rules", context);
  return rules.kind === "refused" ? rules : accept({ kind: "session-permissions-set", rules: rules.value });
}
