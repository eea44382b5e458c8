import type { Dependency, DependencyView, SessionState } from "@trimtab/core";
import { inOrder, type SortKey } from "./paging.ts";

/** The key by which dependencies are listed: oldest first. */
export const byAge = ({ createdAtMs, variable, dependsOn }: Dependency): SortKey => [createdAtMs, variable, dependsOn];

/** A dependency as callers see it. */
export function viewOf(state: SessionState, dependency: Dependency, depth: number): DependencyView {
  const nameOf = (id: string) => state.variables.get(id)?.name ?? id;
  return {
    ...dependency,
    variableName: nameOf(dependency.variable),
    dependsOnName: nameOf(dependency.dependsOn),
    depth,
  };
}

/** What a variable depends on itself, oldest first. */
export const ownDependencies = (state: SessionState, id: string): DependencyView[] =>
  inOrder([...state.dependencies.dependenciesOf(id)], byAge).map((dependency) => viewOf(state, dependency, 1));
