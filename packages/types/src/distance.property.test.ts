import { StoreError } from "@trimtab/core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { distance, distanceMetrics } from "./distance.ts";

const component = fc.double({ min: -1e3, max: 1e3, noNaN: true }).map((value) => Math.round(value * 1e6) / 1e6);
const vectors = (count: number) =>
  fc
    .integer({ min: 1, max: 8 })
    .chain((length) =>
      fc.array(fc.array(component, { minLength: length, maxLength: length }), { minLength: count, maxLength: count }),
    ) as fc.Arbitrary<[number[], number[], number[]]>;
const isZero = (vector: readonly number[]) => vector.every((each) => each === 0);

describe("distance", () => {
  it.each([
    ["cosine", [1, 0], [0, 2], 1],
    ["cosine", [1, 1], [3, 3], 0],
    ["cosine", [1, 0], [-2, 0], 2],
    ["cosine", [0, 0], [0, 0], 0],
    ["cosine", [0, 0], [1, 0], 1],
    ["cosine", [], [], 0],
    ["cosine", [3e200, 0], [0, 4e-200], 1],
    ["cosine", [3e200, 4e200], [3e-200, 4e-200], 0],
    ["euclidean", [1, 2], [4, 6], 5],
    ["euclidean", [3e200, 0], [0, 4e200], 5e200],
    ["euclidean", [3e-200, 0], [0, 4e-200], 5e-200],
    ["euclidean", [], [], 0],
    ["manhattan", [1, 2], [4, 6], 7],
    ["dot", [1, 2], [3, 4], -11],
    ["dot", [1, 0], [0, 1], 0],
  ] as const)("of metric %s between %j and %j is %d", (metric, a, b, expected) => {
    const measured = distance(a, b, metric);
    expect(Math.abs(measured - expected)).toBeLessThanOrEqual(1e-12 * Math.max(1, expected));
    expect(measured / (expected || 1)).toBeCloseTo(expected === 0 ? 0 : 1, 12);
    expect(Object.is(measured, -0)).toBe(false);
  });

  it("is that of the cosine unless told otherwise, and takes arrays of any kind", () => {
    expect(distance([1, 0], Float32Array.of(0, 1))).toBe(1);
    expect(distance(Float64Array.of(3, 0), Int8Array.of(0, 4), "euclidean")).toBe(5);
  });

  it("takes the other names of metrics that constraints take", () => {
    expect(distance([3, 0], [0, 4], "l2")).toBe(5);
    expect(distance([3, 0], [0, 4], "l1")).toBe(7);
  });

  it("is symmetric whatever the metric", () => {
    fc.assert(
      fc.property(vectors(2), fc.constantFrom(...distanceMetrics), ([a, b], metric) => {
        expect(distance(a, b, metric)).toBe(distance(b, a, metric));
      }),
    );
  });

  it("is 0 from a vector to itself and never negative, where it is a distance proper", () => {
    fc.assert(
      fc.property(vectors(2), fc.constantFrom("cosine", "euclidean", "manhattan"), ([a, b], metric) => {
        expect(distance(a, a, metric)).toBeLessThan(1e-12);
        expect(distance(a, b, metric)).toBeGreaterThanOrEqual(0);
      }),
    );
  });

  it("keeps the triangle inequality in L1 and L2", () => {
    fc.assert(
      fc.property(vectors(3), fc.constantFrom("euclidean", "manhattan"), ([a, b, c], metric) => {
        const detour = distance(a, b, metric) + distance(b, c, metric);
        expect(distance(a, c, metric)).toBeLessThanOrEqual(detour * (1 + 1e-12) + 1e-12);
      }),
    );
  });

  it("between directions depends on neither length, lies between 0 and 2, and orders as its definition does", () => {
    fc.assert(
      fc.property(vectors(2), fc.double({ min: 1e-200, max: 1e200, noNaN: true }), ([a, b], factor) => {
        fc.pre(!isZero(a) && !isZero(b));
        const plain = distance(a, b, "cosine");
        expect(plain).toBeGreaterThanOrEqual(0);
        expect(plain).toBeLessThanOrEqual(2);
        expect(
          distance(
            a.map((each) => each * factor),
            b,
            "cosine",
          ),
        ).toBeCloseTo(plain, 9);
        const inner = a.reduce((sum, each, i) => sum + each * (b[i] as number), 0);
        expect(plain).toBeCloseTo(1 - inner / (Math.hypot(...a) * Math.hypot(...b)), 9);
      }),
    );
  });

  it("refuses vectors of different dimensions and metrics that it does not know", () => {
    expect(() => distance([1], [1, 2])).toThrow(StoreError);
    expect(() => distance([1], [1, 2])).toThrow("cannot compare vectors of 1 and 2 dimensions");
    expect(() => distance([1], [2], "hamming" as never)).toThrow(
      "metric must be one of: cosine, euclidean, dot, manhattan, l2, l1",
    );
    expect(() => distance([1], [2], "toString" as never)).toThrow(
      expect.objectContaining({ reason: "invalid_argument" }),
    );
  });
});
