import type {
  AccessPatterns,
  Correlation,
  MeasuredObjective,
  OptimizationEffect,
  UsageGroup,
  UsageGrouping,
  UsageReport,
  VariableUsage,
} from "@trimtab/core";
import {
  type AnalyzeUsageResponse,
  type AccessPatterns as WireAccessPatterns,
  type Correlation as WireCorrelation,
  type OptimizationEffect as WireOptimizationEffect,
  type UsageGroup as WireUsageGroup,
  UsageGrouping as WireUsageGrouping,
  type VariableUsage as WireVariableUsage,
} from "./gen/trimtab/v1/analytics_pb.ts";
import { Direction, type Objective as WireObjective } from "./gen/trimtab/v1/objective_pb.ts";
import { refuseMessage } from "./refuse.ts";
import { fromTimestamp, toTimestamp } from "./time.ts";
import { fromUint64, toUint64 } from "./whole-number.ts";

const groupings = {
  type: WireUsageGrouping.TYPE,
  origin: WireUsageGrouping.ORIGIN,
  session: WireUsageGrouping.SESSION,
  actor: WireUsageGrouping.ACTOR,
} as const satisfies Record<UsageGrouping, WireUsageGrouping>;

/** Puts on the wire what usage is to be counted by. */
export const toWireUsageGrouping = (grouping: UsageGrouping): WireUsageGrouping => groupings[grouping];

/**
 * Reads what usage is to be counted by; `type` where nothing is said.
 *
 * @throws StoreError `invalid_argument` for one that is not known
 */
export function fromWireUsageGrouping(wire: WireUsageGrouping): UsageGrouping {
  if (wire === WireUsageGrouping.UNSPECIFIED) return "type";
  for (const [grouping, number] of Object.entries(groupings)) if (number === wire) return grouping as UsageGrouping;
  throw refuseMessage("group_by", `is ${wire}, which is not known`);
}

/** Puts an objective that was measured on the wire. */
export const toWireMeasuredObjective = ({ metric, direction }: MeasuredObjective): WireObjective => ({
  $typeName: "trimtab.v1.Objective",
  metric,
  direction: direction === "minimize" ? Direction.MINIMIZE : Direction.MAXIMIZE,
});

/**
 * Reads an objective that was measured.
 *
 * @throws StoreError `invalid_argument` where it is absent
 */
export function fromWireMeasuredObjective(wire: WireObjective | undefined, path = "objective"): MeasuredObjective {
  if (wire === undefined) throw refuseMessage(path, "is required");
  return { metric: wire.metric, direction: wire.direction === Direction.MINIMIZE ? "minimize" : "maximize" };
}

/** Puts a report of usage on the wire. */
export const toWireUsageReport = (report: UsageReport): AnalyzeUsageResponse => ({
  $typeName: "trimtab.v1.AnalyzeUsageResponse",
  mostUsed: report.mostUsed.map(toWireUsage),
  groups: report.groups.map(toWireGroup),
  accessPatterns: toWirePatterns(report.accessPatterns),
  optimizationEffects: report.optimizationEffects.map(toWireEffect),
  correlations: report.correlations.map(toWireCorrelation),
  timeRange: {
    $typeName: "trimtab.v1.TimeRange",
    since: toTimestamp(report.timeRange.sinceMs),
    until: toTimestamp(report.timeRange.untilMs),
  },
});

/**
 * Reads a report of usage.
 *
 * @throws StoreError `invalid_argument` naming the part that is absent or out of range
 */
export const fromWireUsageReport = (report: AnalyzeUsageResponse): UsageReport => ({
  mostUsed: report.mostUsed.map(fromWireUsage),
  groups: report.groups.map(fromWireGroup),
  accessPatterns: fromWirePatterns(report.accessPatterns),
  optimizationEffects: report.optimizationEffects.map(fromWireEffect),
  correlations: report.correlations.map(fromWireCorrelation),
  timeRange: {
    sinceMs: fromTimestamp(report.timeRange?.since, "time_range.since"),
    untilMs: fromTimestamp(report.timeRange?.until, "time_range.until"),
  },
});

