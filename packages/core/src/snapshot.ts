import type { ValueRecord } from "./payload.ts";
import { absentSession, type SessionState } from "./session-state.ts";
import type { Program } from "./store.ts";
import type { Variable } from "./variable.ts";

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
  readonly totalVariableUpdates: number;
  /** In the order they were registered. */
  readonly variables: readonly Variable[];
  readonly programs: readonly Program[];
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
});

/** The state that a snapshot was taken of. */
export function fromSnapshot(snapshot: SessionSnapshot): SessionState {
  const { variables, programs, ...scalars } = snapshot;
  return {
    ...absentSession(snapshot.id),
    ...scalars,
    variables: new Map(variables.map((variable) => [variable.id, variable])),
    names: new Map(variables.map((variable) => [variable.name, variable.id])),
    programs: new Map(programs.map((program) => [program.id, program])),
    variableCount: variables.length,
    programCount: programs.length,
  };
}
