import fc from "fast-check";
import { expect, test } from "vitest";
import { emptyNumberMap, type NumberMap } from "./number-map.ts";

// Few small keys, so that they meet, and some of every number of digits.
const key = fc.oneof(fc.nat(70), fc.nat(5000), fc.maxSafeNat());
const step = fc.oneof(
  fc.record({ kind: fc.constant("set" as const), key, value: fc.nat(9) }),
  fc.record({ kind: fc.constant("delete" as const), key }),
);

const inOrder = (model: ReadonlyMap<number, number>) => [...model].sort(([a], [b]) => a - b);

function compare(map: NumberMap<number>, model: ReadonlyMap<number, number>, from: number): void {
  const entries = inOrder(model);
  expect(map.size).toBe(model.size);
  expect(map.first).toBe(entries[0]?.[0]);
  for (const [each, value] of entries) expect(map.get(each)).toBe(value);
  expect([...map.values()]).toEqual(entries.map(([, value]) => value));
  expect([...map.values(from)]).toEqual(entries.filter(([each]) => each >= from).map(([, value]) => value));
}

test("a map by numbers is as a map that is copied for each change, and so are all that it was made from", () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), key, (steps, from) => {
      const made: [NumberMap<number>, ReadonlyMap<number, number>][] = [[emptyNumberMap<number>(), new Map()]];
      for (const each of steps) {
        const [map, before] = made.at(-1) ?? expect.fail("the first is there");
        const model = new Map(before);
        if (each.kind === "set") model.set(each.key, each.value);
        else model.delete(each.key);
        made.push([each.kind === "set" ? map.set(each.key, each.value) : map.delete(each.key), model]);
        expect(map.get(each.key)).toBe(before.get(each.key));
      }
      for (const [map, model] of made) compare(map, model, from);
    }),
  );
});

test("what no number is has no value", () => {
  const map = emptyNumberMap<number>().set(0, 1).set(33, 2);
  for (const key of [-1, 1, 32, 1e9, Number.NaN]) expect(map.get(key)).toBeUndefined();
});

test("numbers that were set in order come in order, however many", () => {
  let map = emptyNumberMap<number>();
  for (let i = 0; i < 40_000; i++) map = map.set(i, i + 1);
  const values = [...map.values()];
  expect(values.length).toBe(40_000);
  expect(values.every((value, i) => value === i + 1)).toBe(true);
  for (let i = 0; i < 39_999; i++) map = map.delete(i);
  expect([map.size, map.first, [...map.values()]]).toEqual([1, 39_999, [40_000]]);
});
