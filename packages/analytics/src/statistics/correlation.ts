import { incompleteBeta } from "./incomplete-beta.ts";

/** A coefficient from -1 to 1, and how likely one as far from 0 is by chance. */
export interface Coefficient {
  readonly coefficient: number;
  readonly pValue: number;
}

/**
 * Pearson's coefficient of two series of equal length, in two passes; `undefined` for fewer than 3 points and where
 * either series does not vary.
 *
 * The probability is two-sided: r √((n-2) / (1-r²)) follows Student's distribution with n-2 degrees of freedom where the
 * two are independent and normal.
 */
export function pearson(xs: readonly number[], ys: readonly number[]): Coefficient | undefined {
  const n = Math.min(xs.length, ys.length);
  if (n < 3) return undefined;
  const meanX = mean(xs);
  const meanY = mean(ys);
  let xx = 0;
  let yy = 0;
  let xy = 0;
  for (let i = 0; i < n; i++) {
    const dx = (xs[i] ?? 0) - meanX;
    const dy = (ys[i] ?? 0) - meanY;
    xx += dx * dx;
    yy += dy * dy;
    xy += dx * dy;
  }
  if (!varies(xx, meanX, n) || !varies(yy, meanY, n)) return undefined;
  const rounded = xy / (Math.sqrt(xx) * Math.sqrt(yy));
  // What differs from a line by rounding alone is one.
  const coefficient = 1 - Math.abs(rounded) < 4 * Number.EPSILON ? Math.sign(rounded) : rounded;
  // P(|T| > t) = I(df / (df + t²); df/2, 1/2), in which df / (df + t²) is 1 - r².
  const pValue = incompleteBeta((1 - coefficient) * (1 + coefficient), (n - 2) / 2, 0.5);
  return { coefficient, pValue };
}

/** Squares that rounding alone leaves of numbers that are all the same are no variance. */
const varies = (squares: number, center: number, n: number): boolean =>
  squares > n * (Math.abs(center) * Number.EPSILON * 4) ** 2 && Number.isFinite(squares);

/** Spearman's coefficient: Pearson's of the ranks, with its probability. */
export const spearman = (xs: readonly number[], ys: readonly number[]): Coefficient | undefined =>
  pearson(ranks(xs), ranks(ys));

/** Ranks from 1, equal values sharing the mean of theirs. */
export function ranks(values: readonly number[]): number[] {
  const order = values.map((value, index) => ({ value, index })).sort((a, b) => a.value - b.value);
  const result = new Array<number>(values.length).fill(0);
  for (let from = 0; from < order.length; ) {
    let to = from + 1;
    while (to < order.length && order[to]?.value === order[from]?.value) to++;
    for (const { index } of order.slice(from, to)) result[index] = (from + 1 + to) / 2;
    from = to;
  }
  return result;
}

/** The arithmetic mean; NaN of nothing. */
export const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;
