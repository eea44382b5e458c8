import { expect, test } from "vitest";
import { scrambledSobol, sobolDimensions, sobolWord } from "./sobol.ts";

const point = (index: number, dimensions: readonly number[]) => dimensions.map((d) => sobolWord(index, d) / 2 ** 32);

test("the first points are those that Joe and Kuo's numbers give", () => {
  expect(sobolDimensions).toBe(100);
  // As SciPy 1.10's qmc.Sobol gives them, dimensions 1, 2, 3, 4, 11, 51 and 100.
  const dimensions = [0, 1, 2, 3, 10, 50, 99];
  expect([0, 1, 2, 3, 4, 5].map((index) => point(index, dimensions))).toEqual([
    [0, 0, 0, 0, 0, 0, 0],
    [0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5],
    [0.75, 0.25, 0.25, 0.25, 0.75, 0.25, 0.75],
    [0.25, 0.75, 0.75, 0.75, 0.25, 0.75, 0.25],
    [0.375, 0.375, 0.625, 0.875, 0.875, 0.125, 0.875],
    [0.875, 0.875, 0.125, 0.375, 0.375, 0.625, 0.375],
  ]);
  expect(point(1000, dimensions)).toEqual([
    0.2197265625, 0.0966796875, 0.5185546875, 0.6767578125, 0.0849609375, 0.3525390625, 0.1865234375,
  ]);
});

test("scrambled or not, every dimension has one point in each of 2^k equal parts", () => {
  for (let dimension = 0; dimension < sobolDimensions; dimension++) {
    const cells = (at: (index: number) => number) =>
      new Set(Array.from({ length: 256 }, (_, i) => Math.floor(at(i) * 256)));
    expect(cells((i) => sobolWord(i, dimension) / 2 ** 32).size).toBe(256);
    expect(cells((i) => scrambledSobol(i, dimension, 99)).size).toBe(256);
  }
});

test("pairs of dimensions stay even when scrambled, and seeds differ", () => {
  // A (0, 2)-sequence: of 256 points, one lies in each box of 16 by 16, in the first two dimensions.
  const boxes = (seed: number) =>
    Array.from({ length: 256 }, (_, i) => [0, 1].map((d) => Math.floor(scrambledSobol(i, d, seed) * 16)).join());
  expect(new Set(boxes(1)).size).toBe(256);
  expect(boxes(1)).not.toEqual(boxes(2));
});
