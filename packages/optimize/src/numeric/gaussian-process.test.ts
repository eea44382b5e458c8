import { expect, test } from "vitest";
import { createRandom } from "../random.ts";
import { logExpectedImprovement } from "./expected-improvement.ts";
import { createLikelihood } from "./fit-kernel.ts";
import { fitGaussianProcess, type Kernel, matern52 } from "./gaussian-process.ts";

const kernel = (axes: number, noise: number): Kernel => ({
  lengths: new Float64Array(axes).fill(0.5),
  signal: 2,
  noise,
  isCategorical: new Array(axes).fill(false),
});

test("the posterior of one value is that done by hand", () => {
  const process = fitGaussianProcess([Float64Array.of(0.2)], Float64Array.of(3), kernel(1, 0.5));
  // r = 0.3 / 0.5, k = 2 (1 + √5 r + 5/3 r²) e^(-√5 r); mean k / 2.5 · 3, variance 2 - k² / 2.5.
  const r = 0.6;
  const k = 2 * (1 + Math.sqrt(5) * r + (5 / 3) * r * r) * Math.exp(-Math.sqrt(5) * r);
  const { mean, deviation } = process.predict(Float64Array.of(0.5));
  expect(mean).toBeCloseTo((k / 2.5) * 3, 12);
  expect(deviation).toBeCloseTo(Math.sqrt(2 - (k * k) / 2.5), 12);
});

test("the posterior of two values is that of the two by two inverse", () => {
  const units = [Float64Array.of(0, 0), Float64Array.of(1, 0)];
  const process = fitGaussianProcess(units, Float64Array.of(1, -1), kernel(2, 0));
  const c = 2 * matern52(2);
  const k = 2 * matern52(1);
  // In the middle both weigh the same: means cancel, and the variance is 2 - 2k² / (2 + c).
  const { mean, deviation } = process.predict(Float64Array.of(0.5, 0));
  expect(mean).toBeCloseTo(0, 12);
  expect(deviation).toBeCloseTo(Math.sqrt(2 - (2 * k * k) / (2 + c)), 12);
  expect(process.predict(Float64Array.of(0, 0)).mean).toBeCloseTo(1, 9);
});

/** The slope of a function along one axis by central differences. */
function slopeOf(f: (x: Float64Array) => number, x: Float64Array, axis: number): number {
  const moved = (by: number) => f(x.map((each, i) => (i === axis ? each + by : each)));
  return (moved(1e-5) - moved(-1e-5)) / 2e-5;
}

const random = createRandom(3);
const units = Array.from({ length: 12 }, () => Float64Array.from({ length: 3 }, () => random.uniform()));
const values = Float64Array.from(units, (unit) => Math.sin(5 * (unit[0] ?? 0)) + (unit[1] ?? 0));

test("the slopes of a prediction are its derivatives", () => {
  const process = fitGaussianProcess(units, values, kernel(3, 1e-3));
  const [means, deviations] = [new Float64Array(3), new Float64Array(3)];
  const at = Float64Array.of(0.3, 0.6, 0.9);
  process.predictWithSlopes(at, means, deviations);
  for (const axis of [0, 1, 2]) {
    expect(means[axis]).toBeCloseTo(
      slopeOf((x) => process.predict(x).mean, at, axis),
      6,
    );
    expect(deviations[axis]).toBeCloseTo(
      slopeOf((x) => process.predict(x).deviation, at, axis),
      6,
    );
  }
});

test("the gradient of the likelihood is its derivative", () => {
  const likelihood = createLikelihood(units, values, [false, false, true]);
  const at = Float64Array.of(-0.7, 0.2, 0.4, 0.3, -4);
  const gradient = new Float64Array(5);
  likelihood(at, gradient);
  const scratch = new Float64Array(5);
  for (const axis of [0, 1, 2, 3, 4]) {
    expect(gradient[axis]).toBeCloseTo(
      slopeOf((x) => likelihood(x, scratch), at, axis),
      4,
    );
  }
});

test("the likelihood of one value is that of a normal number, but for the priors' constants", () => {
  const scratch = new Float64Array(3);
  const at = (value: number) =>
    createLikelihood([Float64Array.of(0.5)], Float64Array.of(value), [false])(Float64Array.of(0, 0, 0), scratch);
  // Signal and noise of 1 make a variance of 2: value² / 4 more for a value than for 0.
  expect(at(3) - at(0)).toBeCloseTo(9 / 4, 12);
});

test("the expected improvement agrees with its formula where that has digits, and goes on below", () => {
  // σ (z Φ(z) + φ(z)) with z = 1, σ = 2: 2 (0.8413447461 + 0.2419707245).
  expect(Math.exp(logExpectedImprovement(1, 2, 3).value)).toBeCloseTo(2.1666309412, 9);
  const at = (mean: number) => logExpectedImprovement(mean, 1, 0);
  for (const mean of [-7, -3, 0, 3, 5.999, 6.001, 20, 200]) {
    const { value, byMean, byDeviation } = at(mean);
    expect(Number.isFinite(value)).toBe(true);
    const slope = (at(mean + 1e-6).value - at(mean - 1e-6).value) / 2e-6;
    expect(Math.abs(byMean - slope)).toBeLessThan(2e-3 * Math.abs(slope));
    const wider =
      (logExpectedImprovement(mean, 1 + 1e-6, 0).value - logExpectedImprovement(mean, 1 - 1e-6, 0).value) / 2e-6;
    expect(Math.abs(byDeviation - wider)).toBeLessThan(2e-3 * Math.max(1e-3, Math.abs(wider)));
  }
});
