import {
  type Command,
  checkChoice,
  checkExport,
  type Dependency,
  type DependencySpec,
  type ExportOptions,
  findVariable,
  type ImportItem,
  type ImportOptions,
  mergeStrategies,
  type Outcome,
  readPattern,
  type SessionState,
  type Store,
  StoreError,
  unknownSpace,
  unknownVariable,
  type Variable,
  type VariableExport,
  type VariableVersion,
  withoutPermissions,
} from "@trimtab/core";
import { completed } from "./history-operations.ts";
import { revisionOf, stateAt } from "./past-states.ts";
import type { SessionRuntime } from "./session-runtime.ts";
import type { Sessions } from "./sessions.ts";

/** The part of a store that takes variables out and in. */
export function createTransferOperations(sessions: Sessions): Pick<Store, "exportVariables" | "importVariables"> {
  return {
    exportVariables: (session, options = {}) =>
      sessions.access(session, async ({ runtime }) => {
        const { at = { kind: "revision", revision: runtime.state.revision } } = options;
        const state = await stateAt(runtime, sessions.snapshots, await revisionOf(runtime, at));
        const exported = exportOf(state, options);
        const history = options.includeHistory === true ? await historyOf(runtime, exported) : new Map();
        return { ...exported, exportedAtMs: Date.now(), history };
      }),
    async importVariables(session, data, options = {}) {
      const { strategy: _, allowPartial = false, validateOnly = false, ...rest } = options;
      const { pattern: __, includeHistory: ___, includeDependencies: ____, ...by } = rest;
      const commands = importCommands(data, options);
      // Trying it out tells of everything that would be refused, not only that something would.
      const result = await sessions.write(session, commands, {
        ...by,
        validateOnly,
        atomic: !allowPartial && !validateOnly,
      });
      // That of the dependencies stands for the whole.
      const last = result.decision.outcomes.at(-1);
      if (!allowPartial && last?.kind === "refused") throw new StoreError(last.refusal);
      const items = commands.flatMap((command, index) => {
        const outcome = result.decision.outcomes[index];
        return command.kind === "import-variable" && outcome !== undefined ? [itemOf(command.variable, outcome)] : [];
      });
      const ids = await sessions.access(session, ({ runtime }) =>
        items.map(({ name }) => findVariable(runtime.state, name)?.id),
      );
      const count = (outcome: ImportItem["outcome"]) => items.filter((item) => item.outcome === outcome).length;
      return {
        session,
        revision: result.revision,
        created: count("created"),
        updated: count("updated"),
        kept: count("kept"),
        refused: count("refused"),
        dependencies: (result.commit?.events ?? []).filter(({ kind }) => kind === "dependency-added").length,
        items: items.map((item, index) => ({ ...item, id: item.id || (ids[index] ?? "") })),
      };
    },
  };
}

function exportOf(state: SessionState, options: ExportOptions): Omit<VariableExport, "exportedAtMs" | "history"> {
  const variables = selectVariables(state, options);
  const ids = new Set(variables.map(({ id }) => id));
  const dependencies: Dependency[] = [];
  if (options.includeDependencies !== false) {
    for (const { id } of variables) {
      for (const dependency of state.dependencies.dependenciesOf(id)) {
        if (ids.has(dependency.dependsOn)) dependencies.push(dependency);
      }
    }
  }
  // Who may see them is a matter of this session, not of where the file goes.
  const shown = variables.map(withoutPermissions);
  return { session: state.id, revision: state.revision, variables: shown, dependencies };
}

function selectVariables(state: SessionState, options: ExportOptions): Variable[] {
  const { pattern, space } = options;
  const refs = options.refs?.length === 0 ? undefined : options.refs;
  const types = options.types === undefined || options.types.length === 0 ? undefined : new Set(options.types);
  const named = new Set<string>();
  for (const ref of refs ?? []) {
    const variable = findVariable(state, ref);
    if (variable === undefined) throw new StoreError(unknownVariable(ref));
    named.add(variable.id);
  }
  const members = space === undefined ? undefined : state.spaces.get(space);
  if (space !== undefined && members === undefined) throw new StoreError(unknownSpace(space));
  const hasFilter = pattern !== undefined || types !== undefined || members !== undefined;
  const matches = readPattern(pattern);
  const passes = ({ id, name, type }: Variable) =>
    matches(name) && (types === undefined || types.has(type)) && (members?.variables.includes(id) ?? true);
  const wantsAll = refs === undefined || hasFilter;
  return [...state.variables.values()].filter((variable) => named.has(variable.id) || (wantsAll && passes(variable)));
}

/** Versions up to the revision that is exported, each with its value. */
async function historyOf(
  runtime: SessionRuntime,
  { variables, revision }: Omit<VariableExport, "exportedAtMs" | "history">,
) {
  const history = new Map<string, readonly VariableVersion[]>();
  for (const { id } of variables) {
    const versions = runtime.history.versionsOf(id).filter((version) => version.revision <= revision);
    history.set(id, await Promise.all(versions.map((version) => completed(runtime, id, version))));
  }
  return history;
}

/** One command per variable, so that each has its own outcome, and one for what is between them. */
function importCommands(data: VariableExport, options: ImportOptions): Command[] {
  const { strategy = "keep", pattern, includeHistory = true, includeDependencies = true } = options;
  const { allowPartial = false } = options;
  const wrong = checkChoice(strategy, "strategy", mergeStrategies);
  if (wrong !== undefined) throw new StoreError(wrong);
  checkExport(data);
  const matches = readPattern(pattern);
  const variables = data.variables.filter(({ name }) => matches(name));
  const names = new Map(variables.map(({ id, name }) => [id, name]));
  const commands: Command[] = variables.map((variable) => {
    const versions = includeHistory ? data.history.get(variable.id) : undefined;
    return { kind: "import-variable", variable, strategy, ...(versions !== undefined && { versions }) };
  });
  const dependencies = includeDependencies ? data.dependencies.flatMap((each) => specOf(each, names)) : [];
  return [...commands, { kind: "import-dependencies", dependencies, names: [...names.values()], allowPartial }];
}

function specOf(dependency: Dependency, names: ReadonlyMap<string, string>): DependencySpec[] {
  const variable = names.get(dependency.variable);
  const dependsOn = names.get(dependency.dependsOn);
  if (variable === undefined || dependsOn === undefined) return [];
  return [{ variable, dependsOn, kind: dependency.kind, metadata: dependency.metadata }];
}

function itemOf({ name, id: sourceId }: Variable, outcome: Outcome): ImportItem {
  if (outcome.kind === "refused") {
    return { name, sourceId, id: "", outcome: "refused", refusal: new StoreError(outcome.refusal) };
  }
  const [event] = outcome.events;
  if (event?.kind === "variable-imported") return { name, sourceId, id: event.variable.id, outcome: "created" };
  return { name, sourceId, id: "", outcome: event === undefined ? "kept" : "updated" };
}
