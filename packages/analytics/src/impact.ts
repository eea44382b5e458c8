import type { TimeRange, VariableImpact } from "@trimtab/core";
import type { NamedVariable } from "./correlations.ts";
import type { Scalar } from "./scalar.ts";
import { pearson } from "./statistics/correlation.ts";
import { correlationRatio } from "./statistics/correlation-ratio.ts";

/** What to look at. */
export interface ImpactRange extends TimeRange {
  readonly metric: string;
}

/** A measurement of one metric, with the values that variables had then, by id. */
export interface ImpactPoint {
  readonly metric: number;
  readonly values: ReadonlyMap<string, Scalar | undefined>;
  /** Ids of the variables that it was reported on. */
  readonly reportedOn: ReadonlySet<string>;
}

/** Says how much each of some variables has to do with a metric: those that matter most first, others left out. */
export function impactsOf(
  points: readonly ImpactPoint[],
  variables: readonly NamedVariable[] | { readonly reported: readonly NamedVariable[] },
): VariableImpact[] {
  const reported = new Set(points.flatMap(({ reportedOn }) => [...reportedOn]));
  const wanted = "reported" in variables ? variables.reported.filter(({ id }) => reported.has(id)) : variables;
  return wanted
    .map((variable) => impactOf(variable, points))
    .filter((impact) => impact !== undefined)
    .sort((a, b) => b.importance - a.importance || (a.id < b.id ? -1 : 1));
}

function impactOf({ id, name }: NamedVariable, points: readonly ImpactPoint[]): VariableImpact | undefined {
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
