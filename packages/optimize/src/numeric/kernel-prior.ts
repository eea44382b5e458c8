/** What is believed of a kernel before anything is seen: of the logarithms of its lengths, its signal and its noise. */
export interface KernelPrior {
  readonly isCategorical: readonly boolean[];
  /** The logarithm of the length that ordered axes have in common. */
  readonly commonLength: number;
}

/** Deviations of logarithms: of what lengths have in common, and of each from that. */
const common = 0.5;
const own = 0.5;

/**
 * Makes the beliefs for some places. Lengths of ordered axes are near each other, and longer the more of them there are, as places
 * then lie farther apart (Hvarfner, Hellsten and Nardi, "Vanilla Bayesian optimization performs great in high
 * dimensions", 2024). Believing in each on its own lets a single short one pass for noise: with few values some
 * axis can always be found along which no two places are close.
 */
export function createKernelPrior(units: readonly Float64Array[], isCategorical: readonly boolean[]): KernelPrior {
  const ordered = units.map((unit) =>
    unit.reduce((count, x, axis) => count + (Number.isNaN(x) || isCategorical[axis] ? 0 : 1), 0),
  );
  const most = ordered.reduce((a, b) => Math.max(a, b), 1);
  return { isCategorical, commonLength: 0.5 * Math.log(most) };
}

/**
 * Adds the gradient of the negative logarithm of the prior and gives its value, but for constants.
 *
 * @param x - logarithms of the lengths, of the signal and of the noise, in that order
 */
export function addPrior(
  { isCategorical, commonLength }: KernelPrior,
  x: Float64Array,
  gradient: Float64Array,
): number {
  let value = 0;
  const add = (at: number, mean: number, deviation: number) => {
    const z = ((x[at] as number) - mean) / deviation;
    value += 0.5 * z * z;
    gradient[at] = (gradient[at] as number) + z / deviation;
  };
  const axes = isCategorical.length;
  const ordered = Array.from(isCategorical.keys()).filter((axis) => !isCategorical[axis]);
  // A choice tells about as much as the whole of a range, however many there are.
  for (const [axis, is] of isCategorical.entries()) if (is) add(axis, 0, 0.7);
  add(axes, 0, 1.5);
  add(axes + 1, Math.log(1e-4), 3);
  // Covariance own² I + common² 1 1ᵀ, inverted by the formula of Sherman and Morrison.
  const sum = ordered.reduce((total, axis) => total + (x[axis] as number) - commonLength, 0);
  const shared = (common ** 2 / (own ** 2 + ordered.length * common ** 2)) * sum;
  for (const axis of ordered) {
    const off = (x[axis] as number) - commonLength;
    const slope = (off - shared) / own ** 2;
    value += 0.5 * off * slope;
    gradient[axis] = (gradient[axis] as number) + slope;
  }
  return value;
}
