import type { CommandOf, DecideContext } from "../command.ts";
import type { SessionEvent } from "../commit.ts";
import { stampedChange } from "../decide-variable.ts";
import { accept, type Decision, refuse } from "../decision.ts";
import { checkNewEdge, dependencyAdded } from "../dependency/decide-dependency.ts";
import type { Dependency } from "../dependency/dependency.ts";
import { checkReadOnly, expectVariable, unknownVariable } from "../find-variable.ts";
import type { Parsed } from "../parse-value.ts";
import { draftOf, findVariable, type SessionState } from "../session-state.ts";
import type { Refusal } from "../store-error.ts";
import type { Variable } from "../variable.ts";
import { writable } from "../writable.ts";
import { checkDerivation, namesNotFollowed } from "./check-derivation.ts";
import { compute } from "./compute.ts";

/** Decides on how a variable is derived from others from now on, and lets it depend on them. */
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
    const wrong = putEdge(draft, { variable: variable.id, dependsOn }, context);
    if (wrong !== undefined) return { kind: "refused", refusal: wrong };
    added.push(dependsOn);
  }
  return { kind: "parsed", value: added };
}

/** Puts the dependency of a derived variable into a draft, or refuses it. */
function putEdge(
  draft: SessionState,
  { variable, dependsOn }: Pick<Dependency, "variable" | "dependsOn">,
  context: DecideContext,
): Refusal | undefined {
  const wrong = checkNewEdge(draft, variable, dependsOn, context);
  const stamp = { createdAtMs: context.atMs, revision: draft.revision + 1 };
  if (wrong === undefined)
    writable(draft, "dependencies").put({ variable, dependsOn, kind: "data", metadata: {}, ...stamp });
  return wrong;
}

/** Decides that a variable is no longer derived: it keeps its value. */
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

/**
 * Finds the derived variables that a command asks to compute again, and lets them depend on what their expressions speak of
 * and has come to be there since. Where that would close a cycle or go over a limit, they stay stale.
 */
export function decideRecompute(
  state: SessionState,
  { refs }: CommandOf<"recompute-variables">,
  context: DecideContext,
): Decision {
  const draft = draftOf(state);
  const added: SessionEvent[] = [];
  for (const ref of refs === undefined ? state.stale.values() : new Set(refs)) {
    const variable = findVariable(state, ref);
    if (variable === undefined) return { kind: "refused", refusal: unknownVariable(ref) };
    if (variable.derivation === undefined) {
      return refuse("invalid_argument", `${variable.name} is not derived`, { field: "variables", value: ref });
    }
    for (const name of namesNotFollowed(draft, variable, context)) {
      const dependsOn = state.names.get(name);
      if (dependsOn === undefined || putEdge(draft, { variable: variable.id, dependsOn }, context)) continue;
      added.push(dependencyAdded(variable.id, dependsOn));
    }
  }
  return accept(...added);
}
