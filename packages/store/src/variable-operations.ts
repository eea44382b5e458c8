import {
  type Command,
  checkBatchSize,
  counted,
  type DependencyView,
  explained,
  findVariable,
  kinds,
  orderRegistrations,
  registeredVariable,
  requireArguments,
  type SessionState,
  type SetOptions,
  type Store,
  StoreError,
  setOptionNames,
  storeArguments,
  storeError,
  type Updates,
  unknownName,
  unknownVariable,
  updateEntries,
  type Variable,
  wouldCreateCycle,
} from "@trimtab/core";
import { ownDependencies } from "./dependency-views.ts";
import { expecting, refuseExpectedVersion } from "./expectations.ts";
import type { Sessions } from "./sessions.ts";
import { tellBatchRead, tellRead } from "./tell-read.ts";
import { pageOfVariables, withoutMetadata } from "./variable-listing.ts";
import { onlyWritten, toBatchWritten } from "./write-receipts.ts";

type VariableOperations = Pick<
  Store,
  | "registerVariable"
  | "registerVariables"
  | "getVariable"
  | "getVariables"
  | "listVariables"
  | "setVariable"
  | "setVariables"
  | "updateVariable"
  | "deleteVariable"
  | "deleteVariables"
>;

/** The part of a store that deals with variables. */
export function createVariableOperations(sessions: Sessions): VariableOperations {
  return { ...createReads(sessions), ...createRegistrations(sessions), ...createWrites(sessions) };
}

function createReads(sessions: Sessions): Pick<VariableOperations, "getVariable" | "getVariables" | "listVariables"> {
  const { telemetry } = sessions;
  return {
    getVariable: (session, ref) =>
      sessions.access(session, ({ runtime }) => {
        const variable = requireVariable(runtime.state, ref);
        if (telemetry.isHeard) tellRead(telemetry, session, [variable]);
        return variable;
      }),
    getVariables: (session, refs, { includeMetadata = true, includeDependencies = false } = {}) =>
      sessions.access(session, ({ runtime: { state } }) => {
        refuseManyRefs(sessions, state, refs);
        const found = new Map<string, Variable>();
        const missing: string[] = [];
        const dependencies = includeDependencies ? new Map<string, DependencyView[]>() : undefined;
        for (const ref of refs) {
          if (found.has(ref)) continue;
          const variable = findVariable(state, ref);
          if (variable === undefined) {
            missing.push(ref);
            continue;
          }
          found.set(ref, includeMetadata ? variable : withoutMetadata(variable));
          dependencies?.set(ref, ownDependencies(state, variable.id));
        }
        if (telemetry.isHeard) tellBatchRead(telemetry, session, refs.length, found.values());
        return { revision: state.revision, found, missing, ...(dependencies !== undefined && { dependencies }) };
      }),
    listVariables: (session, options = {}) =>
      sessions.access(session, ({ runtime: { state } }) => {
        const page = pageOfVariables(state, options);
        if (telemetry.isHeard) tellRead(telemetry, session, page.items);
        return page;
      }),
  };
}

/** Refuses to look for more variables than there may be. */
export function refuseManyRefs(
  { limits }: Pick<Sessions, "limits">,
  state: SessionState,
  refs: readonly string[],
): void {
  const limit = Math.max(limits.variablesPerSession, state.variableCount);
  if (refs.length <= limit) return;
  const message = `refs: at most ${counted(limit, "variable is", "variables are")} asked for together, not ${refs.length}`;
  throw storeError("limit_exceeded", message, { field: "refs", limit, value: refs.length });
}

/** Finds a variable; throws `not_found`. */
export function requireVariable(state: SessionState, ref: string): Variable {
  const variable = findVariable(state, ref);
  if (variable === undefined) throw new StoreError(kinds.filled(ref, "ref") ?? unknownVariable(ref));
  return variable;
}

function createRegistrations(sessions: Sessions): Pick<VariableOperations, "registerVariable" | "registerVariables"> {
  const afterwards = (session: string, name: string) =>
    sessions.access(session, ({ runtime }) => requireVariable(runtime.state, name));
  return {
    async registerVariable(session, spec, { ifExists = "refuse", ...by } = {}) {
      const { revision, commit } = await sessions.write(session, [{ kind: "register-variable", spec, ifExists }], by);
      const event = commit?.events.find((each) => each.kind === "variable-registered");
      // As it was registered, whatever has come after: a request made again is answered as the first was.
      const isNew = commit !== undefined && event?.kind === "variable-registered";
      const variable = isNew ? registeredVariable(event, commit) : await afterwards(session, spec.name);
      return { session, revision, variable };
    },
    async registerVariables(session, specs, { ifExists = "refuse", ...by } = {}) {
      const names = specs.map((spec) => spec.name);
      const seen = new Set<string>();
      const twice = names.find((name) => seen.size === seen.add(name).size);
      if (twice !== undefined) {
        throw storeError("already_exists", `the batch registers ${twice} twice`, { resource: "variable", id: twice });
      }
      const ordered = orderRegistrations(specs, sessions.means);
      // What is there already is kept with what it depends on, whatever is said of it here.
      if (ordered.cycle !== undefined && ifExists === "refuse") throw new StoreError(wouldCreateCycle(ordered.cycle));
      const commands = ordered.specs.map((spec) => ({ kind: "register-variable", spec, ifExists }) as const);
      const { revision } = await sessions.write(session, commands, by);
      const state = (await sessions.live(session)).runtime.state;
      return { session, revision, ids: new Map(names.map((name) => [name, requireVariable(state, name).id])) };
    },
  };
}

