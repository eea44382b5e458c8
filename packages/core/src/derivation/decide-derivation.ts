import type { CommandOf, DecideContext } from "../command.ts";
import type { SessionEvent } from "../commit.ts";
import { stampedChange } from "../decide-variable.ts";
import { accept, type Decision, refuse } from "../decision.ts";
import { checkNewEdge, dependencyAdded } from "../dependency/decide-dependency.ts";
import { checkReadOnly, expectVariable, unknownVariable } from "../find-variable.ts";
import type { Parsed } from "../parse-value.ts";
import { draftOf, findVariable, type SessionState } from "../session-state.ts";
import type { Variable } from "../variable.ts";
import { checkDerivation } from "./check-derivation.ts";
import { compute } from "./compute.ts";

export function decideSetDerivation(
  state: SessionState,
  command: CommandOf<"set-derivation">,
  context: DecideContext,
): Decision {
  const found = expectVariable(state, command);
  if (found.kind === "refused") return found;
  const variable = found.value;
  const wrong = checkReadOnly(variable);
  if (wrong !== undefined) return { kind: "refused", refusal: wrong };
  const { derivation } = command;
  const edges = newEdges(state, variable, command, context);
  if (edges.kind === "refused") return edges;
  const present = Array.from(state.dependencies.dependenciesOf(variable.id), ({ dependsOn }) => dependsOn);
  const dependencies = [...present, ...edges.value];
  const computed = compute(state, { ...variable, derivation }, { context, dependenciesOf: () => dependencies });
  if (computed.kind === "refused") return computed;
  const { stale: _, ...fresh } = variable;
  const changed = stampedChange({ ...fresh, derivation }, state, context);
  // The value itself follows when what the commit has changed is propagated: a changed derivation is computed then.
  return accept(...edges.value.map((dependsOn) => dependencyAdded(variable.id, dependsOn)), {
    kind: "variable-changed",
    variable: changed,
  });
}

/** Ids of what the variable must depend on from now on and does not yet, each checked with those before it in place. */
function newEdges(
  state: SessionState,
  variable: Variable,
  { derivation, dependencies = [] }: CommandOf<"set-derivation">,
  context: DecideContext,
): Parsed<string[]> {
  const named = checkDerivation(state, derivation, context);
  if (named.kind === "refused") return named;
  const wanted = new Set(named.value.map(({ id }) => id));
  for (const ref of dependencies) {
    const found = findVariable(state, ref);
    if (found === undefined) return { kind: "refused", refusal: unknownVariable(ref) };
    wanted.add(found.id);
  }
  const draft = draftOf(state);
  const added: string[] = [];
  for (const dependsOn of wanted) {
    if (draft.dependencies.get(variable.id, dependsOn)?.kind === "data") continue;
    const wrong = checkNewEdge(draft, variable.id, dependsOn, context);
    if (wrong !== undefined) return { kind: "refused", refusal: wrong };
    draft.dependencies.put({
      variable: variable.id,
      dependsOn,
      kind: "data",
      metadata: {},
      createdAtMs: context.atMs,
      revision: state.revision + 1,
    });
    added.push(dependsOn);
  }
  return { kind: "parsed", value: added };
}

export function decideClearDerivation(
  state: SessionState,
  command: CommandOf<"clear-derivation">,
  context: DecideContext,
): Decision {
  const found = expectVariable(state, command);
  if (found.kind === "refused") return found;
  const { derivation, stale: _, ...plain } = found.value;
  const removed: SessionEvent[] = [];
  if (command.removeDependencies === true) {
    for (const { variable, dependsOn } of state.dependencies.dependenciesOf(plain.id)) {
      removed.push({ kind: "dependency-removed", variable, dependsOn });
    }
  }
  if (derivation === undefined) return accept(...removed);
  return accept({ kind: "variable-changed", variable: stampedChange(plain, state, context) }, ...removed);
}

/** Finds the derived variables that a command asks to compute again. */
export function decideRecompute(state: SessionState, { refs }: CommandOf<"recompute-variables">): Decision {
  for (const ref of refs ?? []) {
    const variable = findVariable(state, ref);
    if (variable === undefined) return { kind: "refused", refusal: unknownVariable(ref) };
    if (variable.derivation === undefined) {
      return refuse("invalid_argument", `${variable.name} is not derived`, { field: "variables", value: ref });
    }
  }
  return accept();
}
