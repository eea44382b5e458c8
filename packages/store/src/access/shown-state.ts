import {
  type Dependency,
  type DependencyGraph,
  emptyTable,
  type Judging,
  judgeAccess,
  type Permission,
  type SessionState,
  type Table,
  type Variable,
  withoutPermissions,
} from "@trimtab/core";

/**
 * A session's state as a caller may see it: the variables on which it has one of the permissions, what is between them,
 * and nothing else. Made in constant time; each variable is judged when it is asked for.
 */
export function shownState(
  state: SessionState,
  { permissions, ...judging }: Judging & { readonly permissions: readonly Permission[] },
): SessionState {
  const judged = new Map<string, boolean>();
  const shows = (variable: Variable): boolean => {
    let allowed = judged.get(variable.id);
    if (allowed === undefined) {
      allowed = permissions.some((permission) => judgeAccess(state, variable, { ...judging, permission }).allowed);
      judged.set(variable.id, allowed);
    }
    return allowed;
  };
  const showsId = (id: string): boolean => {
    const variable = state.variables.get(id);
    return variable !== undefined && shows(variable);
  };
  return {
    ...state,
    metadata: {},
    variables: shownTable(state.variables, shows, withoutPermissions),
    names: shownTable(state.names, showsId),
    stale: shownTable(state.stale, showsId),
    dependencies: shownGraph(state.dependencies, showsId),
    programs: emptyTable,
    rules: emptyTable,
    spaces: emptyTable,
    labels: emptyTable,
    requests: emptyTable,
  };
}

/** What a table has that is to be shown, for reading. */
function shownTable<V>(table: Table<string, V>, shows: (value: V) => boolean, show = (value: V): V => value) {
  const get = (key: string): V | undefined => {
    const value = table.get(key);
    return value !== undefined && shows(value) ? show(value) : undefined;
  };
  const shown: Table<string, V> = {
    get size() {
      return countOf(shown.keys());
    },
    get,
    has: (key) => get(key) !== undefined,
    set: readOnly,
    delete: readOnly,
    *keys() {
      for (const key of table.keys()) if (get(key) !== undefined) yield key;
    },
    *values() {
      for (const value of table.values()) if (shows(value)) yield show(value);
    },
  };
  return shown;
}

function shownGraph(graph: DependencyGraph, shows: (id: string) => boolean): DependencyGraph {
  const shownEdges = function* (edges: Iterable<Dependency>): Generator<Dependency> {
    for (const edge of edges) if (shows(edge.variable) && shows(edge.dependsOn)) yield edge;
  };
  const all = () => shownEdges(graph.all());
  const dependenciesOf = (id: string) => shownEdges(graph.dependenciesOf(id));
  const dependentsOf = (id: string) => shownEdges(graph.dependentsOf(id));
  return {
    get size() {
      return countOf(all());
    },
    get: (variable, dependsOn) => (shows(variable) && shows(dependsOn) ? graph.get(variable, dependsOn) : undefined),
    dependenciesOf,
    dependentsOf,
    followersOf: (id) =>
      graph.followersOf(id).map((crowd) => ({
        ...crowd,
        members: crowd.members.filter((follower) => shows(id) && shows(follower.id)),
      })),
    hasDependents: (id) => dependentsOf(id).next().done === false,
    dependencyCount: (id) => countOf(dependenciesOf(id)),
    heightOf: (id) => graph.heightOf(id),
    all,
    draft: () => graph.draft(),
    put: readOnly,
    remove: readOnly,
    removeVariable: readOnly,
  };
}

function countOf(items: Iterable<unknown>): number {
  let count = 0;
  for (const _ of items) count++;
  return count;
}

const readOnly = (): never => {
  throw new TypeError("what is shown of a session is not written to");
};
