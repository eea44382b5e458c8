import { factorCholesky, invertFactored, solveLower, solveUpper } from "./cholesky.ts";
import { axisDistance, type Kernel, matern52, matern52Slope } from "./gaussian-process.ts";
import { addPrior, createKernelPrior } from "./kernel-prior.ts";
import { minimizeInBox } from "./minimize-in-box.ts";
import { LOG_ROOT_2_PI } from "./normal.ts";

/** Least and greatest logarithm of each of a length, the signal and the noise. */
const limits = {
  length: [Math.log(0.01), Math.log(50)],
  signal: [Math.log(0.05), Math.log(50)],
  noise: [Math.log(1e-7), Math.log(1)],
} as const;

/** Variance of the level: far enough from values of variance 1 for any of their means. */
const level = 4;

/** What a kernel is fitted to: plain data, which may go to another thread. */
export interface KernelInput {
  readonly units: readonly Float64Array[];
  /** One for each place, standardised: mean 0 and variance 1. */
  readonly values: Float64Array;
  /** Says of each axis whether its values are only the same or not. */
  readonly isCategorical: readonly boolean[];
}

/**
 * Finds the kernel that makes what was seen most likely, with beliefs beside: minimises the negative logarithm of the
 * marginal likelihood (Rasmussen and Williams 2006, eq. 5.8, 5.9) times the prior of `createKernelPrior`. What that takes
 * grows with the third power of the number of places: for 200 of them some tenths of a second.
 */
export function fitKernel({ units, values, isCategorical }: KernelInput, steps = 30): Kernel {
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
    level,
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
  const prior = createKernelPrior(units, isCategorical);
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
    const [trace, total] = [traceOf(inverse, n), sumOf(inverse)];
    // The signal's part of K is K - noise I - level 1 1ᵀ, so the traces of (α αᵀ - K⁻¹) times each of them make both slopes.
    const byNoise = noise * (dot(weights, weights) - trace);
    const byLevel = level * (sumOf(weights) ** 2 - total);
    gradient.fill(0);
    gradient[axes] = -0.5 * (dot(values, weights) - n - byNoise - byLevel);
    gradient[axes + 1] = -0.5 * byNoise;
    addLengthSlopes(gradient, { weights, inverse, slopes, gaps, inverseSquares, n });
    return value + addPrior(prior, x, gradient);
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
      covariance[i * n + j] = level + signal * matern52(r);
      slopes[pair] = signal * matern52Slope(r);
    }
    covariance[i * n + i] = level + signal + noise;
  }
}

const sumOf = (numbers: Float64Array): number => numbers.reduce((sum, each) => sum + each, 0);

function traceOf(matrix: Float64Array, n: number): number {
  let trace = 0;
  for (let i = 0; i < n; i++) trace += matrix[i * n + i] as number;
  return trace;
}

const dot = (a: Float64Array, b: Float64Array): number => a.reduce((sum, each, i) => sum + each * (b[i] as number), 0);
