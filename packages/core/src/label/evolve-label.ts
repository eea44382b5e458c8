import type { Commit, SessionEvent } from "../commit.ts";
import type { SessionState } from "../session-state.ts";
import { writable } from "../writable.ts";

type Event = Extract<SessionEvent, { kind: "label-set" | "label-deleted" }>;

/** Folds what has happened to labels into a session. */
export function evolveLabel(state: SessionState, event: Event, commit: Commit): SessionState {
  if (event.kind === "label-deleted") {
    state.labels.delete(event.name);
    return state;
  }
  const createdAtMs = state.labels.get(event.label.name)?.createdAtMs ?? commit.atMs;
  const { atMs: updatedAtMs, actor: updatedBy } = commit;
  writable(state, "labels").set(
    event.label.name,
    Object.freeze({ ...event.label, createdAtMs, updatedAtMs, updatedBy }),
  );
  return state;
}
