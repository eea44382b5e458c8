import type { ConvergencePoint, ConvergenceReport, MeasuredObjective, Value } from "@trimtab/core";
import { mean } from "./statistics/correlation.ts";

/** A search as it went. */
export interface Approach {
  readonly objective: MeasuredObjective;
  /** In the order in which they were measured. */
  readonly measured: readonly Approached[];
  /** Converged once it got better by less than this over 10 measurements; by the share of the best unless given. */
  readonly threshold?: number | undefined;
  /** It is over because it had converged. */
  readonly hasConverged?: boolean;
}

/** One measurement of the objective's metric. */
export interface Approached {
  readonly iteration: number;
  readonly value: number;
  readonly atMs: number;
  /** The values that were tried, by the name that reports have for them. */
  readonly tried: () => ReadonlyMap<string, Value>;
}

/** Iterations that convergence and stability look back on. */
const recent = 10;
/** Where a search has no threshold of its own, it has converged once it gains less than this share of the best. */
const convergedShare = 0.001;

/** Says how a search has approached its objective. */
export function convergenceOf(approach: Approach): ConvergenceReport {
  const { objective, measured } = approach;
  const points = pointsOf(approach);
  const best = points.at(-1)?.best;
  const bestIndex = points.findIndex(({ value }) => value === best);
  return {
    objective,
    points,
    ...(best !== undefined && { best }),
    bestIteration: points[bestIndex]?.iteration ?? 0,
    bestValues: measured[bestIndex]?.tried() ?? new Map(),
    ...progressOf(points, approach),
  };
}

function pointsOf({ objective, measured }: Approach): ConvergencePoint[] {
  const better = objective.direction === "minimize" ? Math.min : Math.max;
  const points: ConvergencePoint[] = [];
  for (const { iteration, value, atMs } of measured) {
    points.push({ iteration, value, best: better(value, points.at(-1)?.best ?? value), atMs });
  }
  return points;
}

function progressOf(
  points: readonly ConvergencePoint[],
  { threshold, hasConverged = false }: Approach,
): Pick<ConvergenceReport, "convergenceRate" | "stability" | "converged"> {
  const last = points.at(-1);
  if (last === undefined) return { convergenceRate: 0, stability: 0, converged: hasConverged };
  // Ten iterations back is the point before the last ten.
  const before = points[Math.max(0, points.length - 1 - recent)] ?? last;
  const steps = Math.min(recent, points.length - 1);
  const gained = Math.abs(last.best - before.best);
  const gainsLittle = threshold === undefined ? gained <= Math.abs(last.best) * convergedShare : gained < threshold;
  return {
    convergenceRate: steps === 0 ? 0 : gained / steps,
    stability: deviationOf(points.slice(-recent).map(({ value }) => value)),
    converged: hasConverged || (points.length > recent && gainsLittle),
  };
}

/** The standard deviation of a sample, by n - 1; 0 for fewer than two values. */
function deviationOf(values: readonly number[]): number {
  if (values.length < 2) return 0;
  const center = mean(values);
  return Math.sqrt(values.reduce((sum, value) => sum + (value - center) ** 2, 0) / (values.length - 1));
}
