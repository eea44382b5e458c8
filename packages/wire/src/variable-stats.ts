import type { Latency, SessionUsage, StatsEvent, UsageWindow, VariableStats } from "@trimtab/core";
import type {
  WatchStatsResponse,
  SessionUsage as WireSessionUsage,
  UsageWindow as WireUsageWindow,
} from "./gen/trimtab/v1/analytics_pb.ts";
import type { Latency as WireLatency, VariableStats as WireVariableStats } from "./gen/trimtab/v1/stats_pb.ts";
import { refuseMessage } from "./refuse.ts";
import { fromDuration, fromTimestamp, toDuration, toTimestamp } from "./time.ts";
import { fromUint64, toUint64 } from "./whole-number.ts";

/** Puts how a variable has been used on the wire. */
export const toWireVariableStats = (stats: VariableStats): WireVariableStats => ({
  $typeName: "trimtab.v1.VariableStats",
  readCount: toUint64(stats.readCount),
  writeCount: toUint64(stats.writeCount),
  cacheHits: toUint64(stats.cacheHits),
  cacheMisses: toUint64(stats.cacheMisses),
  readLatency: toWireLatency(stats.readLatency),
  writeLatency: toWireLatency(stats.writeLatency),
  observerCount: stats.observerCount,
  ...(stats.lastAccessedAtMs !== undefined && { lastAccessedAt: toTimestamp(stats.lastAccessedAtMs) }),
  since: toTimestamp(stats.sinceMs),
});

/**
 * Reads how a variable has been used.
 *
 * @throws StoreError `invalid_argument` naming the part that is absent or out of range
 */
export function fromWireVariableStats(stats: WireVariableStats | undefined, path = "stats"): VariableStats {
  if (stats === undefined) throw refuseMessage(path, "is required");
  const count = (field: "readCount" | "writeCount" | "cacheHits" | "cacheMisses") =>
    fromUint64(stats[field], `${path}.${field}`);
  return {
    readCount: count("readCount"),
    writeCount: count("writeCount"),
    cacheHits: count("cacheHits"),
    cacheMisses: count("cacheMisses"),
    readLatency: fromWireLatency(stats.readLatency, `${path}.read_latency`),
    writeLatency: fromWireLatency(stats.writeLatency, `${path}.write_latency`),
    observerCount: stats.observerCount,
    ...(stats.lastAccessedAt !== undefined && {
      lastAccessedAtMs: fromTimestamp(stats.lastAccessedAt, `${path}.last_accessed_at`),
    }),
    sinceMs: fromTimestamp(stats.since, `${path}.since`),
  };
}

const toWireLatency = ({ count, meanMs, p50Ms, p95Ms, p99Ms, maxMs }: Latency): WireLatency => ({
  $typeName: "trimtab.v1.Latency",
  count: toUint64(count),
  mean: toDuration(meanMs),
  p50: toDuration(p50Ms),
  p95: toDuration(p95Ms),
  p99: toDuration(p99Ms),
  max: toDuration(maxMs),
});

function fromWireLatency(latency: WireLatency | undefined, path: string): Latency {
  if (latency === undefined) throw refuseMessage(path, "is required");
  const read = (part: "mean" | "p50" | "p95" | "p99" | "max"): number => {
    const duration = latency[part];
    return duration === undefined ? 0 : fromDuration(duration, `${path}.${part}`);
  };
  return {
    count: fromUint64(latency.count, `${path}.count`),
    meanMs: read("mean"),
    p50Ms: read("p50"),
    p95Ms: read("p95"),
    p99Ms: read("p99"),
    maxMs: read("max"),
  };
}

/** Puts on the wire how variables are used now. */
export const toWireStatsEvent = ({ stats, session, atMs }: StatsEvent): WatchStatsResponse => ({
  $typeName: "trimtab.v1.WatchStatsResponse",
  stats: Object.fromEntries(Array.from(stats, ([id, each]) => [id, toWireVariableStats(each)])),
  session: toWireSessionUsage(session),
  at: toTimestamp(atMs),
});

/**
 * Reads how variables are used now.
 *
 * @throws StoreError `invalid_argument` naming the part that is absent or out of range
 */
export function fromWireStatsEvent({ stats, session, at }: WatchStatsResponse): StatsEvent {
  return {
    stats: new Map(Object.entries(stats).map(([id, each]) => [id, fromWireVariableStats(each, `stats.${id}`)])),
    session: fromWireSessionUsage(session),
    atMs: fromTimestamp(at, "at"),
  };
}

const toWireSessionUsage = ({ lastMinute, lastHour, watchCount }: SessionUsage): WireSessionUsage => ({
  $typeName: "trimtab.v1.SessionUsage",
  lastMinute: toWireUsageWindow(lastMinute),
  lastHour: toWireUsageWindow(lastHour),
  watchCount,
});

function fromWireSessionUsage(usage: WireSessionUsage | undefined): SessionUsage {
  if (usage === undefined) throw refuseMessage("session", "is required");
  return {
    lastMinute: fromWireUsageWindow(usage.lastMinute, "session.last_minute"),
    lastHour: fromWireUsageWindow(usage.lastHour, "session.last_hour"),
    watchCount: usage.watchCount,
  };
}

const toWireUsageWindow = (window: UsageWindow): WireUsageWindow => ({
  $typeName: "trimtab.v1.UsageWindow",
  readCount: toUint64(window.readCount),
  writeCount: toUint64(window.writeCount),
  refusedCount: toUint64(window.refusedCount),
  readLatency: toWireLatency(window.readLatency),
  writeLatency: toWireLatency(window.writeLatency),
});

function fromWireUsageWindow(window: WireUsageWindow | undefined, path: string): UsageWindow {
  if (window === undefined) throw refuseMessage(path, "is required");
  return {
    readCount: fromUint64(window.readCount, `${path}.read_count`),
    writeCount: fromUint64(window.writeCount, `${path}.write_count`),
    refusedCount: fromUint64(window.refusedCount, `${path}.refused_count`),
    readLatency: fromWireLatency(window.readLatency, `${path}.read_latency`),
    writeLatency: fromWireLatency(window.writeLatency, `${path}.write_latency`),
  };
}
