import { expect, test } from "vitest";
import { suggestAfter, type Told } from "../test-parts/suggest-after.ts";
import { createTpeSampler } from "./tpe-sampler.ts";

/** What share of 200 suggestions lies near a place. */
function shareNear(place: number, told: readonly Told[]): number {
  const suggested = suggestAfter(createTpeSampler(), told, 200);
  return suggested.filter(({ unit: [at = Number.NaN] }) => Math.abs(at - place) < 0.1).length / 200;
}

/** Trials around a place, one value apart from the next. */
const around = (place: number, count: number, from: number): Told[] =>
  Array.from({ length: count }, (_, i) => ({ x: place + ((i % 5) - 2) / 200, values: [from + i] }));

test("a tenth of the trials are good, and no more than 25", () => {
  const few = [...around(0.2, 5, 0), ...around(0.8, 5, 100), ...around(0.5, 90, 200)];
  expect(shareNear(0.8, few)).toBeGreaterThan(0.1);
  const best = [...around(0.1, 12, 0), ...around(0.3, 13, 0)];
  expect(shareNear(0.8, [...best, ...around(0.8, 15, 100), ...around(0.5, 360, 200)])).toBe(0);
});

test("trials under way count among the others", () => {
  const two = [...around(0.2, 3, 0), ...around(0.8, 3, 0), ...around(0.5, 54, 200)];
  expect(shareNear(0.2, two)).toBeGreaterThan(0.2);
  const pending = [...two, ...Array.from({ length: 5 }, () => ({ x: 0.2 }))];
  expect(shareNear(0.2, pending)).toBeLessThan(0.05);
});

test("of the others the newest 25 count in full, and the older ones the less the older they are", () => {
  const good = [...around(0.2, 5, 0), ...around(0.8, 5, 0)];
  const at = (x: number) => around(x, 25, 200);
  const others = [...at(0.2), ...at(0.5), ...at(0.8)];
  expect(shareNear(0.2, [...good, ...others])).toBeGreaterThan(0.7);
  expect(shareNear(0.8, [...good, ...others.toReversed()])).toBeGreaterThan(0.7);
});

test("of several objectives the first fronts are good, and of a front those with the most room", () => {
  const front = [
    { x: 0.2, values: [0, 9] },
    { x: 0.5, values: [5, 5] },
    { x: 0.8, values: [9, 0] },
  ];
  const beaten = Array.from({ length: 17 }, (_, i): Told => ({ x: i / 16, values: [20 + i, 20 + i] }));
  const told = [...beaten, ...front];
  // Two of twenty are good: the ends.
  for (const end of [0.2, 0.8]) expect(shareNear(end, told)).toBeGreaterThan(0.25);
  expect(shareNear(0.5, told)).toBeLessThan(0.05);
});

test("until there are enough trials, what is suggested is drawn at random", () => {
  expect(shareNear(0.2, around(0.2, 9, 0))).toBeLessThan(0.3);
  expect(shareNear(0.2, [...around(0.2, 1, 0), ...around(0.8, 9, 1)])).toBeGreaterThan(0.3);
});
