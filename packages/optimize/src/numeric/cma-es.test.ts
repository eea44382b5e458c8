import { describe, expect, test } from "vitest";
import { createRandom } from "../random.ts";
import { advanceCma, defaultPopulation, drawCma, hasConverged, startCma } from "./cma-es.ts";

const sphere = (x: Float64Array) => x.reduce((sum, each) => sum + each * each, 0);
function rosenbrock(x: Float64Array): number {
  let sum = 0;
  for (let i = 0; i + 1 < x.length; i++) {
    const [a = 0, b = 0] = [x[i], x[i + 1]];
    sum += 100 * (b - a * a) ** 2 + (1 - a) ** 2;
  }
  return sum;
}
/** Axes whose curvatures differ by a million. */
const ellipsoid = (x: Float64Array) => x.reduce((sum, each, i) => sum + 1e6 ** (i / (x.length - 1)) * each * each, 0);

/** Evaluations until a value below 1e-8. */
function evaluations(f: (x: Float64Array) => number, start: number, seed: number): number {
  let state = startCma(new Float64Array(10).fill(start), 0.5);
  const random = createRandom(seed);
  for (let count = 0; count < 30_000; ) {
    const points = Array.from({ length: state.parameters.population }, () => drawCma(state, random));
    const sorted = points.map((x) => ({ x, loss: f(x) })).sort((a, b) => a.loss - b.loss);
    count += points.length;
    if ((sorted[0]?.loss ?? 1) < 1e-8) return count;
    state = advanceCma(
      state,
      sorted.map(({ x }) => x),
    );
  }
  return Number.POSITIVE_INFINITY;
}

describe("ten dimensions, down to 1e-8", () => {
  // About 1500, 6000 and 6000 evaluations with the usual population (Hansen and Ostermeier 2001, figures of section 5).
  test.each([
    ["sphere", sphere, 1, 2200],
    ["Rosenbrock's function", rosenbrock, 0, 9000],
    ["an ellipsoid", ellipsoid, 1, 9000],
  ])("%s", (_, f, start, most) => {
    const counts = [1, 2, 3].map((seed) => evaluations(f, start, seed)).sort((a, b) => a - b);
    expect(counts[1]).toBeLessThan(most);
  });
});

test("the weights sum to one above and leave the covariance positive definite below", () => {
  const { weights, parents, rankOneRate, rankMuRate, dimensions } = startCma(new Float64Array(10), 1).parameters;
  const above = Array.from(weights.slice(0, parents)).reduce((sum, each) => sum + each, 0);
  const below = Array.from(weights.slice(parents)).reduce((sum, each) => sum + each, 0);
  expect(defaultPopulation(10)).toBe(10);
  expect(above).toBeCloseTo(1, 12);
  expect(below).toBeLessThan(0);
  expect(rankMuRate * dimensions * -below).toBeLessThanOrEqual(1 - rankOneRate - rankMuRate + 1e-12);
});

test("a run that has closed in has converged", () => {
  const state = startCma(new Float64Array(2), 1e-13);
  expect(hasConverged(state, 1e-12)).toBe(true);
  expect(hasConverged({ ...state, sigma: 0.1 }, 1e-12)).toBe(false);
});
