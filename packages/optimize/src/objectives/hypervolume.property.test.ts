import fc from "fast-check";
import { expect, test } from "vitest";
import { hypervolume } from "./hypervolume.ts";

test("fronts by hand", () => {
  expect(
    hypervolume(
      [
        [1, 3],
        [2, 2],
        [3, 1],
      ],
      [4, 4],
    ),
  ).toBe(6);
  expect(
    hypervolume(
      [
        [1, 3],
        [1, 3],
        [2, 4],
        [5, 0],
      ],
      [4, 4],
    ),
  ).toBe(3);
  expect(hypervolume([], [1, 1])).toBe(0);
  expect(
    hypervolume(
      [
        [0, 0, 1],
        [0, 1, 0],
        [1, 0, 0],
      ],
      [2, 2, 2],
    ),
  ).toBe(7);
  expect(
    hypervolume(
      [
        [0, 1, 0],
        [1, 0, 0],
      ],
      [2, 2, 2],
    ),
  ).toBe(6);
  expect(hypervolume([[0, 0, 0, 0]], [2, 2, 2, 2])).toBe(16);
});

test("is the number of grid cells that something dominates", () => {
  const point = fc.array(fc.integer({ min: 0, max: 5 }), { minLength: 3, maxLength: 3 });
  fc.assert(
    fc.property(fc.array(point, { maxLength: 12 }), (points) => {
      let cells = 0;
      for (let a = 0; a < 5; a++) {
        for (let b = 0; b < 5; b++) {
          for (let c = 0; c < 5; c++) {
            if (points.some(([x = 0, y = 0, z = 0]) => x <= a && y <= b && z <= c)) cells++;
          }
        }
      }
      expect(hypervolume(points, [5, 5, 5])).toBe(cells);
    }),
  );
});
