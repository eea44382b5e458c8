import type { ConvergencePoint, ConvergenceReport, Impacts, VariableImpact } from "@trimtab/core";
import { fromPayload } from "@trimtab/core";
import type {
  GetConvergenceReportResponse,
  GetImpactResponse,
  ConvergencePoint as WireConvergencePoint,
  VariableImpact as WireVariableImpact,
} from "./gen/trimtab/v1/analytics_pb.ts";
import { toWirePlain } from "./plain-value.ts";
import { fromTimestamp, toTimestamp } from "./time.ts";
import { fromWireMeasuredObjective, toWireMeasuredObjective } from "./usage-report.ts";
import { fromWireValue } from "./value.ts";
import { fromUint64, toUint64 } from "./whole-number.ts";

/** Puts on the wire how a search has approached its objective. */
export const toWireConvergence = (report: ConvergenceReport): GetConvergenceReportResponse => ({
  $typeName: "trimtab.v1.GetConvergenceReportResponse",
  objective: toWireMeasuredObjective(report.objective),
  points: report.points.map(
    ({ iteration, value, best, atMs }): WireConvergencePoint => ({
      $typeName: "trimtab.v1.ConvergencePoint",
      iteration: toUint64(iteration),
      value,
      best,
      recordedAt: toTimestamp(atMs),
    }),
  ),
  ...(report.best !== undefined && { best: report.best }),
  bestIteration: toUint64(report.bestIteration),
  bestValues: Object.fromEntries(Array.from(report.bestValues, ([id, value]) => [id, toWirePlain(value)])),
  convergenceRate: report.convergenceRate,
  stability: report.stability,
  converged: report.converged,
});

/**
 * Reads how a search has approached its objective.
 *
 * @throws StoreError `invalid_argument` naming the part that is absent or out of range
 */
export const fromWireConvergence = (report: GetConvergenceReportResponse): ConvergenceReport => ({
  objective: fromWireMeasuredObjective(report.objective),
  points: report.points.map(
    ({ iteration, value, best, recordedAt }): ConvergencePoint => ({
      iteration: fromUint64(iteration, "points.iteration"),
      value,
      best,
      atMs: fromTimestamp(recordedAt, "points.recorded_at"),
    }),
  ),
  ...(report.best !== undefined && { best: report.best }),
  bestIteration: fromUint64(report.bestIteration, "best_iteration"),
  bestValues: new Map(
    Object.entries(report.bestValues).map(([id, value]) => [
      id,
      fromPayload(fromWireValue(value, `best_values.${id}`)),
    ]),
  ),
  convergenceRate: report.convergenceRate,
  stability: report.stability,
  converged: report.converged,
});

/** Puts on the wire how much variables have to do with a metric. */
export const toWireImpacts = ({ impacts, revision }: Impacts): GetImpactResponse => ({
  $typeName: "trimtab.v1.GetImpactResponse",
  impacts: impacts.map(
    ({ id, name, importance, correlation, points }): WireVariableImpact => ({
      $typeName: "trimtab.v1.VariableImpact",
      variableId: id,
      name,
      importance,
      ...(correlation !== undefined && { correlation }),
      points: toUint64(points),
    }),
  ),
  revision: toUint64(revision),
});

/**
 * Reads how much variables have to do with a metric.
 *
 * @throws StoreError `invalid_argument` where a count is out of range
 */
export const fromWireImpacts = ({ impacts, revision }: GetImpactResponse): Impacts => ({
  impacts: impacts.map(
    ({ variableId, name, importance, correlation, points }): VariableImpact => ({
      id: variableId,
      name,
      importance,
      ...(correlation !== undefined && { correlation }),
      points: fromUint64(points, "impacts.points"),
    }),
  ),
  revision: fromUint64(revision, "revision"),
});
