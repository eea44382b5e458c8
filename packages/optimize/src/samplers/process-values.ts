/** Steps of the search for a scale: it is found to a millionth of what it spans. */
const halvings = 24;

/** The least and the greatest scale of the logarithm, in distances from the least loss to the median. */
const scales = [Math.log(0.1), Math.log(1e4)] as const;

/** Losses nearer to each other than this share of their range are as good as the same. */
const finest = 1e-12;

/**
 * Turns losses into values of mean 0 and variance 1 that lie as evenly to both sides: logarithms of how far each is above
 * the least, to the scale at which their skewness is 0 (Hinkley, "On power transformations to symmetry", 1975, chooses
 * among powers by the same rule). That tells good from better where bad losses are bad by orders of magnitude; losses that
 * are not skewed towards the bad ones stay as they are, so that the few best of many alike do not lie in a hole of
 * their own. Values are in the order of the losses; where all are the same they are 0.
 *
 * @param losses - finite
 */
export function toProcessValues(losses: readonly number[]): Float64Array {
  const sorted = losses.toSorted((a, b) => a - b);
  const [least = 0, most = 0, median = 0] = [sorted[0], sorted.at(-1), sorted[sorted.length >> 1]];
  // Halves, whose difference no float is too small for.
  const range = most / 2 - least / 2 || 1;
  const heights = Float64Array.from(losses, (loss) => (loss / 2 - least / 2) / range);
  const middle = Math.max(finest, (median / 2 - least / 2) / range || 1);
  const logs = (scale: number) => heights.map((each) => Math.log1p(each / (middle * Math.exp(scale))));
  if (skewnessOf(heights) <= 0) return standardize(heights);
  let [low, high]: readonly [number, number] = scales;
  if (skewnessOf(logs(low)) >= 0) return standardize(logs(low));
  for (let i = 0; i < halvings; i++) {
    const scale = (low + high) / 2;
    if (skewnessOf(logs(scale)) > 0) high = scale;
    else low = scale;
  }
  return standardize(logs(low));
}

/** The third central moment over the third power of the deviation; 0 where that is 0. */
function skewnessOf(values: Float64Array): number {
  const each = standardize(values);
  return each.reduce((sum, value) => sum + value ** 3, 0) / each.length;
}

function standardize(values: Float64Array): Float64Array {
  const mean = values.reduce((sum, each) => sum + each, 0) / values.length;
  const variance = values.reduce((sum, each) => sum + (each - mean) ** 2, 0) / values.length;
  return values.map((each) => (each - mean) / (Math.sqrt(variance) || 1));
}
