import type { ConfigurationSpace } from "./configuration-space/configuration-space.ts";
import { createAdjacency, emptyAdjacency } from "./dependency/adjacency.ts";
import { createDependencyGraph, emptyGraph } from "./dependency/dependency-graph.ts";
import type { Label } from "./label/label.ts";
import { emptyTable, type Table } from "./layered-map.ts";
import type { OptimizationRecord } from "./lease/optimization.ts";
import type { Rule } from "./rule/rule.ts";
import type { SessionState } from "./session-state.ts";
import type { Program } from "./store/program-store.ts";

const newTable = <V>(): Table<string, V> => new Map<string, V>();

const making = {
  programs: newTable<Program>,
  dependencies: createDependencyGraph,
  stale: newTable<string>,
  rules: newTable<Rule>,
  rulesOf: createAdjacency<string>,
  spaces: newTable<ConfigurationSpace>,
  spacesOf: createAdjacency<string>,
  labels: newTable<Label>,
  optimizations: newTable<OptimizationRecord>,
  leases: newTable<string>,
  shared: newTable<string>,
  requests: newTable<number>,
};

/** What of a session most have nothing of. */
type Parts = { -readonly [P in keyof typeof making]: SessionState[P] };

/** Gives a part of a session to write to: its own from then on, in place of the empty one that all share. */
export function writable<K extends keyof Parts>(state: SessionState, name: K): Parts[K] {
  const parts: Parts = state;
  const part: unknown = parts[name];
  if (part === emptyTable || part === emptyAdjacency || part === emptyGraph) {
    const made: { readonly [P in keyof Parts]: () => Parts[P] } = making;
    parts[name] = made[name]();
  }
  return parts[name];
}
