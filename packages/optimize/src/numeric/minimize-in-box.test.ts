import { expect, test } from "vitest";
import { minimizeInBox } from "./minimize-in-box.ts";

const box = (n: number, low: number, high: number) => ({
  lower: new Float64Array(n).fill(low),
  upper: new Float64Array(n).fill(high),
});

function rosenbrock(x: Float64Array, gradient: Float64Array): number {
  const [a = 0, b = 0] = x;
  gradient[0] = -400 * a * (b - a * a) - 2 * (1 - a);
  gradient[1] = 200 * (b - a * a);
  return 100 * (b - a * a) ** 2 + (1 - a) ** 2;
}

test("finds a minimum inside, along a bent valley", () => {
  const { x, value } = minimizeInBox(rosenbrock, Float64Array.of(-1.2, 1), {
    ...box(2, -5, 5),
    steps: 200,
    tolerance: 1e-9,
  });
  expect(value).toBeLessThan(1e-12);
  expect(x[0]).toBeCloseTo(1, 5);
});

test("finds a minimum on the box's face, and starts from within the box", () => {
  const { x } = minimizeInBox(rosenbrock, Float64Array.of(-9, 9), { ...box(2, -5, 0.5), steps: 200, tolerance: 1e-9 });
  // On a = 0.5 the valley is at b = 0.25.
  expect(Array.from(x, (each) => Math.round(each * 1e4) / 1e4)).toEqual([0.5, 0.25]);
});
