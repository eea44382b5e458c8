import type { AccessRule, Permissions } from "./access/access-rule.ts";
import type { Commit, SessionEvent, VariableRegistered } from "./commit.ts";
import { stepsOf } from "./commit-steps.ts";
import { evolveSpaces, putSpace, removeSpace } from "./configuration-space/evolve-space.ts";
import { evolveDependency } from "./dependency/evolve-dependency.ts";
import { DerivedRun } from "./derivation/derived-run.ts";
import { evolveLabel } from "./label/evolve-label.ts";
import { evolveLease } from "./lease/evolve-lease.ts";
import { evolveRule } from "./rule/evolve-rule.ts";
import {
  deleteProgram,
  deleteVariable,
  maxRequests,
  newSession,
  putProgram,
  putVariable,
  replaceVariable,
  type SessionState,
  storeVariable,
} from "./session-state.ts";
import { forkOf } from "./snapshot.ts";
import { createVariable, type Variable } from "./variable.ts";
import { variableAfter } from "./variable-after.ts";
import { VariableTable } from "./variable-table.ts";
import { writable } from "./writable.ts";

/**
 * Folds one commit into a session: total, without clock or plugins, in time proportional to the commit.
 * Takes ownership of the state and returns its successor, which may be the same object.
 */
export const evolve = (state: SessionState, commit: Commit): SessionState => evolveDecided(state, commit, []);

/** The variable that an event leaves, where it was made on the way to a decision. */
export type MadeVariable = Variable | undefined;

/**
 * Folds a commit as {@link evolve} does where it was decided in this process, on this very state.
 *
 * @param made - what was made on the way to the decision, at the places of the steps that give variables their values; it
 *   need not be made again
 */
export function evolveDecided(state: SessionState, commit: Commit, made: readonly MadeVariable[]): SessionState {
  let next = state;
  let at = 0;
  for (const step of stepsOf(commit)) {
    const one = made[at++];
    if (step instanceof DerivedRun) applyRun(next, step, commit);
    else if (one === undefined) next = applyEvent(next, step, commit);
    else replaceVariable(next, one);
  }
  next.revision = commit.revision;
  next.atMs = commit.atMs;
  evolveSpaces(next, commit);
  if (commit.requestId !== undefined) rememberRequest(next, commit.requestId, commit.revision);
  return next;
}

/** Folds a run of derived values: into the table that it was computed from by noting in its slots where they are. */
function applyRun(state: SessionState, run: DerivedRun, commit: Commit): void {
  const { slots } = run;
  const { variables } = state;
  if (variables instanceof VariableTable && variables.owns(slots[0])) {
    for (let at = 0; at < slots.length; at++) slots[at]?.take(run, at);
    state.totalVariableUpdates += slots.length;
  } else {
    for (let at = 0; at < slots.length; at++) applyEvent(state, run.eventAt(at), commit);
  }
}

/** Folds one event of a commit into a session. */
export function applyEvent(state: SessionState, event: SessionEvent, commit: Commit): SessionState {
  switch (event.kind) {
    case "session-created":
      return following(state, newSession(state.id, { ...event, atMs: commit.atMs }));
    case "session-forked":
      return following(state, forkOf(state.id, event, commit));
    case "session-updated":
      state.ttlMs = event.ttlMs;
      state.metadata = event.metadata;
      return state;
    case "session-deleted":
      return {
        ...newSession(state.id, { atMs: state.createdAtMs, epoch: state.epoch }),
        status: event.cause === "session_expired" ? "expired" : "deleted",
      };
    case "variable-registered":
      state.nextNumber = event.number + 1;
      return putVariable(state, registeredVariable(event, commit));
    case "variable-imported":
      state.nextNumber = event.nextNumber;
      return putVariable(state, event.variable);
    case "variable-set": {
      const variable = state.variables.get(event.id);
      if (variable !== undefined) replaceVariable(state, variableAfter(variable, event, commit));
      return state;
    }
    case "variable-changed":
    case "staleness-changed":
      storeVariable(state, event.variable);
      return state;
    case "variable-deleted":
      return deleteVariable(state, event.id);
    case "program-put": {
      const createdAtMs = state.programs.get(event.id)?.createdAtMs ?? commit.atMs;
      return putProgram(state, { id: event.id, body: event.body, createdAtMs, updatedAtMs: commit.atMs });
    }
    case "program-deleted":
      return deleteProgram(state, event.id);
    case "dependency-added":
    case "dependency-removed":
    case "dependency-changed":
      return evolveDependency(state, event, commit);
    case "rule-put":
    case "rule-deleted":
      return evolveRule(state, event, commit);
    case "space-put":
      return putSpace(state, event.space, commit);
    case "space-deleted":
      return removeSpace(state, event.name);
    case "label-set":
    case "label-deleted":
      return evolveLabel(state, event, commit);
    case "optimization-started":
    case "optimization-reported":
    case "lease-renewed":
    case "optimization-ended":
      return evolveLease(state, event, commit);
    case "session-permissions-set":
      state.permissions = permissionsOf(event.rules, commit);
      state.accessRevision = commit.revision;
      return state;
  }
}

/**
 * A session made anew under a deleted one's id: it goes on with its revisions, and with the request that has ended it, so that
 * this is not made again.
 */
const following = ({ requests, requestCount }: SessionState, begun: SessionState): SessionState => ({
  ...begun,
  requests,
  requestCount,
});

/** The variable that a registration makes. */
export const registeredVariable = (event: VariableRegistered, commit: Commit): Variable =>
  createVariable({
    id: event.id,
    name: event.name,
    type: event.type,
    payload: event.payload,
    constraints: event.constraints,
    metadata: event.metadata,
    description: event.description,
    readOnly: event.readOnly,
    ...(event.derivation !== undefined && { derivation: event.derivation }),
    ...(event.stale !== undefined && { stale: { cause: event.stale, sinceRevision: commit.revision } }),
    ...(event.sensitive === true && { sensitive: true }),
    ...(event.accessRules !== undefined && { permissions: permissionsOf(event.accessRules, commit) }),
    createdAtMs: commit.atMs,
    revision: commit.revision,
    updatedBy: commit.actor,
    origin: commit.origin,
  });

const permissionsOf = (rules: readonly AccessRule[], { revision, atMs, actor }: Commit): Permissions =>
  Object.freeze({ rules, revision, updatedAtMs: atMs, updatedBy: actor });

function rememberRequest(state: SessionState, requestId: string, revision: number): void {
  if (!state.requests.has(requestId)) state.requestCount++;
  writable(state, "requests").set(requestId, revision);
  if (state.requestCount <= maxRequests) return;
  for (const oldest of state.requests.keys()) {
    state.requests.delete(oldest);
    state.requestCount--;
    return;
  }
}
