import { noPermissions, type Permissions } from "./access/access-rule.ts";
import type { ConfigurationSpace } from "./configuration-space/configuration-space.ts";
import { type Adjacency, emptyAdjacency } from "./dependency/adjacency.ts";
import { type DependencyGraph, emptyGraph } from "./dependency/dependency-graph.ts";
import { createGlob } from "./glob.ts";
import type { Label } from "./label/label.ts";
import { emptyTable, layerOver, type Table } from "./layered-map.ts";
import type { OptimizationRecord } from "./lease/optimization.ts";
import type { ValueRecord } from "./payload.ts";
import type { Rule } from "./rule/rule.ts";
import type { SessionSummary } from "./session-summary.ts";
import type { Program } from "./store/program-store.ts";
import type { SessionStats } from "./store/session-store.ts";
import { emptyRecord, type Variable } from "./variable.ts";
import { idPrefix, numberOfId } from "./variable-id.ts";
import { createVariableTable, VariableTable } from "./variable-table.ts";
import { writable } from "./writable.ts";

/**
 * One session as the fold of its commits. The functions in this file and `evolve` take ownership of the state they are
 * given, change it in time proportional to the change, and return it; keep the old one by drafting first: {@link draftOf}.
 * Of what a session may have, most sessions have nothing: they share what is empty, in whose place {@link writable} puts their own.
 */
export interface SessionState {
  readonly id: string;
  /** `absent` before the first commit; `deleted` or `expired` after the last. */
  status: "absent" | "live" | "deleted" | "expired";
  epoch: string;
  /** Number of the last commit folded in; 0 for none. */
  revision: number;
  /** Time of the last commit folded in. */
  atMs: number;
  createdAtMs: number;
  ttlMs: number;
  metadata: ValueRecord;
  /** In the order they were registered. */
  readonly variables: Table<string, Variable>;
  /** Ids by name. */
  readonly names: Table<string, string>;
  readonly programs: Table<string, Program>;
  readonly dependencies: DependencyGraph;
  /** Ids of the variables that are stale. */
  readonly stale: Table<string, string>;
  readonly rules: Table<string, Rule>;
  /** Names of rules by the id of each variable that they name. */
  readonly rulesOf: Adjacency<string>;
  readonly spaces: Table<string, ConfigurationSpace>;
  /** Names of configuration spaces by the id of each of their variables. */
  readonly spacesOf: Adjacency<string>;
  readonly labels: Table<string, Label>;
  /** Those under way, and the newest that are over, oldest first. */
  readonly optimizations: Table<string, OptimizationRecord>;
  /** Ids of optimizations by the id of each variable that is leased to one. */
  readonly leases: Table<string, string>;
  /** The access rules for all variables. */
  permissions: Permissions;
  /** Ids of the variables that have access rules of their own. */
  readonly shared: Table<string, string>;
  /** Revision of the last commit that changed an access rule; 0 for none. */
  accessRevision: number;
  /** Revisions by the request that made them, oldest first; the last {@link maxRequests}. */
  readonly requests: Table<string, number>;
  requestCount: number;
  /** Number that the next registered variable's id ends in. */
  nextNumber: number;
  /** The highest number that the id of a deleted variable ended in; 0 where none was deleted. */
  deletedNumber: number;
  variableCount: number;
  programCount: number;
  totalVariableUpdates: number;
}

/** The state before any commit. */
export const absentSession = (id: string): SessionState => ({
  id,
  status: "absent",
  epoch: "",
  revision: 0,
  atMs: 0,
  createdAtMs: 0,
  ttlMs: 0,
  metadata: emptyRecord,
  variables: createVariableTable(),
  names: new Map(),
  programs: emptyTable,
  dependencies: emptyGraph,
  stale: emptyTable,
  rules: emptyTable,
  rulesOf: emptyAdjacency,
  spaces: emptyTable,
  spacesOf: emptyAdjacency,
  labels: emptyTable,
  optimizations: emptyTable,
  leases: emptyTable,
  permissions: noPermissions,
  shared: emptyTable,
  accessRevision: 0,
  requests: emptyTable,
  requestCount: 0,
  nextNumber: 1,
  deletedNumber: 0,
  variableCount: 0,
  programCount: 0,
  totalVariableUpdates: 0,
});

/** Requests that a session remembers, so that a retried one is not carried out twice. */
export const maxRequests = 4096;

/** One hour, the time to live of a session that names none. */
export const defaultTtlMs = 3_600_000;
/** How long a session may be to live, in milliseconds: as long as a duration of protobuf can be (its JSON form). */
export const ttlLimits = { min: 1, max: 315_576_000_000_000 } as const;

/** A live session with nothing in it. */
export const newSession = (
  id: string,
  options: { atMs: number; ttlMs?: number; metadata?: ValueRecord; epoch?: string },
): SessionState => ({
  ...absentSession(id),
  status: "live",
  epoch: options.epoch ?? "",
  atMs: options.atMs,
  createdAtMs: options.atMs,
  ttlMs: options.ttlMs ?? defaultTtlMs,
  metadata: options.metadata ?? emptyRecord,
});

