import type { Session, SessionStats } from "@trimtab/core";
import type { Session as WireSession, SessionStats as WireSessionStats } from "./gen/trimtab/v1/session_pb.ts";
import { toWireRecord } from "./plain-value.ts";
import { refuseMessage } from "./refuse.ts";
import { fromDuration, fromTimestamp, toDuration, toTimestamp } from "./time.ts";
import { fromWireRecord } from "./value.ts";
import { fromUint64, toUint64 } from "./whole-number.ts";

/** Puts a session on the wire. */
export const toWireSession = (session: Session): WireSession => ({
  $typeName: "trimtab.v1.Session",
  id: session.id,
  epoch: session.epoch,
  revision: toUint64(session.revision),
  metadata: toWireRecord(session.metadata),
  createdAt: toTimestamp(session.createdAtMs),
  lastAccessedAt: toTimestamp(session.lastAccessedAtMs),
  ttl: toDuration(session.ttlMs),
  stats: toWireStats(session.stats),
});

const toWireStats = (stats: SessionStats): WireSessionStats => ({
  $typeName: "trimtab.v1.SessionStats",
  variableCount: toUint64(stats.variableCount),
  programCount: toUint64(stats.programCount),
  totalVariableUpdates: toUint64(stats.totalVariableUpdates),
  totalItems: toUint64(stats.totalItems),
  age: toDuration(stats.ageMs),
  timeSinceAccess: toDuration(stats.timeSinceAccessMs),
});

/**
 * Reads a session.
 *
 * @throws StoreError `invalid_argument` naming the part that is absent or out of range
 */
export function fromWireSession(session: WireSession | undefined, path = "session"): Session {
  if (session === undefined) throw refuseMessage(path, "is required");
  if (session.ttl === undefined) throw refuseMessage(`${path}.ttl`, "is required");
  return {
    id: session.id,
    epoch: session.epoch,
    revision: fromUint64(session.revision, `${path}.revision`),
    metadata: fromWireRecord(session.metadata, `${path}.metadata`),
    createdAtMs: fromTimestamp(session.createdAt, `${path}.created_at`),
    lastAccessedAtMs: fromTimestamp(session.lastAccessedAt, `${path}.last_accessed_at`),
    ttlMs: fromDuration(session.ttl, `${path}.ttl`),
    stats: fromWireStats(session.stats, `${path}.stats`),
  };
}

function fromWireStats(stats: WireSessionStats | undefined, path: string): SessionStats {
  if (stats?.age === undefined || stats.timeSinceAccess === undefined) throw refuseMessage(path, "is incomplete");
  return {
    variableCount: fromUint64(stats.variableCount, `${path}.variable_count`),
    programCount: fromUint64(stats.programCount, `${path}.program_count`),
    totalVariableUpdates: fromUint64(stats.totalVariableUpdates, `${path}.total_variable_updates`),
    totalItems: fromUint64(stats.totalItems, `${path}.total_items`),
    ageMs: fromDuration(stats.age, `${path}.age`),
    timeSinceAccessMs: fromDuration(stats.timeSinceAccess, `${path}.time_since_access`),
  };
}
