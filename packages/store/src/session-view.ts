import { type Session, sessionStats } from "@trimtab/core";
import type { Clock } from "./clock.ts";
import type { LoadedSession } from "./sessions.ts";

/** A session as callers see it, at this moment. */
export function viewOf({ runtime, accessedAt, accessedAtMs }: LoadedSession, clock: Clock): Session {
  const { state } = runtime;
  return {
    id: state.id,
    epoch: state.epoch,
    revision: state.revision,
    metadata: state.metadata,
    createdAtMs: state.createdAtMs,
    lastAccessedAtMs: accessedAtMs,
    ttlMs: state.ttlMs,
    stats: sessionStats(state, {
      ageMs: Math.max(0, clock.now() - state.createdAtMs),
      sinceAccessMs: clock.elapsed() - accessedAt,
    }),
  };
}