function createWrites(
  sessions: Sessions,
): Pick<VariableOperations, "setVariable" | "setVariables" | "updateVariable" | "deleteVariable" | "deleteVariables"> {
  return {
    setVariable(session, ref, value, options = noOptions) {
      // No async function, which costs more than the promise that it makes.
      try {
        if (ref === "" || unknownName(options, setOptionNames) !== undefined)
          requireArguments(setting, [session, ref, value, options]);
        const { expectedVersion } = options;
        const set = { kind: "set-variable", ref, value } as const;
        const command: Command = expectedVersion === undefined ? set : { ...set, expectedVersion };
        const made = sessions.write(session, [command], options);
        if (made instanceof Promise) return made.then((result) => onlyWritten(session, ref, result));
        return Promise.resolve(onlyWritten(session, ref, made));
      } catch (error) {
        return Promise.reject(explained(error, setting, [session, ref, value, options]));
      }
    },
    async setVariables(session, updates, options) {
      if (options !== undefined) requireArguments(storeArguments.setVariables, [session, updates, options]);
      const { atomic = true, expectedVersions = {}, ...by } = options ?? {};
      const commands = batchCommands(updates, expectedVersions);
      const made = sessions.write(session, commands, { ...by, atomic, isBatch: true });
      return toBatchWritten(session, commands, made instanceof Promise ? await made : made);
    },
    async updateVariable(session, ref, changes, { expectedVersion, ...by } = {}) {
      const { description, metadata, constraints } = changes;
      const what = {
        ...(description !== undefined && { description }),
        ...(metadata !== undefined && { metadata }),
        ...(constraints !== undefined && { constraints }),
      };
      const command = { kind: "change-variable", ref, ...what, ...expecting(expectedVersion) } as const;
      const { commit } = await sessions.write(session, [command], by);
      const event = commit?.events.find(({ kind }) => kind === "variable-changed");
      if (event?.kind !== "variable-changed") throw storeError("internal", `changing ${ref} made no commit`, {});
      return event.variable;
    },
    async deleteVariable(session, ref, { allowMissing = false, cascade = false, expectedVersion, ...by } = {}) {
      const command = { kind: "delete-variable", ref, allowMissing, cascade, ...expecting(expectedVersion) } as const;
      const { revision } = await sessions.write(session, [command], by);
      return { session, revision };
    },
    async deleteVariables(session, refs, { allowMissing = false, cascade = false, expectedVersion, ...by } = {}) {
      refuseExpectedVersion(expectedVersion, "delete one variable to check its version");
      refuseManyItems(sessions, refs);
      const { state } = (await sessions.live(session)).runtime;
      // With `cascade` an earlier one of the batch may take a later one with it, which is not missing then.
      if (cascade && !allowMissing) for (const ref of refs) requireVariable(state, ref);
      const commands = dependentsFirst(state, refs).map(
        (ref) => ({ kind: "delete-variable", ref, allowMissing: allowMissing || cascade, cascade }) as const,
      );
      const { revision } = await sessions.write(session, commands, by);
      return { session, revision };
    },
  };
}

/** Refuses a batch before anything is looked up for it. */
export function refuseManyItems({ limits }: Pick<Sessions, "limits">, items: readonly unknown[]): void {
  const refused = checkBatchSize(limits.batchItems, items.length);
  if (refused !== undefined) throw new StoreError(refused);
}

/** Refs in an order in which each can be deleted once those before it are gone. */
function dependentsFirst(state: SessionState, refs: readonly string[]): readonly string[] {
  const heightOf = (ref: string) => state.dependencies.heightOf(findVariable(state, ref)?.id ?? ref);
  return [...refs].sort((a, b) => heightOf(b) - heightOf(a));
}

/** One command per update, and one per expected version that is a condition on its own. */
export function batchCommands(updates: Updates, expectedVersions: Readonly<Record<string, number>>): Command[] {
  const entries = updateEntries(updates);
  const commands: Command[] = [];
  for (const [ref, value] of entries) {
    const expected = Object.hasOwn(expectedVersions, ref) ? expectedVersions[ref] : undefined;
    commands.push({ kind: "set-variable", ref, value, ...expecting(expected) });
  }
  const updated = new Set(entries.map(([ref]) => ref));
  for (const [ref, expectedVersion] of Object.entries(expectedVersions)) {
    if (!updated.has(ref)) commands.push({ kind: "expect-version", ref, expectedVersion });
  }
  return commands;
}

const noOptions: SetOptions = {};
const setting = storeArguments.setVariable;
