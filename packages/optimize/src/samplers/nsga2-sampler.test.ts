import { expect, test } from "vitest";
import { suggestAfter } from "../test-parts/suggest-after.ts";
import { createNsga2Sampler } from "./nsga2-sampler.ts";

/** Where a trial was, in which generation, and what came of it. */
type Told = readonly [x: number, generation: number, ...losses: number[]];

/** How often each place is a parent of 4000 children, which stay so near to one that it is told by them; and their generation. */
function parentsOf(told: readonly Told[]) {
  const sampler = createNsga2Sampler({ population: 4, crossoverIndex: 1000, mutationIndex: 1000 });
  const trials = told.map(([x, generation, ...values]) => ({ x, values, note: { space: 1, generation } }));
  const shares = new Map<number, number>();
  const generations = new Set<unknown>();
  for (const { unit, note } of suggestAfter(sampler, trials, 4000)) {
    const near = told.find(([x]) => Math.abs(x - (unit[0] ?? Number.NaN)) < 0.02)?.[0] ?? Number.NaN;
    shares.set(near, (shares.get(near) ?? 0) + 1 / 4000);
    generations.add(note?.["generation"]);
  }
  return { shares, generations: [...generations] };
}

test("of two that are drawn the one of the lower front is a parent (section III.B)", () => {
  const { shares, generations } = parentsOf([
    [0.6, 0, 2, 2],
    [0.2, 0, 0, 0],
    [0.8, 0, 3, 3],
    [0.4, 0, 1, 1],
  ]);
  expect(generations).toEqual([1]);
  expect(shares.get(0.2)).toBeCloseTo(7 / 16, 1);
  expect(shares.get(0.4)).toBeCloseTo(5 / 16, 1);
  expect(shares.get(0.6)).toBeCloseTo(3 / 16, 1);
  expect(shares.get(0.8)).toBeCloseTo(1 / 16, 1);
});

test("of two of one front it is that with more room around it (section III.B)", () => {
  const { shares } = parentsOf([
    [0.2, 0, 5, 1],
    [0.4, 0, 9, 0],
    [0.6, 0, 4, 4],
    [0.8, 0, 0, 9],
  ]);
  // The ends have all the room; beside (5, 1) the nearest are (4, 4) and (9, 0), beside (4, 4) they are (0, 9) and (5, 1).
  for (const end of [0.4, 0.8]) expect(shares.get(end)).toBeCloseTo(6 / 16, 1);
  expect(shares.get(0.6)).toBeGreaterThan(2.5 * (shares.get(0.2) ?? 0));
});

test("children take the place of their parents where they are better, and only there (section III.C)", () => {
  const parents: Told[] = [
    [0.1, 0, 5, 5],
    [0.2, 0, 6, 6],
    [0.3, 0, 1, 1],
    [0.4, 0, 7, 7],
  ];
  const worse = parentsOf([...parents, ...[0.5, 0.6, 0.7, 0.8].map((x): Told => [x, 1, 9, 9 + x])]);
  expect([...worse.shares.keys()].sort()).toEqual([0.1, 0.2, 0.3, 0.4]);
  expect(worse.generations).toEqual([2]);
  const mixed = parentsOf([...parents, [0.5, 1, 0, 0], [0.6, 1, 8, 8], [0.7, 1, 2, 2], [0.8, 1, 9, 9]]);
  expect([...mixed.shares.keys()].sort()).toEqual([0.1, 0.3, 0.5, 0.7]);
});

test("of the last front that does not fit as a whole those survive that have the most room (section III.C)", () => {
  const { shares } = parentsOf([
    [0.1, 0, 0, 10],
    [0.2, 0, 4, 5.9],
    [0.3, 0, 5, 5],
    [0.4, 0, 10, 0],
    [0.5, 1, 5.1, 4.9],
    [0.6, 1, 8, 2],
    [0.7, 1, 20, 20],
    [0.8, 1, 21, 21],
  ]);
  expect([...shares.keys()].sort()).toEqual([0.1, 0.2, 0.4, 0.6]);
});

test("a generation is bred from once it is whole, by those who have come first, and copies count once", () => {
  const first: Told[] = [
    [0.1, 0, 1, 1],
    [0.2, 0, 1, 1],
    [0.3, 0, 1, 1],
  ];
  expect(parentsOf(first).generations).toEqual([0]);
  const { shares, generations } = parentsOf([...first, [0.4, 0, 2, 2], [0.5, 0, 0, 0]]);
  expect(generations).toEqual([1]);
  expect([...shares.keys()].sort()).toEqual([0.1, 0.4]);
  expect(shares.get(0.1)).toBeCloseTo(3 / 4, 1);
});
