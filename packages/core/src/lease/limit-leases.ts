import type { SessionState } from "../session-state.ts";
import type { OptimizationRecord } from "./optimization.ts";

/** What a process knows of leases that earlier ones granted. Times are in milliseconds since the Unix epoch. */
export interface LeaseKnowledge {
  /** When the process began. */
  readonly beganMs: number;
  readonly nowMs: number;
  /** Says whether nobody works on an optimization any more, since that was for a process that has ended. */
  readonly isLeft: (optimization: OptimizationRecord) => boolean;
}

/**
 * Sees to it that no lease of a session lasts longer than it was granted for, counted from when a process began, and that those whose
 * holder ended with its process are over. By a clock that was set back before that, leases of earlier processes would else hold until it has
 * come to where it was. For a session that was just loaded, and that no other process writes to.
 */
export function limitLeases(state: SessionState, { beganMs, nowMs, isLeft }: LeaseKnowledge): void {
  for (const id of new Set(state.leases.values())) {
    const record = state.optimizations.get(id);
    if (record?.leaseExpiresAtMs === undefined) continue;
    const { leaseExpiresAtMs, updatedAtMs, leaseTtlMs } = record;
    if (isLeft(record)) {
      const cause = "the process that worked on it has ended";
      state.optimizations.set(id, { ...record, cause, leaseExpiresAtMs: Math.min(leaseExpiresAtMs, beganMs) });
      continue;
    }
    // It may have been renewed for another time than it was granted for.
    const termMs = Math.max(leaseTtlMs, leaseExpiresAtMs - updatedAtMs);
    if (leaseExpiresAtMs > nowMs + termMs) {
      state.optimizations.set(id, { ...record, leaseExpiresAtMs: beganMs + termMs });
    }
  }
}
