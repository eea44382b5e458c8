import { factorCholesky, invertFactored, solveLower, solveUpper } from "./cholesky.ts";
import { axisDistance, type Kernel, matern52, matern52Slope } from "./gaussian-process.ts";
import { minimizeInBox } from "./minimize-in-box.ts";
import { LOG_ROOT_2_PI } from "./normal.ts";

/** Least and greatest logarithm of each of a length, the signal and the noise. */
const limits = {
  length: [Math.log(0.01), Math.log(50)],
  signal: [Math.log(0.05), Math.log(50)],
  noise: [Math.log(1e-7), Math.log(1)],
} as const;

/**
 * Finds the kernel that makes what was seen most likely, with mild beliefs beside: minimises the negative logarithm of
 * the marginal likelihood (Rasmussen and Williams 2006, eq. 5.8, 5.9) times log-normal priors, of which that of the
 * lengths grows with the number of axes (Hvarfner, Hellsten and Nardi, "Vanilla Bayesian optimization performs great in
 * high dimensions", 2024; ours believes in somewhat shorter ones).
 *
 * @param values - standardised: mean 0 and variance 1
 */
export function fitKernel(
  units: readonly Float64Array[],
  values: Float64Array,
  isCategorical: readonly boolean[],
  steps = 30,
): Kernel {
  const axes = isCategorical.length;
  const likelihood = createLikelihood(units, values, isCategorical);
  const bounds = [...isCategorical.map(() => limits.length), limits.signal, limits.noise];
  const lower = Float64Array.from(bounds, ([low]) => low);
  const upper = Float64Array.from(bounds, ([, high]) => high);
  // One start that believes every value and one that takes ripples for noise.
  const starts = [
    [0.3, 1e-4],
    [1, 0.3],
  ].map(([length = 1, noise = 1]) =>
    Float64Array.of(...isCategorical.map(() => Math.log(length * Math.sqrt(axes))), 0, Math.log(noise)),
  );
  const found = starts.map((start) => minimizeInBox(likelihood, start, { lower, upper, steps, tolerance: 1e-3 }));
  const { x } = found.reduce((best, each) => (each.value < best.value ? each : best));
  return {
    lengths: x.slice(0, axes).map(Math.exp),
    signal: Math.exp(x[axes] as number),
    noise: Math.exp(x[axes + 1] as number),
    isCategorical,
  };
}

/** The function to minimise: logarithms of the lengths, of the signal and of the noise, in that order. */
export function createLikelihood(
  units: readonly Float64Array[],
  values: Float64Array,
  isCategorical: readonly boolean[],
) {
  const n = units.length;
  const axes = isCategorical.length;
  const gaps = pairGaps(units, isCategorical);
  const covariance = new Float64Array(n * n);
  const slopes = new Float64Array((n * (n - 1)) / 2);
  return (x: Float64Array, gradient: Float64Array): number => {
    const inverseSquares = x.slice(0, axes).map((log) => Math.exp(-2 * log));
    const signal = Math.exp(x[axes] as number);
    const noise = Math.exp(x[axes + 1] as number);
    fillCovariance({ covariance, slopes, gaps, inverseSquares, signal, noise, n, axes });
    if (!factorCholesky(covariance, n)) return Number.POSITIVE_INFINITY;
    const weights = solveUpper(covariance, n, solveLower(covariance, n, values.slice()));
    let value = n * LOG_ROOT_2_PI + 0.5 * dot(values, weights);
    for (let i = 0; i < n; i++) value += Math.log(covariance[i * n + i] as number);
    const inverse = invertFactored(covariance, n);
    let trace = 0;
    for (let i = 0; i < n; i++) trace += inverse[i * n + i] as number;
    // Without noise K is K - noise I, so the traces of (α αᵀ - K⁻¹) K and of (α αᵀ - K⁻¹) noise I make both slopes.
    const byNoise = noise * (dot(weights, weights) - trace);
    gradient.fill(0);
    gradient[axes] = -0.5 * (dot(values, weights) - n - byNoise);
    gradient[axes + 1] = -0.5 * byNoise;
    addLengthSlopes(gradient, { weights, inverse, slopes, gaps, inverseSquares, n });
    return value + addPriors(x, gradient, axes);
  };
}

interface Fit {
  readonly weights: Float64Array;
  readonly inverse: Float64Array;
  readonly slopes: Float64Array;
  readonly gaps: Float64Array;
  readonly inverseSquares: Float64Array;
  readonly n: number;
}

/** Adds -½ tr((α αᵀ - K⁻¹) ∂K/∂ ln ℓ) for each length (op. cit., eq. 5.9); every pair stands for two entries of K. */
function addLengthSlopes(gradient: Float64Array, { weights, inverse, slopes, gaps, inverseSquares, n }: Fit): void {
  const axes = inverseSquares.length;
  for (let i = 1, pair = 0; i < n; i++) {
    for (let j = 0; j < i; j++, pair++) {
      const outer = (weights[i] as number) * (weights[j] as number) - (inverse[i * n + j] as number);
      const factor = outer * (slopes[pair] as number);
      for (let axis = 0; axis < axes; axis++) {
        const gap = (gaps[pair * axes + axis] as number) * (inverseSquares[axis] as number);
        gradient[axis] = (gradient[axis] as number) - factor * gap;
      }
    }
  }
}

function pairGaps(units: readonly Float64Array[], isCategorical: readonly boolean[]): Float64Array {
  const axes = isCategorical.length;
  const gaps = new Float64Array(((units.length * (units.length - 1)) / 2) * axes);
  let at = 0;
  for (const [i, a] of units.entries()) {
    for (const b of units.slice(0, i)) {
      for (let axis = 0; axis < axes; axis++) {
        gaps[at++] = axisDistance(a[axis] as number, b[axis] as number, isCategorical[axis] === true);
      }
    }
  }
  return gaps;
}

interface Covariance {
  readonly covariance: Float64Array;
  readonly slopes: Float64Array;
  readonly gaps: Float64Array;
  readonly inverseSquares: Float64Array;
  readonly signal: number;
  readonly noise: number;
  readonly n: number;
  readonly axes: number;
}

function fillCovariance({ covariance, slopes, gaps, inverseSquares, signal, noise, n, axes }: Covariance): void {
  for (let i = 0, pair = 0; i < n; i++) {
    for (let j = 0; j < i; j++, pair++) {
      let sum = 0;
      for (let axis = 0; axis < axes; axis++)
        sum += (gaps[pair * axes + axis] as number) * (inverseSquares[axis] as number);
      const r = Math.sqrt(sum);
      covariance[i * n + j] = signal * matern52(r);
      slopes[pair] = signal * matern52Slope(r);
    }
    covariance[i * n + i] = signal + noise;
  }
}

/** Adds the gradient of the priors and gives their negative logarithm, but for constants. */
function addPriors(x: Float64Array, gradient: Float64Array, axes: number): number {
  let value = 0;
  const add = (at: number, mean: number, deviation: number) => {
    const z = ((x[at] as number) - mean) / deviation;
    value += 0.5 * z * z;
    gradient[at] = (gradient[at] as number) + z / deviation;
  };
  for (let axis = 0; axis < axes; axis++) add(axis, Math.SQRT2 + 0.5 * Math.log(axes) - 1, Math.sqrt(3));
  add(axes, 0, 1.5);
  add(axes + 1, Math.log(1e-4), 3);
  return value;
}

const dot = (a: Float64Array, b: Float64Array): number => a.reduce((sum, each, i) => sum + each * (b[i] as number), 0);
