import type { Commit, SessionEvent } from "../commit.ts";
import type { SessionState } from "../session-state.ts";
import { writable } from "../writable.ts";

type Event = Extract<SessionEvent, { kind: "dependency-added" | "dependency-removed" | "dependency-changed" }>;

/** Folds what has happened to dependencies into a session. */
export function evolveDependency(state: SessionState, event: Event, commit: Commit): SessionState {
  const { dependencies } = state;
  if (event.kind === "dependency-removed") dependencies.remove(event.variable, event.dependsOn);
  else if (event.kind === "dependency-added") {
    const { variable, dependsOn, dependency: kind, metadata } = event;
    const createdAtMs = dependencies.get(variable, dependsOn)?.createdAtMs ?? commit.atMs;
    writable(state, "dependencies").put({
      variable,
      dependsOn,
      kind,
      metadata,
      createdAtMs,
      revision: commit.revision,
    });
  }
  return state;
}
