import fc from "fast-check";
import { expect, test } from "vitest";
import { layerOver, type Table } from "./layered-map.ts";

const key = fc.constantFrom("a", "b", "c", "d");
const step = fc.oneof(
  fc.record({ kind: fc.constant("set" as const), key, value: fc.nat(9) }),
  fc.record({ kind: fc.constant("delete" as const), key }),
);
type Step = typeof step extends fc.Arbitrary<infer S> ? S : never;

const run = (table: Table<string, number>, steps: Step[]) =>
  steps.map((each) => (each.kind === "set" ? Boolean(table.set(each.key, each.value)) : table.delete(each.key)));

const entries = (table: Table<string, number>) =>
  [...table.keys()].map((name) => [name, table.get(name)] as const).sort();

test("a layer over a layer over a map behaves as one map, and leaves those below alone", () => {
  fc.assert(
    fc.property(fc.array(step), fc.array(step), fc.array(step), (first, second, third) => {
      const base = new Map<string, number>();
      const model = new Map<string, number>();
      run(base, first);
      run(model, first);
      const below = entries(base);
      const layer = layerOver(base);
      expect(run(layer, second)).toEqual(run(model, second));
      const middle = entries(layer);
      const top = layerOver(layer);
      expect(run(top, third)).toEqual(run(model, third));
      expect(entries(top)).toEqual(entries(model));
      expect(top.size).toBe(model.size);
      expect([...top.values()].sort()).toEqual([...model.values()].sort());
      for (const name of ["a", "b", "c", "d"]) expect(top.has(name)).toBe(model.has(name));
      expect(entries(layer)).toEqual(middle);
      expect(entries(base)).toEqual(below);
    }),
  );
});
