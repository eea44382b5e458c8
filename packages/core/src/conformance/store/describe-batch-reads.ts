import { describe, expect, test } from "vitest";
import type { DependencyView } from "../../index.ts";
import { type OpenStore, openNumbers } from "./harness.ts";

const named = (views: readonly DependencyView[] = []) =>
  views.map(({ dependsOnName, kind, depth }) => [dependsOnName, kind, depth]);

/** Registers what a store promises of variables that are read together. */
export function describeBatchReads(open: OpenStore): void {
  describe("reading several variables", () => {
    test("gives them at one revision, by what they were asked as", async () => {
      const { store } = await openNumbers(open, { a: 1, b: 2 });
      const { id } = await store.getVariable("s", "b");
      const read = await store.getVariables("s", ["y", "a", id, "x", "a"]);
      expect([...read.found.keys()].sort()).toEqual(["a", id].sort());
      expect(read.found.get(id)?.name).toBe("b");
      expect(read).toMatchObject({ missing: ["y", "x"], revision: 2 });
      expect(read).not.toHaveProperty("dependencies");
    });

    test("adds what each depends on itself where asked, oldest first", async () => {
      const { store } = await openNumbers(open, { a: 1, b: 2, c: 3 });
      await store.addDependency("s", { variable: "c", dependsOn: "b", kind: "constraint", metadata: { why: "cost" } });
      await store.addDependency("s", { variable: "c", dependsOn: "a" });
      await store.addDependency("s", { variable: "b", dependsOn: "a", kind: "optimization" });
      const { found, missing, dependencies } = await store.getVariables("s", ["a", "b", "c", "x"], {
        includeDependencies: true,
      });
      expect([[...found.keys()].sort(), missing]).toEqual([["a", "b", "c"], ["x"]]);
      expect([...(dependencies?.keys() ?? [])].sort()).toEqual(["a", "b", "c"]);
      expect(named(dependencies?.get("a"))).toEqual([]);
      expect(named(dependencies?.get("b"))).toEqual([["a", "optimization", 1]]);
      expect(named(dependencies?.get("c"))).toEqual([
        ["b", "constraint", 1],
        ["a", "data", 1],
      ]);
      expect(dependencies?.get("c")).toEqual((await store.listDependencies("s", "c")).items);
    });

    test("leaves metadata out where asked, and nothing else", async () => {
      const { store } = await openNumbers(open, {});
      await store.registerVariable("s", { name: "a", type: "float", value: 1, metadata: { unit: "K" } });
      const whole = await store.getVariable("s", "a");
      const { found } = await store.getVariables("s", ["a"], { includeMetadata: false });
      expect(found.get("a")).toEqual({ ...whole, metadata: {} });
      expect((await store.getVariables("s", ["a"])).found.get("a")).toEqual(whole);
    });
  });
}
