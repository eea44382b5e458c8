import type { Value } from "@trimtab/core";
import type { Approach } from "./convergence.ts";
import { isWithin } from "./correlations.ts";
import type { ImpactPoint, ImpactRange } from "./impact.ts";
import { type Measurement, objectiveOf } from "./measurement.ts";
import type { Scalar } from "./scalar.ts";
import type { WriteWindow } from "./write-window.ts";

type IsVisible = (id: string) => boolean;

/** The measurements that are about something visible, by optimization. */
export function runsOf(window: WriteWindow, isVisible: IsVisible): ReadonlyMap<string, readonly Measurement[]> {
  const told = window.measurements.filter(({ variables }) => variables.some(isVisible));
  return Map.groupBy(told, ({ optimization }) => optimization);
}

/** How an optimization has gone; `undefined` where nothing visible was measured by it. */
export function approachOf(window: WriteWindow, optimization: string, isVisible: IsVisible): Approach | undefined {
  const measurements = runsOf(window, isVisible).get(optimization) ?? [];
  const objective = objectiveOf(measurements);
  if (objective === undefined) return undefined;
  const measured = measurements.flatMap((measurement, index) => {
    const value = measurement.metrics.get(objective.metric);
    if (value === undefined) return [];
    const { iteration = index + 1, atMs } = measurement;
    return [{ iteration, value, atMs, tried: () => triedIn(window, measurement, isVisible) }];
  });
  const lease = window.leases.get(optimization);
  return {
    objective,
    measured,
    ...(lease !== undefined && { threshold: lease.convergenceThreshold, hasConverged: lease.converged }),
  };
}

/** The values that a measurement's variables had: as they were tried, or as they stood. */
function triedIn(
  { writes, initial }: WriteWindow,
  { revision, variables, tried }: Measurement,
  isVisible: IsVisible,
): ReadonlyMap<string, Value> {
  const values = new Map(variables.map((id) => [id, initial.get(id)]));
  for (const write of writes) {
    if (write.revision > revision) break;
    if (values.has(write.id)) values.set(write.id, write.value);
  }
  for (const [id, value] of tried) values.set(id, value);
  const known = [...values].filter((each): each is [string, Scalar] => each[1] !== undefined && isVisible(each[0]));
  return new Map(known);
}

/** Every measurement of a metric, with the values that some variables had then. */
export function impactPointsOf(
  { writes, measurements, initial }: WriteWindow,
  { metric, optimization, ...range }: ImpactRange & { readonly optimization?: string },
  ids: ReadonlySet<string>,
): ImpactPoint[] {
  const values = new Map([...initial].filter(([id]) => ids.has(id)));
  const points: ImpactPoint[] = [];
  let next = 0;
  for (const measured of measurements) {
    for (let write = writes[next]; write !== undefined && write.revision <= measured.revision; write = writes[++next]) {
      if (ids.has(write.id)) values.set(write.id, write.value);
    }
    const value = measured.metrics.get(metric);
    if (value === undefined || !isWithin(measured.atMs, range)) continue;
    if (optimization !== undefined && measured.optimization !== optimization) continue;
    const tried = [...measured.tried].filter(([id]) => ids.has(id));
    const reportedOn = new Set(measured.variables.filter((id) => ids.has(id)));
    points.push({ metric: value, values: new Map([...values, ...tried]), reportedOn });
  }
  return points;
}
