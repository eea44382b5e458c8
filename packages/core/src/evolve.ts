import type { Commit, SessionEvent, VariableRegistered } from "./commit.ts";
import {
  deleteProgram,
  deleteVariable,
  newSession,
  putProgram,
  putVariable,
  type SessionState,
} from "./session-state.ts";
import { createVariable, updateValue, type Variable } from "./variable.ts";

/**
 * Folds one commit into a session: total, without clock or plugins, in time proportional to the commit.
 * Takes ownership of the state and returns its successor, which may be the same object.
 */
export function evolve(state: SessionState, commit: Commit): SessionState {
  let next = state;
  for (const event of commit.events) next = applyEvent(next, event, commit);
  next.revision = commit.revision;
  next.atMs = commit.atMs;
  return next;
}

function applyEvent(state: SessionState, event: SessionEvent, commit: Commit): SessionState {
  switch (event.kind) {
    case "session-created":
      // A session made anew under a deleted one's id goes on with its revisions and with nothing else.
      return newSession(state.id, { ...event, atMs: commit.atMs });
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
    case "variable-set": {
      const variable = state.variables.get(event.id);
      if (variable === undefined) return state;
      const { atMs, origin, actor: updatedBy, revision, metadata } = commit;
      return putVariable(
        state,
        updateValue(variable, { payload: event.payload, atMs, revision, origin, updatedBy, metadata }),
      );
    }
    case "variable-changed":
      state.variables.set(event.variable.id, event.variable);
      return state;
    case "variable-deleted":
      return deleteVariable(state, event.id);
    case "program-put": {
      const createdAtMs = state.programs.get(event.id)?.createdAtMs ?? commit.atMs;
      return putProgram(state, { id: event.id, body: event.body, createdAtMs, updatedAtMs: commit.atMs });
    }
    case "program-deleted":
      return deleteProgram(state, event.id);
  }
}

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
    createdAtMs: commit.atMs,
    revision: commit.revision,
    updatedBy: commit.actor,
    origin: commit.origin,
  });
