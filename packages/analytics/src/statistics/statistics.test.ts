import { describe, expect, test } from "vitest";
import { pearson, ranks, spearman } from "./correlation.ts";
import { correlationRatio } from "./correlation-ratio.ts";
import { incompleteBeta } from "./incomplete-beta.ts";

// Every expected figure was computed by SciPy 1.17.1, by the function that is named with it.

describe("incompleteBeta, as scipy.special.betainc", () => {
  test.each([
    [0.5, 0.5, 0.5, 0.5],
    [0.2, 4, 0.5, 0.0004776140575940058],
    [0.99, 100, 0.5, 0.1567758654244408],
    [0.001, 3, 2, 3.997e-9],
    [0.7, 500, 0.5, 1.6266171391547266e-79],
    [0.9999, 2499, 0.5, 0.4795990053931692],
    [0.3, 1.5, 0.5, 0.07727428998754561],
    [0, 2, 3, 0],
    [1, 2, 3, 1],
  ])("of %d with %d and %d", (x, a, b, expected) => {
    const result = incompleteBeta(x, a, b);
    expect(Math.abs(result - expected)).toBeLessThanOrEqual(1e-11 * expected);
  });
});

const samples = {
  "noise on a line": {
    x: [0.1, 0.4, 0.35, 0.8, 0.9, 1.3, 1.1, 1.7, 1.65, 2.0],
    y: [1.2, 0.9, 1.5, 1.9, 1.4, 2.6, 2.2, 2.1, 3.3, 2.9],
    pearson: [0.8579937546505392, 0.0014935282929062395],
    spearman: [0.8181818181818182, 0.003814920082550713],
  },
  ties: {
    x: [1, 2, 2, 3, 3, 3, 4, 5],
    y: [2, 1, 4, 4, 3, 6, 6, 5],
    pearson: [0.6894996998299375, 0.0584928850212544],
    spearman: [0.7268342671254985, 0.041088979741457414],
  },
  "going down": {
    x: [1, 2, 3, 4, 5, 6],
    y: [10, 8, 9, 5, 4, 1],
    pearson: [-0.950537133290682, 0.003609355463567543],
    spearman: [-0.942857142857143, 0.004804664723032055],
  },
  "three points": {
    x: [1, 2, 4],
    y: [2, 3, 3.5],
    pearson: [0.9285714285714286, 0.2420754366473534],
    spearman: [1, 0],
  },
} as const;

describe("coefficients, as scipy.stats.pearsonr and spearmanr", () => {
  test.each(Object.entries(samples))("%s", (_, { x, y, ...expected }) => {
    for (const [found, [coefficient, pValue]] of [
      [pearson(x, y), expected.pearson],
      [spearman(x, y), expected.spearman],
    ] as const) {
      expect(found?.coefficient).toBeCloseTo(coefficient, 12);
      expect(found?.pValue).toBeCloseTo(pValue, 11);
    }
  });

  test("are the same whichever way round, and turn with a sign", () => {
    const { x, y } = samples.ties;
    expect(pearson(y, x)).toEqual(pearson(x, y));
    const turned = y.map((value) => -value);
    expect(pearson(x, turned)?.coefficient).toBeCloseTo(-samples.ties.pearson[0], 12);
  });

  test("are not there for two points, nor where nothing varies", () => {
    expect(pearson([1, 2], [1, 2])).toBeUndefined();
    expect(pearson([1, 2, 3], [0.1, 0.1, 0.1])).toBeUndefined();
    expect(pearson([1e9 + 0.1, 1e9 + 0.1, 1e9 + 0.1], [1, 2, 3])).toBeUndefined();
    expect(pearson([1, 2, Number.POSITIVE_INFINITY], [1, 2, 3])).toBeUndefined();
  });

  test("see what varies little around something large", () => {
    expect(pearson([1e9, 1e9 + 1, 1e9 + 2], [1, 2, 3])?.coefficient).toBeCloseTo(1, 12);
  });
});

test("ranks share the mean of ties, as scipy.stats.rankdata", () => {
  expect(ranks(samples.ties.x)).toEqual([1, 2.5, 2.5, 5, 5, 5, 7, 8]);
  expect(ranks(samples.ties.y)).toEqual([2, 1, 4.5, 4.5, 3, 7.5, 7.5, 6]);
});

describe("correlationRatio", () => {
  const keys = ["a", "a", "a", "b", "b", "b", "c", "c", "c", "c"];
  const metric = [1.0, 1.2, 0.9, 2.0, 2.2, 2.4, 3.1, 2.9, 3.0, 3.3];

  // (k-1)(F-1) / ((k-1)F + n-k) with F = 116.78015564202398 of scipy.stats.f_oneway.
  test("is epsilon squared, from scipy.stats.f_oneway", () => {
    expect(correlationRatio(keys, metric)).toBeCloseTo(0.9625873447204971, 12);
  });

  test("is 1 where the group alone decides, and 0 where groups differ by less than chance would have them", () => {
    expect(correlationRatio(["a", "a", "b", "b"], [1, 1, 2, 2])).toBe(1);
    expect(correlationRatio(["a", "a", "b", "b"], [1, 2, 1, 2])).toBe(0);
  });

  test("puts many different numbers into groups", () => {
    const values = Array.from({ length: 60 }, (_, i) => i / 7);
    const hill = values.map((value) => -((value - 4) ** 2));
    // No line follows a hill, but its height goes with the value.
    expect(Math.abs(pearson(values, hill)?.coefficient ?? 1)).toBeLessThan(0.3);
    expect(correlationRatio(values, hill)).toBeGreaterThan(0.9);
  });

  test("is not there where there is nothing to compare", () => {
    expect(correlationRatio(["a", "a", "a"], [1, 2, 3])).toBeUndefined();
    expect(correlationRatio(["a", "b", "c"], [1, 2, 3])).toBeUndefined();
    expect(correlationRatio(keys, new Array(10).fill(1))).toBeUndefined();
  });
});
