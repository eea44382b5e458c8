import type { CommandOf } from "./command.ts";
import type { SessionEvent } from "./commit.ts";
import { previousOf } from "./decide-variable.ts";
import { accept, type Decision, refuse } from "./decision.ts";
import { expectVariable } from "./find-variable.ts";
import { findVariable, type SessionState } from "./session-state.ts";
import type { Variable } from "./variable.ts";

/** Decides on the end of a variable: refused where others depend on it or rules name it, unless it is to take them with it. */
export function decideDelete(state: SessionState, command: CommandOf<"delete-variable">): Decision {
  if (command.allowMissing && findVariable(state, command.ref) === undefined) return accept();
  const found = expectVariable(state, command);
  if (found.kind === "refused") return found;
  const { id, name } = found.value;
  const isNeeded = state.dependencies.hasDependents(id) || state.rulesOf.hasFrom(id);
  if (!isNeeded) return accept(deletionOf(found.value));
  if (command.cascade === true) return accept(...cascade(state, found.value));
  const dependents = Array.from(state.dependencies.dependentsOf(id), (edge) => nameOf(state, edge.variable));
  const rules = Array.from(state.rulesOf.from(id), (rule) => `the rule ${rule}`);
  const all = [...dependents, ...rules];
  const shown = all.slice(0, 5).join(", ") + (all.length > 5 ? ` and ${all.length - 5} more` : "");
  return refuse(
    "has_dependents",
    `${name} cannot be deleted: ${shown} ${all.length === 1 ? "depends" : "depend"} on it`,
    {
      variable: name,
      dependents: all,
    },
  );
}

const nameOf = (state: SessionState, id: string) => state.variables.get(id)?.name ?? id;

const deletionOf = ({ id, name, version, payload }: Variable): SessionEvent => ({
  kind: "variable-deleted",
  id,
  name,
  version,
  ...previousOf(payload),
});

/** Deletes a variable with all that depends on it, the furthest first, and the rules that name any of them. */
function cascade(state: SessionState, variable: Variable): SessionEvent[] {
  const { dependencies } = state;
  const doomed = new Map<string, Variable>([[variable.id, variable]]);
  for (const { id } of doomed.values()) {
    for (const { variable: dependent } of dependencies.dependentsOf(id)) {
      const found = state.variables.get(dependent);
      if (found !== undefined) doomed.set(dependent, found);
    }
  }
  const rules = new Set<string>();
  for (const id of doomed.keys()) for (const rule of state.rulesOf.from(id)) rules.add(rule);
  const furthestFirst = [...doomed.values()].sort((a, b) => dependencies.heightOf(b.id) - dependencies.heightOf(a.id));
  return [
    ...Array.from(rules, (name): SessionEvent => ({ kind: "rule-deleted", name })),
    ...furthestFirst.map(deletionOf),
  ];
}
