import { expect, test } from "vitest";
import { createRandom } from "../random.ts";
import { logExpectedImprovement } from "./expected-improvement.ts";
import { createLikelihood } from "./fit-kernel.ts";
import { axisDistance, fitGaussianProcess, type Kernel, matern52 } from "./gaussian-process.ts";

const kernel = (axes: number, noise: number, level = 0): Kernel => ({
  lengths: new Float64Array(axes).fill(0.5),
  signal: 2,
  noise,
  level,
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

test("places that are the same have a posterior without noise too", () => {
  const same = [Float64Array.of(0.5), Float64Array.of(0.5)];
  const { mean, deviation } = fitGaussianProcess(same, Float64Array.of(1, 2), kernel(1, 0)).predict(
    Float64Array.of(0.5),
  );
  expect(mean).toBeCloseTo(1.5, 6);
  expect(deviation).toBeLessThan(1e-5);
});

test("values that lie together say less of the level far away than as many apart", () => {
  const far = Float64Array.of(60);
  const predict = (...places: number[]) => {
    const units = places.map((place) => Float64Array.of(place));
    const values = Float64Array.from(places, (place) => (place < 10 ? -1 : 1));
    return fitGaussianProcess(units, values, kernel(1, 1e-6, 4)).predict(far);
  };
  // Far from one value c the mean is 4 / (2 + 4) c, and the variance is 4 + 2 - 4² / (2 + 4).
  const { mean, deviation } = predict(0);
  expect(mean).toBeCloseTo(-4 / 6, 5);
  expect(deviation).toBeCloseTo(Math.sqrt(6 - 16 / 6), 5);
  expect(predict(0, 20).mean).toBeCloseTo(0, 9);
  expect(predict(0, 1e-4, 2e-4, 20).mean).toBeCloseTo(0, 4);
  expect(predict(0, 5, 9, 20).mean).toBeLessThan(-0.3);
});

test("a place without an axis is as far from others as its middle is, and as another choice", () => {
  expect(axisDistance(Number.NaN, 0.2, false)).toBeCloseTo(0.09, 12);
  expect(axisDistance(0.5, Number.NaN, false)).toBe(0);
  expect(axisDistance(Number.NaN, 0.5, true)).toBe(1);
  expect(axisDistance(Number.NaN, Number.NaN, true)).toBe(0);
});

/** The slope of a function along one axis by central differences. */
function slopeOf(f: (x: Float64Array) => number, x: Float64Array, axis: number): number {
  const moved = (by: number) => f(x.map((each, i) => (i === axis ? each + by : each)));
  return (moved(1e-5) - moved(-1e-5)) / 2e-5;
}

const random = createRandom(3);
const units = Array.from({ length: 12 }, () => Float64Array.from({ length: 3 }, () => random.next()));
const values = Float64Array.from(units, (unit) => Math.sin(5 * (unit[0] ?? 0)) + (unit[1] ?? 0));
/** The same where every third has no second axis and every fourth no third one. */
const withGaps = units.map((unit, i) => unit.map((x, axis) => (i % (axis + 2) === 0 && axis > 0 ? Number.NaN : x)));

test.each([
  ["everywhere", units],
  ["where others have gaps", withGaps],
])("the slopes of a prediction are its derivatives %s", (_, places) => {
  const process = fitGaussianProcess(places, values, kernel(3, 1e-3, 2));
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

test.each([
  ["everywhere", units],
  ["where places have gaps", withGaps],
])("the gradient of the likelihood is its derivative %s", (_, places) => {
  const likelihood = createLikelihood(places, values, [false, false, true]);
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
  // Signal and noise of 1 and a level of 4 make a variance of 6: value² / 12 more for a value than for 0.
  expect(at(3) - at(0)).toBeCloseTo(9 / 12, 12);
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
