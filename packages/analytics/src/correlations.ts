import type { Correlation, TimeRange } from "@trimtab/core";
import { pearson, spearman } from "./statistics/correlation.ts";
import type { WriteWindow, WrittenVersion } from "./write-window.ts";

/** A variable as reports name it. */
export interface NamedVariable {
  readonly id: string;
  readonly name: string;
}

/** Which pairs to compare. */
export interface PairOptions extends TimeRange {
  /** Fewest points in common; at least 3. */
  readonly minPoints: number;
  /** Least distance of the coefficient from 0. */
  readonly minStrength: number;
}

/** Says whether a time lies in a range. */
export const isWithin = (atMs: number, { sinceMs, untilMs }: TimeRange): boolean =>
  (sinceMs === undefined || atMs >= sinceMs) && (untilMs === undefined || atMs < untilMs);

/**
 * Compares every two of some variables: the points are the commits in the range that wrote either, each with the value
 * that both had then. Commits at which one of them was not a number yet are no points. Strongest first.
 */
export function correlate(
  window: WriteWindow,
  variables: readonly NamedVariable[],
  options: PairOptions,
): Correlation[] {
  const series = seriesOf(window.writes, new Set(variables.map(({ id }) => id)));
  const found: Correlation[] = [];
  for (const [index, first] of variables.entries()) {
    for (const second of variables.slice(index + 1)) {
      const pair = compare(window, [first, second], { ...options, series });
      if (pair !== undefined) found.push(pair);
    }
  }
  return found.sort(
    (a, b) =>
      Math.abs(b.coefficient) - Math.abs(a.coefficient) ||
      (`${a.first.id} ${a.second.id}` < `${b.first.id} ${b.second.id}` ? -1 : 1),
  );
}

type Series = ReadonlyMap<string, readonly WrittenVersion[]>;

function seriesOf(writes: readonly WrittenVersion[], ids: ReadonlySet<string>): Series {
  const series = new Map<string, WrittenVersion[]>();
  for (const write of writes) {
    if (!ids.has(write.id)) continue;
    const known = series.get(write.id);
    if (known === undefined) series.set(write.id, [write]);
    else known.push(write);
  }
  return series;
}

function compare(
  window: WriteWindow,
  [first, second]: readonly [NamedVariable, NamedVariable],
  { series, minPoints, minStrength, ...range }: PairOptions & { series: Series },
): Correlation | undefined {
  const xs: number[] = [];
  const ys: number[] = [];
  const values = new Map([first.id, second.id].map((id) => [id, window.initial.get(id)]));
  for (const commit of byCommit(series.get(first.id) ?? [], series.get(second.id) ?? [])) {
    for (const { id, value } of commit) values.set(id, value);
    const [x, y] = [values.get(first.id), values.get(second.id)];
    if (typeof x !== "number" || typeof y !== "number" || !isWithin(commit[0]?.atMs ?? 0, range)) continue;
    if (!Number.isFinite(x) || !Number.isFinite(y)) continue;
    xs.push(x);
    ys.push(y);
  }
  const linear = xs.length < minPoints ? undefined : pearson(xs, ys);
  const ranked = linear && spearman(xs, ys);
  if (linear === undefined || ranked === undefined || Math.abs(linear.coefficient) < minStrength) return undefined;
  return {
    first: { id: first.id, name: first.name },
    second: { id: second.id, name: second.name },
    ...linear,
    rankCoefficient: ranked.coefficient,
    rankPValue: ranked.pValue,
    points: xs.length,
  };
}

/** Joins two series by revision, in order: what one commit wrote of either is together. */
function* byCommit(a: readonly WrittenVersion[], b: readonly WrittenVersion[]): Generator<readonly WrittenVersion[]> {
  let i = 0;
  let j = 0;
  while (i < a.length || j < b.length) {
    const revision = Math.min(a[i]?.revision ?? Number.POSITIVE_INFINITY, b[j]?.revision ?? Number.POSITIVE_INFINITY);
    const commit: WrittenVersion[] = [];
    for (let next = a[i]; next?.revision === revision; next = a[++i]) commit.push(next);
    for (let next = b[j]; next?.revision === revision; next = b[++j]) commit.push(next);
    yield commit;
  }
}
