import type { TimeRange, VariableImpact } from "@trimtab/core";
import { isWithin, type NamedVariable } from "./correlations.ts";
import { pearson } from "./statistics/correlation.ts";
import { correlationRatio } from "./statistics/correlation-ratio.ts";
import type { Scalar, WriteWindow, WrittenVersion } from "./write-window.ts";

/** What of a window to look at. */
export interface ImpactRange extends TimeRange {
  readonly metric: string;
  /** Only what this optimization has measured. */
  readonly optimization?: string;
}

/** A measurement of one metric, with the values that variables had then. */
interface Point {
  readonly metric: number;
  readonly values: ReadonlyMap<string, Scalar | undefined>;
  /** Ids of the variables that the measured commit wrote. */
  readonly written: ReadonlySet<string>;
}

/** Says how much each of some variables has to do with a metric: those that matter most first, others left out. */
export function impactsOf(
  window: WriteWindow,
  range: ImpactRange,
  variables: readonly NamedVariable[] | { readonly reported: readonly NamedVariable[] },
): VariableImpact[] {
  const named = "reported" in variables ? variables.reported : variables;
  const points = pointsOf(window, range, new Set(named.map(({ id }) => id)));
  const reported = new Set(points.flatMap(({ written }) => [...written]));
  const wanted = "reported" in variables ? named.filter(({ id }) => reported.has(id)) : named;
  return wanted
    .map((variable) => impactOf(variable, points))
    .filter((impact) => impact !== undefined)
    .sort((a, b) => b.importance - a.importance || (a.id < b.id ? -1 : 1));
}

function pointsOf(
  { writes, measurements, initial }: WriteWindow,
  { metric, optimization, ...range }: ImpactRange,
  ids: ReadonlySet<string>,
): Point[] {
  const values = new Map([...initial].filter(([id]) => ids.has(id)));
  const points: Point[] = [];
  let next = 0;
  for (const measured of measurements) {
    const written = new Set<string>();
    for (let write = writes[next]; write !== undefined && write.revision <= measured.revision; write = writes[++next]) {
      if (!ids.has(write.id)) continue;
      values.set(write.id, write.value);
      if (write.revision === measured.revision) written.add(write.id);
    }
    const value = measured.metrics.get(metric);
    if (value === undefined || !isWithin(measured.atMs, range)) continue;
    if (optimization !== undefined && measured.optimization !== optimization) continue;
    points.push({ metric: value, values: new Map(values), written });
  }
  return points;
}

function impactOf({ id, name }: NamedVariable, points: readonly Point[]): VariableImpact | undefined {
  const known = points.flatMap(({ metric, values }) => {
    const value = values.get(id);
    return value === undefined ? [] : [{ metric, value }];
  });
  if (known.length === 0) return undefined;
  const metric = known.map((point) => point.metric);
  const values = known.map((point) => point.value);
  const isNumeric = values.every((value) => typeof value === "number");
  const linear = isNumeric ? pearson(values as number[], metric) : undefined;
  return {
    id,
    name,
    importance: correlationRatio(values, metric) ?? 0,
    ...(linear !== undefined && { correlation: linear.coefficient }),
    points: known.length,
  };
}

/** What a window's commits wrote, by revision. */
export const writesAt = (window: WriteWindow, revision: number): readonly WrittenVersion[] =>
  window.writes.filter((write) => write.revision === revision);
