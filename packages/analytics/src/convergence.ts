import type { ConvergencePoint, ConvergenceReport, MeasuredObjective, Value } from "@trimtab/core";
import { writesAt } from "./impact.ts";
import { type Measurement, objectiveOf } from "./measurement.ts";
import { mean } from "./statistics/correlation.ts";
import type { WriteWindow } from "./write-window.ts";

/** Iterations that convergence and stability look back on. */
const recent = 10;
/** Where a search has no threshold of its own, it has converged once it gains less than this share of the best. */
const convergedShare = 0.001;

/** How the search with some measurements has approached its objective; `undefined` where there are none. */
export function convergenceOf(
  window: WriteWindow,
  optimization: string,
  isVisible: (id: string) => boolean,
): ConvergenceReport | undefined {
  const measured = window.measurements.filter((each) => each.optimization === optimization);
  const objective = objectiveOf(measured);
  if (objective === undefined) return undefined;
  const points = pointsOf(measured, objective);
  const bestAt = points.find(({ point }) => point.best === points.at(-1)?.point.best && point.value === point.best);
  const tried = bestAt === undefined ? [] : writesAt(window, bestAt.revision);
  return {
    objective,
    points: points.map(({ point }) => point),
    ...(bestAt !== undefined && { best: bestAt.point.best }),
    bestIteration: bestAt?.point.iteration ?? 0,
    bestValues: new Map(
      tried.flatMap(({ id, value }): [string, Value][] => (value !== undefined && isVisible(id) ? [[id, value]] : [])),
    ),
    ...progressOf(points.map(({ point }) => point)),
  };
}

interface RecordedPoint {
  readonly revision: number;
  readonly point: ConvergencePoint;
}

function pointsOf(measured: readonly Measurement[], { metric, direction }: MeasuredObjective): RecordedPoint[] {
  const better = direction === "minimize" ? Math.min : Math.max;
  const points: RecordedPoint[] = [];
  for (const { revision, atMs, iteration, metrics } of measured) {
    const value = metrics.get(metric);
    if (value === undefined) continue;
    const best = better(value, points.at(-1)?.point.best ?? value);
    points.push({ revision, point: { iteration: iteration ?? points.length + 1, value, best, atMs } });
  }
  return points;
}

function progressOf(
  points: readonly ConvergencePoint[],
): Pick<ConvergenceReport, "convergenceRate" | "stability" | "converged"> {
  const last = points.at(-1);
  if (last === undefined) return { convergenceRate: 0, stability: 0, converged: false };
  // Ten iterations back is the point before the last ten.
  const before = points[Math.max(0, points.length - 1 - recent)] ?? last;
  const steps = Math.min(recent, points.length - 1);
  const gained = Math.abs(last.best - before.best);
  return {
    convergenceRate: steps === 0 ? 0 : gained / steps,
    stability: deviationOf(points.slice(-recent).map(({ value }) => value)),
    converged: points.length > recent && gained <= Math.abs(last.best) * convergedShare,
  };
}

/** The standard deviation of a sample, by n - 1; 0 for fewer than two values. */
function deviationOf(values: readonly number[]): number {
  if (values.length < 2) return 0;
  const center = mean(values);
  return Math.sqrt(values.reduce((sum, value) => sum + (value - center) ** 2, 0) / (values.length - 1));
}
