import { type Session, sessionStats } from "@trimtab/core";
import type { Clock } from "./clock.ts";
import type { RestingSession } from "./session-table.ts";

/** A session as callers see it, at this moment. */
export function viewOf({ summary, accessedAt, accessedAtMs }: RestingSession, clock: Clock): Session {
  return {
    id: summary.id,
    epoch: summary.epoch,
    revision: summary.revision,
    metadata: summary.metadata,
    createdAtMs: summary.createdAtMs,
    // Accesses are told apart by milliseconds, and commits by microseconds.
    lastAccessedAtMs: Math.max(accessedAtMs, summary.createdAtMs),
    ttlMs: summary.ttlMs,
    stats: sessionStats(summary, {
      ageMs: Math.max(0, clock.now() - summary.createdAtMs),
      sinceAccessMs: clock.elapsed() - accessedAt,
    }),
  };
}
