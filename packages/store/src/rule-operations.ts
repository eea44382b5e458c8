import {
  decideBatch,
  draftOf,
  evaluateRule,
  evolve,
  findVariable,
  nextCommit,
  type Refusal,
  type Rule,
  type RuleCheck,
  type RuleProblem,
  readRule,
  type SessionState,
  type Store,
  StoreError,
  type Updates,
  unknownRule,
  unknownVariable,
} from "@trimtab/core";
import { refuseExpectedVersion } from "./expectations.ts";
import { inOrder, pageAfter } from "./paging.ts";
import type { Sessions } from "./sessions.ts";
import { batchCommands } from "./variable-operations.ts";

/** The part of a store that deals with rules. */
export function createRuleOperations(
  sessions: Sessions,
): Pick<Store, "putRule" | "getRule" | "listRules" | "deleteRule" | "validateRule" | "checkRules"> {
  const getRule = (session: string, name: string) =>
    sessions.access(session, ({ runtime }) => requireRule(runtime.state, name));
  return {
    async putRule(session, rule, { allowViolated = false, expectedRevision, ...by } = {}) {
      const expecting = expectedRevision === undefined ? {} : { expectedRevision };
      const { revision } = await sessions.write(session, [{ kind: "put-rule", rule, allowViolated, ...expecting }], by);
      return { session, revision, rule: await getRule(session, rule.name) };
    },
    getRule,
    listRules: (session, { variable, ...page } = {}) =>
      sessions.access(session, ({ runtime: { state } }) => {
        const id = variable === undefined ? undefined : findVariable(state, variable)?.id;
        if (variable !== undefined && id === undefined) throw new StoreError(unknownVariable(variable));
        const rules = [...state.rules.values()].filter((rule) => id === undefined || rule.variables.includes(id));
        const found = pageAfter(rules, page, byAge);
        return { ...found, revision: state.revision };
      }),
    async deleteRule(session, name, { allowMissing = false, expectedVersion, ...by } = {}) {
      refuseExpectedVersion(expectedVersion, "a rule has no version");
      const { revision } = await sessions.write(session, [{ kind: "delete-rule", name, allowMissing }], by);
      return { session, revision };
    },
    validateRule: (session, expression) =>
      sessions.access(session, ({ runtime: { state } }) => {
        const { revision } = state;
        const context = { ...sessions.means, atMs: state.atMs };
        const read = readRule(state, { name: "", expression }, context);
        if (read.kind === "refused") return { revision, problems: [problemOf(read.refusal, expression)] };
        return { revision, problems: [], check: checkOf(state, read.value, context) };
      }),
    checkRules: (session, { updates, rules } = {}) =>
      sessions.access(session, ({ runtime: { state } }) => {
        const supposed = suppose(sessions, state, updates ?? {});
        const named = Array.from(new Set(rules), (name) => requireRule(state, name));
        const wanted = named.length > 0 ? named : inOrder([...state.rules.values()], byAge);
        const context = { ...sessions.means, atMs: state.atMs };
        const checks = wanted.map((rule) => checkOf(supposed.state, rule, context));
        const holds = checks.every(({ outcome }) => outcome === "holds" || outcome === "disabled");
        return { revision: state.revision, checks, holds, refused: supposed.refused };
      }),
  };
}

const byAge = ({ createdAtMs, name }: Rule) => [createdAtMs, name];

function requireRule(state: SessionState, name: string): Rule {
  const rule = state.rules.get(name);
  if (rule === undefined) throw new StoreError(unknownRule(name));
  return rule;
}

/** The state that there would be if values were set, whatever the rules say, and which values would be refused. */
function suppose(sessions: Sessions, state: SessionState, updates: Updates) {
  const commands = batchCommands(updates, {});
  const refused = new Map<string, StoreError>();
  if (commands.length === 0) return { state, refused };
  const context = { ...sessions.means, atMs: state.atMs };
  const unruled = { ...draftOf(state), rulesOf: draftOf(state).rulesOf };
  for (const { name, variables } of state.rules.values()) for (const id of variables) unruled.rulesOf.remove(id, name);
  const decision = decideBatch(unruled, commands, context, { atomic: false });
  if (decision.kind === "refused") throw new StoreError(decision.refusal);
  for (const [index, outcome] of decision.outcomes.entries()) {
    const command = commands[index];
    if (outcome.kind === "refused" && command !== undefined && "ref" in command) {
      refused.set(command.ref, new StoreError(outcome.refusal));
    }
  }
  return { state: evolve(unruled, nextCommit(state, decision, context)), refused };
}

/** What is refused, at the place that the refusal names, or at the first mention of an unknown variable. */
function problemOf({ message, details }: Refusal, expression: string): RuleProblem {
  const place = "line" in details && "column" in details ? details : undefined;
  const lines = expression.split("\n");
  const before = place && [...lines.slice(0, place.line - 1), (lines[place.line - 1] ?? "").slice(0, place.column - 1)];
  const named = "resource" in details ? Math.max(0, expression.indexOf(details.id)) : 0;
  const text = before === undefined ? expression.slice(0, named) : before.join("\n");
  return { message, offset: Array.from(text).length };
}

function checkOf(
  state: SessionState,
  rule: Pick<Rule, "name" | "expression" | "message" | "variables">,
  context: Parameters<typeof evaluateRule>[2],
): RuleCheck {
  const outcome = evaluateRule(state, rule, context);
  const message = "message" in outcome ? outcome.message : "";
  return { rule: rule.name, outcome: outcome.kind, message, variables: rule.variables };
}
