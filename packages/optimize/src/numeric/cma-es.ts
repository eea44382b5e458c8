import type { Random } from "../random.ts";
import { symmetricEigen } from "./symmetric-eigen.ts";

/**
 * The state of a CMA-ES after some generations. Never changed: a generation makes a new one. Numbers in comments are
 * those of equations in Hansen, "The CMA evolution strategy: a tutorial", 2016, arXiv 1604.00772.
 */
export interface CmaState {
  readonly parameters: CmaParameters;
  readonly generation: number;
  readonly mean: Float64Array;
  readonly sigma: number;
  /** C, row by row. */
  readonly covariance: Float64Array;
  readonly sigmaPath: Float64Array;
  readonly covariancePath: Float64Array;
  /** C = B D² Bᵀ. */
  readonly axes: Float64Array;
  readonly lengths: Float64Array;
}

/** Strategy parameters by their defaults (table 1 of the tutorial). */
export interface CmaParameters {
  readonly dimensions: number;
  readonly population: number;
  readonly parents: number;
  readonly weights: Float64Array;
  readonly effectiveParents: number;
  readonly sigmaRate: number;
  readonly sigmaDamping: number;
  readonly pathRate: number;
  readonly rankOneRate: number;
  readonly rankMuRate: number;
  readonly expectedNorm: number;
}

/** The usual population, λ = 4 + ⌊3 ln n⌋ (48). */
export const defaultPopulation = (dimensions: number): number => 4 + Math.floor(3 * Math.log(dimensions));

/** The default parameters for a number of dimensions, with negative weights for the worse half (49-58). */
function createParameters(n: number, population: number): CmaParameters {
  const parents = Math.floor(population / 2);
  const raw = Array.from({ length: population }, (_, i) => Math.log((population + 1) / 2) - Math.log(i + 1));
  const [better, worse] = [raw.slice(0, parents), raw.slice(parents)];
  const effectiveParents = sum(better) ** 2 / sum(better.map(square));
  const effectiveOthers = sum(worse) ** 2 / sum(worse.map(square));
  const rankOneRate = 2 / ((n + 1.3) ** 2 + effectiveParents);
  const rankMuRate = Math.min(
    1 - rankOneRate,
    (2 * (0.25 + effectiveParents + 1 / effectiveParents - 2)) / ((n + 2) ** 2 + effectiveParents),
  );
  const negative = Math.min(
    1 + rankOneRate / rankMuRate,
    1 + (2 * effectiveOthers) / (effectiveParents + 2),
    (1 - rankOneRate - rankMuRate) / (n * rankMuRate),
  );
  const sigmaRate = (effectiveParents + 2) / (n + effectiveParents + 5);
  return {
    dimensions: n,
    population,
    parents,
    weights: Float64Array.from(raw, (w) =>
      w >= 0 ? w / sum(raw.filter(isPositive)) : (negative * w) / -sum(raw.filter(isNegative)),
    ),
    effectiveParents,
    sigmaRate,
    sigmaDamping: 1 + 2 * Math.max(0, Math.sqrt((effectiveParents - 1) / (n + 1)) - 1) + sigmaRate,
    pathRate: (4 + effectiveParents / n) / (n + 4 + (2 * effectiveParents) / n),
    rankOneRate,
    rankMuRate,
    expectedNorm: Math.sqrt(n) * (1 - 1 / (4 * n) + 1 / (21 * n * n)),
  };
}

const square = (x: number): number => x * x;
const sum = (xs: readonly number[]): number => xs.reduce((total, x) => total + x, 0);
const isPositive = (x: number): boolean => x > 0;
const isNegative = (x: number): boolean => x < 0;

/** The state before the first generation: an isotropic cloud of width `sigma` around `mean`. */
export function startCma(mean: Float64Array, sigma: number, population = defaultPopulation(mean.length)): CmaState {
  const n = mean.length;
  return {
    parameters: createParameters(n, population),
    generation: 0,
    mean,
    sigma,
    covariance: identity(n),
    sigmaPath: new Float64Array(n),
    covariancePath: new Float64Array(n),
    axes: identity(n),
    lengths: new Float64Array(n).fill(1),
  };
}

const identity = (n: number): Float64Array =>
  Float64Array.from({ length: n * n }, (_, i) => (i % (n + 1) === 0 ? 1 : 0));

/** Draws one point: m + σ B D z (38-40). */
export function drawCma({ mean, sigma, axes, lengths }: CmaState, random: Random): Float64Array {
  const z = lengths.map((length) => length * random.normal());
  return multiply(axes, z).map((y, i) => (mean[i] as number) + sigma * y);
}

