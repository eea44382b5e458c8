import { mean } from "./correlation.ts";

/** Numbers with more different values than this are put into groups. */
const maxGroups = 10;

/**
 * The share of a metric's variance that goes with the group a measurement is in, corrected for what chance would give:
 * epsilon squared (Kelley 1935), 1 - (SSW / (n-k)) / (SST / (n-1)), cut off at 0. `undefined` for fewer than 3 points, and
 * where the groups leave nothing to compare or the metric does not vary.
 */
export function correlationRatio(
  keys: readonly (number | string | boolean)[],
  metric: readonly number[],
): number | undefined {
  const n = metric.length;
  const groups = groupsOf(keys, metric);
  if (n < 3 || groups.length < 2 || groups.length >= n) return undefined;
  const total = squares(metric);
  if (!(total > 0)) return undefined;
  const within = groups.reduce((sum, group) => sum + squares(group), 0);
  return Math.max(0, 1 - within / (n - groups.length) / (total / (n - 1)));
}

const squares = (values: readonly number[]): number => {
  const center = mean(values);
  return values.reduce((sum, value) => sum + (value - center) ** 2, 0);
};

function groupsOf(keys: readonly (number | string | boolean)[], metric: readonly number[]): number[][] {
  const distinct = new Set(keys);
  const isContinuous = distinct.size > maxGroups && keys.every((key) => typeof key === "number");
  const labels = isContinuous ? quantileGroups(keys as readonly number[]) : keys;
  const groups = new Map<unknown, number[]>();
  for (const [index, label] of labels.entries()) {
    const value = metric[index] ?? Number.NaN;
    const group = groups.get(label);
    if (group === undefined) groups.set(label, [value]);
    else group.push(value);
  }
  return [...groups.values()];
}

/** Puts numbers into groups of about equally many, at least 3 each; equal numbers are always in one group. */
function quantileGroups(keys: readonly number[]): number[] {
  const sorted = [...keys].sort((a, b) => a - b);
  const count = Math.max(2, Math.min(maxGroups, Math.floor(keys.length / 3)));
  const bounds = Array.from(
    { length: count - 1 },
    (_, i) => sorted[Math.floor(((i + 1) * sorted.length) / count)] ?? 0,
  );
  return keys.map((key) => bounds.filter((bound) => key >= bound).length);
}
