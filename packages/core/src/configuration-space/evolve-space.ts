import type { Commit, SessionEvent } from "../commit.ts";
import { eventsIn, stepsOf } from "../commit-steps.ts";
import type { SessionState } from "../session-state.ts";
import { writable } from "../writable.ts";
import type { ConfigurationSpace } from "./configuration-space.ts";

type SpacePut = Extract<SessionEvent, { kind: "space-put" }>["space"];

/** Stores a space: version 0 where it is new, one more than before otherwise. */
export function putSpace(state: SessionState, space: SpacePut, commit: Commit): SessionState {
  const before = state.spaces.get(space.name);
  indexSpace(state, {
    ...space,
    version: before === undefined ? 0 : before.version + 1,
    createdAtMs: before?.createdAtMs ?? commit.atMs,
    updatedAtMs: commit.atMs,
    revision: commit.revision,
  });
  return state;
}

/** Stores a space as it is, and finds it by its variables from now on. */
export function indexSpace(state: SessionState, space: ConfigurationSpace): void {
  for (const id of state.spaces.get(space.name)?.variables ?? []) state.spacesOf.remove(id, space.name);
  writable(state, "spaces").set(space.name, Object.freeze(space));
  for (const id of space.variables) writable(state, "spacesOf").put(id, space.name, space.name);
}

/** Removes a space. */
export function removeSpace(state: SessionState, name: string): SessionState {
  for (const id of state.spaces.get(name)?.variables ?? []) state.spacesOf.remove(id, name);
  state.spaces.delete(name);
  return state;
}

/** Gives each space one version more where a commit has written any of its variables. */
export function evolveSpaces(state: SessionState, commit: Commit): void {
  if (state.spaces.size === 0) return;
  const touched = new Set<string>();
  for (const event of eventsIn(stepsOf(commit))) {
    if (event.kind === "variable-set" && event.unchanged !== true) {
      for (const name of state.spacesOf.from(event.id)) touched.add(name);
    }
  }
  for (const name of touched) {
    const space = state.spaces.get(name);
    // A space that this very commit has stored is new as it is.
    if (space === undefined || space.revision === commit.revision) continue;
    const { atMs: updatedAtMs, revision } = commit;
    state.spaces.set(name, Object.freeze({ ...space, version: space.version + 1, updatedAtMs, revision }));
  }
}
