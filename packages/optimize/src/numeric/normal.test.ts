import { expect, test } from "vitest";
import { inverseNormalCdf, logNormalCdf, normalCdf, normalMass } from "./normal.ts";

// Abramowitz and Stegun, "Handbook of mathematical functions", 1964, table 26.1 and 26.2.
const table = [
  [0, 0.5],
  [1, 0.841344746068543],
  [1.96, 0.97500210485178],
  [3, 0.99865010196837],
  [4, 0.99996832875817],
] as const;

test("the distribution agrees with the tables, and its inverse with it", () => {
  for (const [x, p] of table) {
    expect(normalCdf(x)).toBeCloseTo(p, 13);
    expect(normalCdf(-x)).toBeCloseTo(1 - p, 13);
    expect(inverseNormalCdf(p)).toBeCloseTo(x, 9);
  }
  expect(inverseNormalCdf(0)).toBe(-Infinity);
  expect(inverseNormalCdf(1)).toBe(Infinity);
});

test("the tails keep their digits", () => {
  // Op. cit., table 26.2: -log10 Q(10) = 23.11805, -log10 Q(30) = 197.30921, Q(5) = 2.866516e-7.
  expect(logNormalCdf(-10) / Math.LN10).toBeCloseTo(-23.11805, 5);
  expect(logNormalCdf(-30) / Math.LN10).toBeCloseTo(-197.30921, 5);
  expect(normalCdf(-5) / 2.866515719e-7).toBeCloseTo(1, 8);
  expect(logNormalCdf(8)).toBeCloseTo(-6.22e-16, 17);
  expect(normalMass(5, 6)).toBe(normalMass(-6, -5));
  expect(inverseNormalCdf(normalCdf(-9))).toBeCloseTo(-9, 6);
});