const toWireUsage = ({ session, id, name, type, readCount, writeCount }: VariableUsage): WireVariableUsage => ({
  $typeName: "trimtab.v1.VariableUsage",
  sessionId: session,
  variableId: id,
  name,
  type,
  readCount: toUint64(readCount),
  writeCount: toUint64(writeCount),
});

const fromWireUsage = ({ sessionId, variableId, name, type, ...counts }: WireVariableUsage): VariableUsage => ({
  session: sessionId,
  id: variableId,
  name,
  type,
  readCount: fromUint64(counts.readCount, "most_used.read_count"),
  writeCount: fromUint64(counts.writeCount, "most_used.write_count"),
});

const toWireGroup = ({ key, variableCount, readCount, writeCount, writesPerHour }: UsageGroup): WireUsageGroup => ({
  $typeName: "trimtab.v1.UsageGroup",
  key,
  variableCount: toUint64(variableCount),
  readCount: toUint64(readCount),
  writeCount: toUint64(writeCount),
  writesPerHour,
});

const fromWireGroup = ({ key, writesPerHour, ...counts }: WireUsageGroup): UsageGroup => ({
  key,
  variableCount: fromUint64(counts.variableCount, "groups.variable_count"),
  readCount: fromUint64(counts.readCount, "groups.read_count"),
  writeCount: fromUint64(counts.writeCount, "groups.write_count"),
  writesPerHour,
});

const toWirePatterns = ({ writesByHour, readsByHour, writesByActor }: AccessPatterns): WireAccessPatterns => ({
  $typeName: "trimtab.v1.AccessPatterns",
  writesByHour: writesByHour.map(toUint64),
  readsByHour: readsByHour.map(toUint64),
  writesByActor: Object.fromEntries(Array.from(writesByActor, ([actor, count]) => [actor, toUint64(count)])),
});

function fromWirePatterns(patterns: WireAccessPatterns | undefined): AccessPatterns {
  if (patterns === undefined) throw refuseMessage("access_patterns", "is required");
  const count = (value: bigint) => fromUint64(value, "access_patterns");
  return {
    writesByHour: patterns.writesByHour.map(count),
    readsByHour: patterns.readsByHour.map(count),
    writesByActor: new Map(Object.entries(patterns.writesByActor).map(([actor, value]) => [actor, count(value)])),
  };
}

const toWireEffect = (effect: OptimizationEffect): WireOptimizationEffect => ({
  $typeName: "trimtab.v1.OptimizationEffect",
  sessionId: effect.session,
  optimizationId: effect.optimization,
  optimizer: effect.optimizer,
  objective: toWireMeasuredObjective(effect.objective),
  iterations: toUint64(effect.iterations),
  first: effect.first,
  best: effect.best,
  gain: effect.gain,
});

const fromWireEffect = (effect: WireOptimizationEffect): OptimizationEffect => ({
  session: effect.sessionId,
  optimization: effect.optimizationId,
  optimizer: effect.optimizer,
  objective: fromWireMeasuredObjective(effect.objective, "optimization_effects.objective"),
  iterations: fromUint64(effect.iterations, "optimization_effects.iterations"),
  first: effect.first,
  best: effect.best,
  gain: effect.gain,
});

/** Puts on the wire how two variables move together. */
export const toWireCorrelation = ({ first, second, points, ...figures }: Correlation): WireCorrelation => ({
  $typeName: "trimtab.v1.Correlation",
  firstVariableId: first.id,
  firstName: first.name,
  secondVariableId: second.id,
  secondName: second.name,
  points: toUint64(points),
  ...figures,
});

/**
 * Reads how two variables move together.
 *
 * @throws StoreError `invalid_argument` where there are more points than a number holds
 */
export const fromWireCorrelation = (wire: WireCorrelation): Correlation => ({
  first: { id: wire.firstVariableId, name: wire.firstName },
  second: { id: wire.secondVariableId, name: wire.secondName },
  coefficient: wire.coefficient,
  pValue: wire.pValue,
  rankCoefficient: wire.rankCoefficient,
  rankPValue: wire.rankPValue,
  points: fromUint64(wire.points, "correlations.points"),
});
