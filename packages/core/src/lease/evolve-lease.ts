import type { Commit } from "../commit.ts";
import type { SessionState } from "../session-state.ts";
import { writable } from "../writable.ts";
import type { LeaseEvent } from "./lease-event.ts";
import {
  convergenceWindow,
  maxEnded,
  maxEntries,
  type OptimizationEntry,
  type OptimizationObjective,
  type OptimizationRecord,
} from "./optimization.ts";

/** Folds one event of an optimization into a session; one that is over stays as it is. */
export function evolveLease(state: SessionState, event: LeaseEvent, commit: Commit): SessionState {
  if (event.kind === "optimization-started") {
    putOptimization(state, { ...event.optimization, entries: [], bests: [] });
    return state;
  }
  const id = event.kind === "optimization-reported" ? event.entry.optimization : event.optimization;
  const record = state.optimizations.get(id);
  if (record === undefined || record.state !== "running") return state;
  const updated = { ...record, updatedAtMs: commit.atMs };
  switch (event.kind) {
    case "optimization-reported": {
      const { leaseExpiresAtMs } = event;
      state.optimizations.set(id, { ...withEntry(updated, event.entry, event.objective), leaseExpiresAtMs });
      return state;
    }
    case "lease-renewed":
      state.optimizations.set(id, { ...updated, leaseExpiresAtMs: event.leaseExpiresAtMs });
      return state;
    case "optimization-ended": {
      const { leaseExpiresAtMs: _, ...over } = updated;
      state.optimizations.set(id, { ...over, state: event.state, cause: event.cause, endedAtMs: commit.atMs });
      for (const variable of record.variables) if (state.leases.get(variable) === id) state.leases.delete(variable);
      forgetOldest(state);
      return state;
    }
  }
}

/** Stores an optimization, which holds its variables while it is under way. */
export function putOptimization(state: SessionState, record: OptimizationRecord): void {
  writable(state, "optimizations").set(record.id, record);
  if (record.state !== "running") return;
  for (const variable of record.variables) writable(state, "leases").set(variable, record.id);
}

function forgetOldest(state: SessionState): void {
  // Each that is under way holds a variable, so that there are no more of those than of leases.
  if (state.optimizations.size <= maxEnded + state.leases.size) return;
  for (const { id, state: reached } of state.optimizations.values()) {
    if (reached === "running") continue;
    state.optimizations.delete(id);
    return;
  }
}

/** An optimization after a report. */
export function withEntry<T extends Omit<OptimizationRecord, "leaseExpiresAtMs">>(
  record: T,
  entry: OptimizationEntry,
  objective: OptimizationObjective | undefined,
): T {
  const { iteration } = entry;
  const entries = [...record.entries.slice(-(maxEntries - 1)), entry];
  const reported = { ...record, iteration, entries, ...(objective !== undefined && { objective }) };
  const value = objective && entry.metrics[objective.metric];
  if (objective === undefined || value === undefined) return reported;
  const improved = isBetter(value, record.bests.at(-1), objective);
  const bests = [...record.bests.slice(-convergenceWindow), improved ? value : (record.bests.at(-1) ?? value)];
  return { ...reported, bests, ...(improved && { best: entry }) };
}

/** Says whether a value is better than the best so far, if there is one. */
export const isBetter = (value: number, best: number | undefined, { direction }: OptimizationObjective): boolean =>
  best === undefined || (direction === "minimize" ? value < best : value > best);
