import {
  type Dependency,
  type DependencyPage,
  type DependencySpec,
  type DependencyView,
  type ListDependenciesOptions,
  reachableFrom,
  type SessionState,
  type Store,
  type StoreError,
  storeError,
  type Written,
} from "@trimtab/core";
import { byAge, viewOf } from "./dependency-views.ts";
import { expecting } from "./expectations.ts";
import { pageAfter } from "./paging.ts";
import type { Sessions } from "./sessions.ts";
import { refuseManyItems, requireVariable } from "./variable-operations.ts";
import type { WriteResult } from "./write-pipeline.ts";

type DependencyOperations = Pick<
  Store,
  | "addDependency"
  | "addDependencies"
  | "removeDependency"
  | "listDependencies"
  | "listDependents"
  | "setDerivation"
  | "clearDerivation"
  | "recomputeVariables"
>;

/** The part of a store that deals with dependencies and derivations. */
export function createDependencyOperations(sessions: Sessions): DependencyOperations {
  return { ...createEdits(sessions), ...createListings(sessions), ...createDerivations(sessions) };
}

function createEdits(
  sessions: Sessions,
): Pick<DependencyOperations, "addDependency" | "addDependencies" | "removeDependency"> {
  const add: Store["addDependencies"] = async (session, specs, by = {}) => {
    refuseManyItems(sessions, specs);
    const commands = specs.map((spec) => ({ kind: "add-dependency", spec }) as const);
    const { revision } = await sessions.write(session, commands, by);
    const { state } = (await sessions.live(session)).runtime;
    return { session, revision, dependencies: specs.map((spec) => addedBy(state, spec)) };
  };
  return {
    addDependencies: add,
    async addDependency(session, spec, by) {
      const { dependencies, ...receipt } = await add(session, [spec], by);
      const [dependency] = dependencies;
      if (dependency === undefined) throw storeError("internal", "adding a dependency made none", {});
      return { ...receipt, dependency };
    },
    async removeDependency(session, variable, dependsOn, { allowMissing = false, ...by } = {}) {
      const command = { kind: "remove-dependency", variable, dependsOn, allowMissing } as const;
      const { revision } = await sessions.write(session, [command], by);
      return { session, revision };
    },
  };
}

function addedBy(state: SessionState, spec: DependencySpec): DependencyView {
  const variable = requireVariable(state, spec.variable);
  const dependsOn = requireVariable(state, spec.dependsOn);
  const dependency = state.dependencies.get(variable.id, dependsOn.id);
  if (dependency !== undefined) return viewOf(state, dependency, 1);
  const id = `${variable.name} → ${dependsOn.name}`;
  throw storeError("not_found", `the dependency ${id} was removed right after it was added`, {
    resource: "dependency",
    id,
  });
}

function createListings(sessions: Sessions): Pick<DependencyOperations, "listDependencies" | "listDependents"> {
  return {
    listDependencies: (session, ref, options = {}) =>
      sessions.access(session, ({ runtime: { state } }) => {
        if (ref === undefined) return pageOf(state, everyDependency(state), options);
        const { id } = requireVariable(state, ref);
        const stepsFrom = (of: string) => state.dependencies.dependenciesOf(of);
        return pageOf(
          state,
          reached(id, stepsFrom, (edge) => edge.dependsOn, options),
          options,
        );
      }),
    listDependents: (session, ref, options = {}) =>
      sessions.access(session, ({ runtime: { state } }) => {
        const { id } = requireVariable(state, ref);
        const stepsFrom = (of: string) => state.dependencies.dependentsOf(of);
        return pageOf(
          state,
          reached(id, stepsFrom, (edge) => edge.variable, options),
          options,
        );
      }),
  };
}

interface Found {
  readonly dependency: Dependency;
  readonly depth: number;
}

function reached(
  id: string,
  edgesOf: (id: string) => Iterable<Dependency>,
  next: (edge: Dependency) => string,
  { transitive = false }: ListDependenciesOptions,
): Found[] {
  if (transitive) return [...reachableFrom(id, edgesOf, next)];
  return Array.from(edgesOf(id), (dependency) => ({ dependency, depth: 1 }));
}

const everyDependency = (state: SessionState): Found[] =>
  Array.from(state.dependencies.all(), (dependency) => ({ dependency, depth: 0 }));

function pageOf(state: SessionState, found: readonly Found[], options: ListDependenciesOptions): DependencyPage {
  const kinds = new Set(options.kinds);
  const keyOf = ({ dependency, depth }: Found) => [depth, ...byAge(dependency)];
  const fitting = found.filter(({ dependency }) => kinds.size === 0 || kinds.has(dependency.kind));
  const page = pageAfter(fitting, options, keyOf);
  const items = page.items.map(({ dependency, depth }) => viewOf(state, dependency, depth));
  return { ...page, items, revision: state.revision };
}

function createDerivations(
  sessions: Sessions,
): Pick<DependencyOperations, "setDerivation" | "clearDerivation" | "recomputeVariables"> {
  const afterwards = (session: string, ref: string, { revision }: WriteResult) =>
    sessions.access(session, ({ runtime }) => ({ session, revision, variable: requireVariable(runtime.state, ref) }));
  return {
    async setDerivation(session, ref, derivation, { dependencies = [], expectedVersion, ...by } = {}) {
      const command = { kind: "set-derivation", ref, derivation, dependencies, ...expecting(expectedVersion) } as const;
      return afterwards(session, ref, await sessions.write(session, [command], by));
    },
    async clearDerivation(session, ref, { removeDependencies = false, expectedVersion, ...by } = {}) {
      const command = { kind: "clear-derivation", ref, removeDependencies, ...expecting(expectedVersion) } as const;
      return afterwards(session, ref, await sessions.write(session, [command], by));
    },
    async recomputeVariables(session, named, by = {}) {
      const refs = named?.length === 0 ? undefined : named;
      const command = { kind: "recompute-variables", ...(refs !== undefined && { refs }) } as const;
      const result = await sessions.write(session, [command], by);
      const { state } = (await sessions.live(session)).runtime;
      return { session, revision: result.revision, ...outcomeOf(session, state, refs, result) };
    },
  };
}

function outcomeOf(session: string, state: SessionState, refs: readonly string[] | undefined, result: WriteResult) {
  const applied = new Map<string, Written>();
  for (const event of result.commit?.events ?? []) {
    if (event.kind !== "variable-set") continue;
    const { id, name, version } = event;
    const updatedAtMs = result.commit?.atMs ?? 0;
    applied.set(id, { session, revision: result.revision, id, name, version, updatedAtMs });
  }
  const asked = refs?.map((ref) => requireVariable(state, ref).id) ?? [...state.stale.values()];
  const failed = new Map<string, StoreError>();
  for (const id of asked) {
    const variable = state.variables.get(id);
    if (variable?.stale === undefined) continue;
    failed.set(id, storeError("derivation_failed", variable.stale.cause, { variable: variable.name }));
  }
  return { applied, failed };
}