/** Folds a generation in: `population` points, the best first. */
export function advanceCma(state: CmaState, points: readonly Float64Array[]): CmaState {
  const { parameters: p, mean, sigma, axes, lengths } = state;
  const steps = points.map((point) => point.map((x, i) => (x - (mean[i] as number)) / sigma));
  const step = mean.map((_, i) => weightedAt(steps.slice(0, p.parents), p.weights, i)); // (41)
  const whitened = whiten(axes, lengths, step);
  const gain = Math.sqrt(p.sigmaRate * (2 - p.sigmaRate) * p.effectiveParents);
  const sigmaPath = state.sigmaPath.map((each, i) => (1 - p.sigmaRate) * each + gain * (whitened[i] as number)); // (43)
  const norm = Math.hypot(...sigmaPath);
  const settled = Math.sqrt(1 - (1 - p.sigmaRate) ** (2 * (state.generation + 1)));
  const isSteady = norm / settled < (1.4 + 2 / (p.dimensions + 1)) * p.expectedNorm; // h_σ
  const pull = isSteady ? Math.sqrt(p.pathRate * (2 - p.pathRate) * p.effectiveParents) : 0;
  const covariancePath = state.covariancePath.map((each, i) => (1 - p.pathRate) * each + pull * (step[i] as number)); // (45)
  const covariance = adaptCovariance(state, steps, covariancePath, isSteady);
  const { values, vectors } = symmetricEigen(covariance, p.dimensions);
  return {
    parameters: p,
    generation: state.generation + 1,
    mean: mean.map((x, i) => x + sigma * (step[i] as number)), // (42)
    // The factor is limited so that one lucky generation cannot blow the cloud up.
    sigma: sigma * Math.exp(Math.min(1, (p.sigmaRate / p.sigmaDamping) * (norm / p.expectedNorm - 1))), // (44)
    covariance,
    sigmaPath,
    covariancePath,
    axes: vectors,
    lengths: values.map((value) => Math.sqrt(Math.max(value, 1e-30))),
  };
}

const weightedAt = (steps: readonly Float64Array[], weights: Float64Array, at: number): number =>
  steps.reduce((total, step, k) => total + (weights[k] as number) * (step[at] as number), 0);

/** The rank-one and rank-μ updates with active weights (46, 47). */
function adaptCovariance(
  { parameters: p, covariance, axes, lengths }: CmaState,
  steps: readonly Float64Array[],
  path: Float64Array,
  isSteady: boolean,
): Float64Array {
  const n = p.dimensions;
  const stall = isSteady ? 0 : p.pathRate * (2 - p.pathRate);
  const keep = 1 + p.rankOneRate * stall - p.rankOneRate - p.rankMuRate * sum(Array.from(p.weights));
  const adapted = covariance.map((c) => keep * c);
  addOuter(adapted, path, p.rankOneRate);
  for (const [k, step] of steps.entries()) {
    const weight = p.weights[k] as number;
    const scale = weight >= 0 ? 1 : n / Math.max(1e-30, sum(Array.from(whiten(axes, lengths, step), square)));
    addOuter(adapted, step, p.rankMuRate * weight * scale);
  }
  return adapted;
}

function addOuter(matrix: Float64Array, x: Float64Array, factor: number): void {
  const n = x.length;
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) {
      matrix[i * n + j] = (matrix[i * n + j] as number) + factor * (x[i] as number) * (x[j] as number);
    }
  }
}

/** C^(-1/2) x = B D⁻¹ Bᵀ x. */
function whiten(axes: Float64Array, lengths: Float64Array, x: Float64Array): Float64Array {
  const n = x.length;
  const turned = lengths.map((length, j) => {
    let dot = 0;
    for (let i = 0; i < n; i++) dot += (axes[i * n + j] as number) * (x[i] as number);
    return dot / length;
  });
  return multiply(axes, turned);
}

function multiply(matrix: Float64Array, x: Float64Array): Float64Array {
  const n = x.length;
  return x.map((_, i) => {
    let dot = 0;
    for (let j = 0; j < n; j++) dot += (matrix[i * n + j] as number) * (x[j] as number);
    return dot;
  });
}

/** Says whether a run has nothing more to find: steps below `smallest`, or a cloud too thin for floats (appendix B.3). */
export function hasConverged({ sigma, lengths, covariancePath }: CmaState, smallest: number): boolean {
  const [long, short] = [Math.max(...lengths), Math.min(...lengths)];
  const isSmall = sigma * long < smallest && covariancePath.every((each) => Math.abs(sigma * each) < smallest);
  return isSmall || long / short > 1e7;
}