/** A copy to try things on, in constant time: it changes without changing the original. */
export const draftOf = (state: SessionState): SessionState => ({
  ...state,
  variables: layerOver(state.variables),
  names: layerOver(state.names),
  programs: draftTable(state.programs),
  dependencies: state.dependencies === emptyGraph ? emptyGraph : state.dependencies.draft(),
  stale: draftTable(state.stale),
  rules: draftTable(state.rules),
  rulesOf: state.rulesOf === emptyAdjacency ? emptyAdjacency : state.rulesOf.draft(),
  spaces: draftTable(state.spaces),
  spacesOf: state.spacesOf === emptyAdjacency ? emptyAdjacency : state.spacesOf.draft(),
  labels: draftTable(state.labels),
  optimizations: draftTable(state.optimizations),
  leases: draftTable(state.leases),
  shared: draftTable(state.shared),
  requests: draftTable(state.requests),
});

const draftTable = <K, V>(table: Table<K, V>): Table<K, V> => (table === emptyTable ? table : layerOver(table));

/** Adds a variable or replaces the one of the same id, and counts one update. */
export function putVariable(state: SessionState, variable: Variable): SessionState {
  const before = state.variables.get(variable.id);
  if (before === undefined) state.variableCount++;
  else if (before.name !== variable.name) dropName(state, before);
  storeVariable(state, variable);
  if (state.variables instanceof VariableTable) state.variables.noteComing();
  if (before?.name !== variable.name) state.names.set(variable.name, variable.id);
  state.totalVariableUpdates++;
  return state;
}

/** Puts a variable in the place of what it was, of the same id and name, and counts one update. */
export function replaceVariable(state: SessionState, variable: Variable): void {
  storeVariable(state, variable);
  state.totalVariableUpdates++;
}

/** Stores a variable under its id, and whether it is stale and shared. */
export function storeVariable(state: SessionState, variable: Variable): void {
  state.variables.set(variable.id, variable);
  if (variable.permissions !== undefined) noteRules(state, variable.id, variable.permissions);
  if (variable.stale !== undefined) writable(state, "stale").set(variable.id, variable.id);
  else if (state.stale.has(variable.id)) state.stale.delete(variable.id);
}

function noteRules(state: SessionState, id: string, { rules, revision }: Permissions): void {
  if (revision > state.accessRevision) state.accessRevision = revision;
  if (rules.length > 0) writable(state, "shared").set(id, id);
  else if (state.shared.has(id)) state.shared.delete(id);
}

/** Removes a variable by id or name; without one of that ref the state stays as it is. */
export function deleteVariable(state: SessionState, ref: string): SessionState {
  const variable = findVariable(state, ref);
  if (variable === undefined) return state;
  state.variables.delete(variable.id);
  state.dependencies.removeVariable(variable.id);
  state.stale.delete(variable.id);
  state.shared.delete(variable.id);
  state.spacesOf.removeFrom(variable.id);
  dropName(state, variable);
  state.deletedNumber = Math.max(state.deletedNumber, numberOfId(variable.id) ?? 0);
  state.variableCount--;
  return state;
}

/** A name that another variable has taken since stays with that one. */
function dropName(state: SessionState, variable: Variable): void {
  if (state.names.get(variable.name) === variable.id) state.names.delete(variable.name);
}

/** Finds a variable in constant time; an id wins over a name. */
export function findVariable(state: SessionState, ref: string): Variable | undefined {
  const id = state.names.get(ref);
  if (id === undefined) return state.variables.get(ref);
  // One that is called like another's id; names that cannot be are not looked up twice.
  const byId = ref.startsWith(idPrefix) ? state.variables.get(ref) : undefined;
  return byId ?? state.variables.get(id);
}

/** Says whether an id or a name is known. */
export const hasVariable = (state: SessionState, ref: string): boolean => findVariable(state, ref) !== undefined;

/** Variables in the order they were registered; with a glob, those whose name it matches. */
export function listVariables(state: SessionState, pattern?: string): Variable[] {
  const variables = [...state.variables.values()];
  if (pattern === undefined || pattern === "*") return variables;
  const matches = createGlob(pattern);
  return variables.filter((variable) => matches(variable.name));
}

/** Names of all variables. */
export const variableNames = (state: SessionState): string[] => [...state.names.keys()];

/** Stores a program; only a new one counts. */
export function putProgram(state: SessionState, program: Program): SessionState {
  if (!state.programs.has(program.id)) state.programCount++;
  writable(state, "programs").set(program.id, program);
  return state;
}

/** Removes a program; without one of that id the state stays as it is. */
export function deleteProgram(state: SessionState, id: string): SessionState {
  if (state.programs.delete(id)) state.programCount--;
  return state;
}

/** Says whether a session that was last accessed so long ago has outlived its time to live. */
export const isExpired = (state: Pick<SessionState, "ttlMs">, sinceAccessMs: number): boolean =>
  sinceAccessMs > state.ttlMs;

/** Counts and ages at a moment. */
export const sessionStats = (state: SessionSummary, ages: { ageMs: number; sinceAccessMs: number }): SessionStats => ({
  variableCount: state.variableCount,
  programCount: state.programCount,
  totalVariableUpdates: state.totalVariableUpdates,
  totalItems: state.variableCount + state.programCount,
  ageMs: ages.ageMs,
  timeSinceAccessMs: ages.sinceAccessMs,
});
