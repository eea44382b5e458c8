import type { Permissions } from "./access/access-rule.ts";
import type { Commit, SessionEvent } from "./commit.ts";
import type { ConfigurationSpace } from "./configuration-space/configuration-space.ts";
import { indexSpace } from "./configuration-space/evolve-space.ts";
import type { Dependency } from "./dependency/dependency.ts";
import type { VariableVersion } from "./history/session-history.ts";
import type { Label } from "./label/label.ts";
import { emptyTable, type Table } from "./layered-map.ts";
import { putOptimization } from "./lease/evolve-lease.ts";
import type { OptimizationRecord } from "./lease/optimization.ts";
import type { ValueRecord } from "./payload.ts";
import { putRule } from "./rule/evolve-rule.ts";
import type { Rule } from "./rule/rule.ts";
import { absentSession, type SessionState } from "./session-state.ts";
import type { Program } from "./store/program-store.ts";
import type { Variable } from "./variable.ts";
import { createVariableTable } from "./variable-table.ts";
import { writable } from "./writable.ts";

/** A session at one revision as plain data: a place for a replay to start from. */
export interface SessionSnapshot {
  readonly id: string;
  readonly status: SessionState["status"];
  readonly epoch: string;
  readonly revision: number;
  readonly atMs: number;
  readonly createdAtMs: number;
  readonly ttlMs: number;
  readonly metadata: ValueRecord;
  readonly nextNumber: number;
  /** Where any variable was deleted. */
  readonly deletedNumber?: number;
  readonly totalVariableUpdates: number;
  /** In the order they were registered. */
  readonly variables: readonly Variable[];
  readonly programs: readonly Program[];
  readonly dependencies: readonly Dependency[];
  readonly rules: readonly Rule[];
  readonly spaces: readonly ConfigurationSpace[];
  readonly labels: readonly Label[];
  /** Where there are any, oldest first. */
  readonly optimizations?: readonly OptimizationRecord[];
  /** The access rules for all variables, where any were ever set. */
  readonly permissions?: Permissions;
  /** Requests and the revisions that they made, oldest first. */
  readonly requests: readonly (readonly [string, number])[];
}

/** A snapshot, and the versions of its variables that are kept at hand: what a session is loaded from. */
export interface SessionCheckpoint {
  readonly session: SessionSnapshot;
  readonly history: Iterable<readonly [string, readonly VariableVersion[]]>;
}

/** Takes a session's snapshot: time proportional to its variables, whose records are shared. */
export const toSnapshot = (state: SessionState): SessionSnapshot => ({
  id: state.id,
  status: state.status,
  epoch: state.epoch,
  revision: state.revision,
  atMs: state.atMs,
  createdAtMs: state.createdAtMs,
  ttlMs: state.ttlMs,
  metadata: state.metadata,
  nextNumber: state.nextNumber,
  totalVariableUpdates: state.totalVariableUpdates,
  variables: [...state.variables.values()],
  programs: [...state.programs.values()],
  dependencies: [...state.dependencies.all()],
  rules: [...state.rules.values()],
  spaces: [...state.spaces.values()],
  labels: [...state.labels.values()],
  ...(state.deletedNumber > 0 && { deletedNumber: state.deletedNumber }),
  ...(state.optimizations.size > 0 && { optimizations: [...state.optimizations.values()] }),
  ...(state.permissions.revision > 0 && { permissions: state.permissions }),
  requests: Array.from(state.requests.keys(), (id) => [id, state.requests.get(id) ?? 0] as const),
});

/** The state that a snapshot was taken of. */
export function fromSnapshot(snapshot: SessionSnapshot): SessionState {
  const {
    variables,
    programs,
    dependencies,
    rules,
    spaces,
    labels,
    optimizations = [],
    requests,
    ...scalars
  } = snapshot;
  const state: SessionState = {
    ...absentSession(snapshot.id),
    ...scalars,
    variables: createVariableTable(variables),
    names: new Map(variables.map((variable) => [variable.name, variable.id])),
    programs: tableOf(programs.map((program) => [program.id, program])),
    stale: tableOf(variables.filter(({ stale }) => stale !== undefined).map(({ id }) => [id, id])),
    shared: tableOf(variables.filter((each) => each.permissions?.rules.length).map(({ id }) => [id, id])),
    accessRevision: lastRevisionOfRules(snapshot),
    labels: tableOf(labels.map((label) => [label.name, label])),
    requests: tableOf(requests),
    requestCount: requests.length,
    variableCount: variables.length,
    programCount: programs.length,
  };
  for (const dependency of dependencies) writable(state, "dependencies").put(dependency);
  for (const rule of rules) putRule(state, rule);
  for (const space of spaces) indexSpace(state, space);
  for (const optimization of optimizations) putOptimization(state, optimization);
  return state;
}

const tableOf = <V>(entries: readonly (readonly [string, V])[]): Table<string, V> =>
  entries.length === 0 ? emptyTable : new Map(entries);

const lastRevisionOfRules = ({ permissions, variables }: SessionSnapshot): number =>
  variables.reduce((last, each) => Math.max(last, each.permissions?.revision ?? 0), permissions?.revision ?? 0);

/** A variable as everyone but the session that it belongs to sees it. */
export function withoutPermissions(variable: Variable): Variable {
  if (variable.permissions === undefined) return variable;
  const { permissions: _, ...rest } = variable;
  return Object.freeze(rest);
}

/** A variable as a fork begins with it: nobody else's yet, and of the one revision that there is. */
function forked({ permissions: _, stale, ...variable }: Variable, revision: number): Variable {
  return Object.freeze({
    ...variable,
    revision,
    ...(stale !== undefined && { stale: { ...stale, sinceRevision: revision } }),
  });
}

/**
 * The state of a session that starts where another one was. Variables keep their ids and versions; labels and requests
 * are about the other session's revisions and stay there, and so do access rules: what was shared there is not here.
 */
export function forkOf(
  id: string,
  event: Extract<SessionEvent, { kind: "session-forked" }>,
  commit: Commit,
): SessionState {
  const { epoch, ttlMs, metadata } = event;
  const { permissions: _, ...from } = event.from;
  const { atMs, revision } = commit;
  return {
    ...fromSnapshot({
      ...from,
      variables: from.variables.map((variable) => forked(variable, revision)),
      labels: [],
      optimizations: [],
      requests: [],
    }),
    id,
    status: "live",
    epoch,
    ttlMs,
    metadata,
    atMs,
    revision,
    createdAtMs: atMs,
  };
}
