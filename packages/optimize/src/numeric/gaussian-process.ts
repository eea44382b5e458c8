import { type Steps, withoutPause } from "../steps.ts";
import { factorRow, solveLower, solveUpper } from "./cholesky.ts";

const root5 = Math.sqrt(5);

/** The covariance of a process: Matérn's of smoothness 5/2 with a length for each axis. */
export interface Kernel {
  /** How far along each axis values still have to do with each other. */
  readonly lengths: Float64Array;
  /** Variance of the process. */
  readonly signal: number;
  /** Variance of the noise on top. */
  readonly noise: number;
  /**
   * Variance of the level that values return to where nothing is known. Its mean is 0, and values say where it is: those of
   * places that lie together count little, so that many good values at one place do not make every other place look good
   * (Rasmussen and Williams, "Gaussian processes for machine learning", section 2.7).
   */
  readonly level: number;
  /** Axes whose values are only the same or not. */
  readonly isCategorical: readonly boolean[];
}

/** What a process says about one place. */
export interface Prediction {
  readonly mean: number;
  readonly deviation: number;
}

/** A process that has seen values at some places. */
export interface GaussianProcess {
  /** The mean of {@link GaussianProcess.predict} alone, in time that grows with the number of places and not with its square. */
  meanAt(unit: Float64Array): number;
  predict(unit: Float64Array): Prediction;
  /** Predicts and writes how mean and deviation change along each axis; 0 along categorical axes. */
  predictWithSlopes(unit: Float64Array, meanSlopes: Float64Array, deviationSlopes: Float64Array): Prediction;
}

/**
 * Squared distance along one axis. A place that has not the axis counts as in its middle, and as a choice of its own where
 * the axis has no order: that leaves distances as they are between points somewhere, without which covariances are none.
 */
export function axisDistance(a: number, b: number, isCategorical: boolean): number {
  if (isCategorical) return Object.is(a, b) ? 0 : 1;
  const gap = orderedGap(a, b);
  return gap * gap;
}

const orderedGap = (a: number, b: number): number => (Number.isNaN(a) ? 0.5 : a) - (Number.isNaN(b) ? 0.5 : b);

/** Correlation at a scaled distance r (op. cit., eq. 4.17). */
export const matern52 = (r: number): number => (1 + root5 * r + (5 / 3) * r * r) * Math.exp(-root5 * r);

/** Minus twice the derivative of {@link matern52} by r². */
export const matern52Slope = (r: number): number => (5 / 3) * (1 + root5 * r) * Math.exp(-root5 * r);

/**
 * Conditions a process of mean 0 on values at places (op. cit., algorithm 2.1). Where places lie so close that the
 * covariance is singular to floats, noise is added until it is not.
 */
export const fitGaussianProcess = (
  units: readonly Float64Array[],
  values: Float64Array,
  kernel: Kernel,
): GaussianProcess => withoutPause(fitInSteps(units, values, kernel));

/** Does what {@link fitGaussianProcess} does in steps that take time as the square of the number of places does. */
export function* fitInSteps(
  units: readonly Float64Array[],
  values: Float64Array,
  kernel: Kernel,
): Steps<GaussianProcess> {
  const n = units.length;
  const covariance = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    yield;
    for (let j = 0; j <= i; j++) {
      covariance[i * n + j] =
        kernel.level + kernel.signal * matern52(distance(units[i] as Float64Array, units[j] as Float64Array, kernel));
    }
  }
  const factor = yield* factorWithNoise(covariance, n, kernel.noise);
  const weights = solveUpper(factor, n, solveLower(factor, n, values.slice()));
  const correlate = (unit: Float64Array) => Float64Array.from(units, (other) => distance(unit, other, kernel));
  const columnOf = (distances: Float64Array) => distances.map((r) => kernel.level + kernel.signal * matern52(r));
  const predictAt = (distances: Float64Array) => {
    const column = columnOf(distances);
    const mean = dot(column, weights);
    const half = solveLower(factor, n, column);
    const variance = kernel.level + kernel.signal - dot(half, half);
    return { mean, half, deviation: Math.sqrt(Math.max(1e-18, variance)) };
  };
  return {
    meanAt: (unit) => dot(columnOf(correlate(unit)), weights),
    predict: (unit) => predictAt(correlate(unit)),
    predictWithSlopes(unit, meanSlopes, deviationSlopes) {
      const distances = correlate(unit);
      const { mean, deviation, half } = predictAt(distances);
      const solved = solveUpper(factor, n, half);
      meanSlopes.fill(0);
      deviationSlopes.fill(0);
      for (const [i, other] of units.entries()) {
        const slope = -kernel.signal * matern52Slope(distances[i] as number);
        addSlopes(meanSlopes, (weights[i] as number) * slope, { unit, other, kernel });
        addSlopes(deviationSlopes, (-(solved[i] as number) * slope) / deviation, { unit, other, kernel });
      }
      return { mean, deviation };
    },
  };
}

interface Gap {
  readonly unit: Float64Array;
  readonly other: Float64Array;
  readonly kernel: Kernel;
}

/** Adds what moving `unit` along each ordered axis does to its covariance with another place, times a factor. */
function addSlopes(slopes: Float64Array, factor: number, { unit, other, kernel }: Gap): void {
  for (let axis = 0; axis < unit.length; axis++) {
    if (kernel.isCategorical[axis] || Number.isNaN(unit[axis])) continue;
    const gap = orderedGap(unit[axis] as number, other[axis] as number);
    slopes[axis] = (slopes[axis] as number) + (factor * gap) / (kernel.lengths[axis] as number) ** 2;
  }
}

function* factorWithNoise(covariance: Float64Array, n: number, noise: number): Steps<Float64Array> {
  for (let extra = noise; ; extra = Math.max(1e-12, 10 * extra)) {
    const factor = covariance.slice();
    for (let i = 0; i < n; i++) factor[i * n + i] = (factor[i * n + i] as number) + extra;
    let row = 0;
    while (row < n && factorRow(factor, n, row)) {
      row++;
      yield;
    }
    if (row === n) return factor;
  }
}

function distance(a: Float64Array, b: Float64Array, { lengths, isCategorical }: Kernel): number {
  let sum = 0;
  for (let axis = 0; axis < a.length; axis++) {
    const gap = axisDistance(a[axis] as number, b[axis] as number, isCategorical[axis] === true);
    sum += gap / (lengths[axis] as number) ** 2;
  }
  return Math.sqrt(sum);
}

const dot = (a: Float64Array, b: Float64Array): number => {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i] as number) * (b[i] as number);
  return sum;
};
