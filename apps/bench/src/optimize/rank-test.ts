/** What a rank test says about two samples. */
export interface RankTest {
  /** How often one of the first is below one of the second, ties counting half. */
  readonly share: number;
  /** How likely so uneven ranks are where nothing differs, either way. */
  readonly p: number;
}

/**
 * Compares two samples by ranks (Mann and Whitney, "On a test of whether one of two random variables is stochastically
 * larger than the other", 1947), in the normal approximation with correction for ties and continuity.
 */
export function rankTest(a: readonly number[], b: readonly number[]): RankTest {
  const [n, m] = [a.length, b.length];
  let below = 0;
  for (const x of a) for (const y of b) below += x < y ? 1 : x === y ? 0.5 : 0;
  const counts = Map.groupBy([...a, ...b], (value) => value).values();
  const ties = Array.from(counts, ({ length }) => length ** 3 - length).reduce((sum, each) => sum + each, 0);
  const all = n + m;
  const deviation = Math.sqrt(((n * m) / 12) * (all + 1 - ties / (all * (all - 1))));
  const gap = Math.max(0, Math.abs(below - (n * m) / 2) - 0.5);
  return { share: below / (n * m), p: deviation === 0 ? 1 : twoSided(gap / deviation) };
}

/** The probability of a standard normal number at least `z` away from 0 (Abramowitz and Stegun, 1964, 7.1.26). */
function twoSided(z: number): number {
  const x = z / Math.SQRT2;
  const t = 1 / (1 + 0.3275911 * x);
  const series = t * (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))));
  return Math.min(1, series * Math.exp(-x * x));
}
