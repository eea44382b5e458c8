import type { SessionState } from "../session-state.ts";

/**
 * Sees to it that no lease of a session lasts longer than it was granted for, counted from when a process began; both times are in
 * milliseconds since the Unix epoch. By a clock that was set back before that, leases of earlier processes would else hold until it has come
 * to where it was. For a session that was just loaded, and that no other process writes to.
 */
export function limitLeases(state: SessionState, { beganMs, nowMs }: { beganMs: number; nowMs: number }): void {
  for (const id of new Set(state.leases.values())) {
    const record = state.optimizations.get(id);
    if (record?.leaseExpiresAtMs === undefined) continue;
    const { leaseExpiresAtMs, updatedAtMs, leaseTtlMs } = record;
    // It may have been renewed for another time than it was granted for.
    const termMs = Math.max(leaseTtlMs, leaseExpiresAtMs - updatedAtMs);
    if (leaseExpiresAtMs > nowMs + termMs) {
      state.optimizations.set(id, { ...record, leaseExpiresAtMs: beganMs + termMs });
    }
  }
}
