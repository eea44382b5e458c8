import { expect, test } from "vitest";
import { crowdingDistances, dominates, paretoFront, sortIntoFronts } from "./dominance.ts";

const losses = [
  [1, 5],
  [2, 3],
  [4, 1],
  [3, 4],
  [5, 5],
  [2, 3],
];

test("dominance needs one better and none worse", () => {
  expect(dominates([1, 2], [1, 3])).toBe(true);
  expect(dominates([1, 2], [1, 2])).toBe(false);
  expect(dominates([1, 3], [2, 2])).toBe(false);
});

test("a case by hand is sorted into its fronts, equals side by side", () => {
  expect(sortIntoFronts(losses)).toEqual([[0, 1, 2, 5], [3], [4]]);
  expect(paretoFront(losses)).toEqual([0, 1, 2, 5]);
  expect(sortIntoFronts([])).toEqual([]);
});

test("the ends of a front have all the room, the others what their neighbours leave", () => {
  const distances = crowdingDistances([
    [1, 5],
    [2, 3],
    [4, 1],
  ]);
  expect(Array.from(distances)).toEqual([Infinity, 2, Infinity]);
  expect(Array.from(crowdingDistances([[1], [2], [4]]))).toEqual([Infinity, 1, Infinity]);
  expect(
    Array.from(
      crowdingDistances([
        [0, 4],
        [1, 2],
        [2, 1],
        [4, 0],
      ]),
    ),
  ).toEqual([Infinity, 0.5 + 0.75, 0.75 + 0.5, Infinity]);
});
