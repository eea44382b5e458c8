import { checkChoice, parseRecord } from "../check-argument.ts";
import type { CommandOf, DecideContext } from "../command.ts";
import type { SessionEvent } from "../commit.ts";
import { counted } from "../counted.ts";
import { accept, type Decision, refuse } from "../decision.ts";
import { derivationNeeds } from "../derivation/check-derivation.ts";
import { unknownVariable } from "../find-variable.ts";
import type { ValueRecord } from "../payload.ts";
import { valueEquals } from "../payload-equality.ts";
import { findVariable, type SessionState } from "../session-state.ts";
import { type Refusal, refusal } from "../store-error.ts";
import { emptyRecord, type Variable } from "../variable.ts";
import { type DependencyKind, dependencyKinds } from "./dependency.ts";
import { cycleOf, heightAfter } from "./graph-walks.ts";

/** Decides on a dependency between two variables: none that closes a cycle, or goes over a limit. One that is there as it is stays. */
export function decideAddDependency(
  state: SessionState,
  { spec }: CommandOf<"add-dependency">,
  context: DecideContext,
): Decision {
  const variable = findVariable(state, spec.variable);
  if (variable === undefined) return { kind: "refused", refusal: unknownVariable(spec.variable) };
  const dependsOn = findVariable(state, spec.dependsOn);
  if (dependsOn === undefined) return { kind: "refused", refusal: unknownVariable(spec.dependsOn) };
  const kind = spec.kind ?? "data";
  const foreign = checkChoice(kind, "kind", dependencyKinds);
  if (foreign !== undefined) return { kind: "refused", refusal: foreign };
  const metadata = parseRecord(spec.metadata, "metadata", context.limits.metadataBytes);
  if (metadata.kind === "refused") return metadata;
  const known = state.dependencies.get(variable.id, dependsOn.id);
  const wrong = known === undefined ? checkNewEdge(state, variable.id, dependsOn.id, context) : undefined;
  if (wrong !== undefined) return { kind: "refused", refusal: wrong };
  // Only what depends on its data follows a variable.
  if (kind !== "data" && derivationNeeds(variable, dependsOn.name, context)) return neededBy(variable, dependsOn);
  if (known?.kind === kind && valueEquals(known.metadata, metadata.value)) return accept();
  return accept({ ...dependencyAdded(variable.id, dependsOn.id, kind, metadata.value), name: variable.name });
}

/** The event of a dependency. */
export const dependencyAdded = (
  variable: string,
  dependsOn: string,
  dependency: DependencyKind = "data",
  metadata: ValueRecord = emptyRecord,
): Extract<SessionEvent, { kind: "dependency-added" }> => ({
  kind: "dependency-added",
  variable,
  dependsOn,
  dependency,
  metadata,
});

/** Refuses an edge between two variables of the session that would close a cycle or go over a limit. */
export function checkNewEdge(
  state: SessionState,
  variable: string,
  dependsOn: string,
  context: DecideContext,
): Refusal | undefined {
  const graph = state.dependencies;
  const cycle = cycleOf(graph, variable, dependsOn)?.map((id) => state.variables.get(id)?.name ?? id);
  if (cycle !== undefined) return wouldCreateCycle(cycle);
  const name = state.variables.get(variable)?.name ?? variable;
  const sizes = { count: graph.dependencyCount(variable), height: heightAfter(graph, variable, dependsOn) };
  return checkEdge(sizes, name, context);
}

/** The refusal of a dependency that would close a cycle, which begins and ends with the same name. */
export const wouldCreateCycle = (cycle: readonly string[]): Refusal =>
  refusal("would_create_cycle", `the dependency would close a cycle: ${cycle.join(" → ")}`, { cycle });

/** Holds one edge more against the limits: how many the variable has already, and how long a way it would make. */
export function checkEdge(
  { count, height }: { count: number; height: number },
  name: string,
  { limits }: DecideContext,
): Refusal | undefined {
  if (count >= limits.dependenciesPerVariable) {
    const limit = limits.dependenciesPerVariable;
    const message = `${name} may have ${counted(limit, "dependency", "dependencies")}, this would be one more`;
    return refusal("limit_exceeded", message, { field: "dependencies", limit, value: count + 1 });
  }
  if (height > limits.dependencyDepth) {
    const limit = limits.dependencyDepth;
    const message = `dependencies may be ${limit} deep, this one of ${name} would make them ${height}`;
    return refusal("limit_exceeded", message, { field: "dependencyDepth", limit, value: height });
  }
  return undefined;
}

/** Decides on the end of a dependency: none that a derived variable's expression needs. */
export function decideRemoveDependency(
  state: SessionState,
  command: CommandOf<"remove-dependency">,
  context: DecideContext,
): Decision {
  const variable = findVariable(state, command.variable);
  if (variable === undefined) return { kind: "refused", refusal: unknownVariable(command.variable) };
  const dependsOn = findVariable(state, command.dependsOn);
  if (dependsOn === undefined) return { kind: "refused", refusal: unknownVariable(command.dependsOn) };
  if (state.dependencies.get(variable.id, dependsOn.id) === undefined) {
    if (command.allowMissing) return accept();
    const id = `${variable.name} → ${dependsOn.name}`;
    return refuse("not_found", `${variable.name} does not depend on ${dependsOn.name}`, { resource: "dependency", id });
  }
  if (derivationNeeds(variable, dependsOn.name, context)) return neededBy(variable, dependsOn);
  const { id, name } = variable;
  return accept({ kind: "dependency-removed", variable: id, dependsOn: dependsOn.id, name });
}

/** Refuses to take from a derived variable the dependency that lets it follow another one. */
const neededBy = ({ name: variable }: Variable, { name }: Variable): Decision =>
  refuse("unmet_dependencies", `the derivation of ${variable} needs ${name}`, { variable, dependencies: [name] });
