import type { Commit, SessionEvent } from "../commit.ts";
import type { SessionState } from "../session-state.ts";
import { writable } from "../writable.ts";
import type { Rule } from "./rule.ts";

type Event = Extract<SessionEvent, { kind: "rule-put" | "rule-deleted" }>;

/** Folds what has happened to rules into a session. */
export function evolveRule(state: SessionState, event: Event, commit: Commit): SessionState {
  if (event.kind === "rule-deleted") {
    dropRule(state, event.name);
    return state;
  }
  const createdAtMs = state.rules.get(event.rule.name)?.createdAtMs ?? commit.atMs;
  const { atMs: updatedAtMs, actor: updatedBy, revision } = commit;
  putRule(state, Object.freeze({ ...event.rule, createdAtMs, updatedAtMs, updatedBy, revision }));
  return state;
}

/** Stores a rule, and finds it by its variables from now on. */
export function putRule(state: SessionState, rule: Rule): void {
  for (const id of state.rules.get(rule.name)?.variables ?? []) state.rulesOf.remove(id, rule.name);
  writable(state, "rules").set(rule.name, rule);
  for (const id of rule.variables) writable(state, "rulesOf").put(id, rule.name, rule.name);
}

function dropRule(state: SessionState, name: string): void {
  for (const id of state.rules.get(name)?.variables ?? []) state.rulesOf.remove(id, name);
  state.rules.delete(name);
}
