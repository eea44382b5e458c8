import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Dependency } from "./dependency.ts";
import { createDependencyGraph, type DependencyGraph } from "./dependency-graph.ts";
import { cycleOf, heightAfter, reachableFrom } from "./graph-walks.ts";

const edge = (variable: string, dependsOn: string): Dependency => ({
  variable,
  dependsOn,
  kind: "data",
  metadata: {},
  createdAtMs: 0,
  revision: 1,
});

/** Edges as plain pairs, with everything worked out from scratch. */
function createPlainGraph() {
  const pairs = new Map<string, Set<string>>();
  const dependenciesOf = (variable: string) => pairs.get(variable) ?? new Set<string>();
  const reaches = (from: string, to: string): boolean =>
    from === to || [...dependenciesOf(from)].some((next) => reaches(next, to));
  const heightOf = (variable: string): number =>
    Math.max(0, ...Array.from(dependenciesOf(variable), (next) => heightOf(next) + 1));
  return {
    reaches,
    heightOf,
    dependenciesOf,
    put: (variable: string, dependsOn: string) =>
      pairs.set(variable, dependenciesOf(variable).union(new Set([dependsOn]))),
    remove: (variable: string, dependsOn: string) => dependenciesOf(variable).delete(dependsOn),
    drop: (variable: string) => pairs.delete(variable),
    hasDependents: (variable: string) => [...pairs.values()].some((set) => set.has(variable)),
    size: () => [...pairs.values()].reduce((sum, set) => sum + set.size, 0),
  };
}

const names = ["a", "b", "c", "d", "e", "f", "g", "h"];
const step = fc.record({
  kind: fc.constantFrom("add", "add", "add", "remove", "drop", "draft"),
  variable: fc.constantFrom(...names),
  dependsOn: fc.constantFrom(...names),
});

describe("a dependency graph", () => {
  test("agrees with one worked out from scratch, in drafts as well", () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        let graph: DependencyGraph = createDependencyGraph();
        const plain = createPlainGraph();
        for (const { kind, variable, dependsOn } of steps) {
          if (kind === "draft") graph = graph.draft();
          else if (kind === "remove") {
            graph.remove(variable, dependsOn);
            plain.remove(variable, dependsOn);
          } else if (kind === "drop") {
            if (plain.hasDependents(variable)) continue;
            graph.removeVariable(variable);
            plain.drop(variable);
          } else {
            const closes = plain.reaches(dependsOn, variable);
            expect(cycleOf(graph, variable, dependsOn) !== undefined).toBe(closes);
            if (closes) continue;
            const foreseen = heightAfter(graph, variable, dependsOn);
            graph.put(edge(variable, dependsOn));
            plain.put(variable, dependsOn);
            const heights = names.map(plain.heightOf);
            if (foreseen > 0) expect(Math.max(...heights)).toBeGreaterThanOrEqual(foreseen);
            expect(foreseen === 0 || heights.includes(foreseen)).toBe(true);
          }
          for (const name of names) {
            expect(graph.heightOf(name)).toBe(plain.heightOf(name));
            expect(new Set(Array.from(graph.dependenciesOf(name), (each) => each.dependsOn))).toEqual(
              new Set(plain.dependenciesOf(name)),
            );
            expect(graph.hasDependents(name)).toBe(plain.hasDependents(name));
          }
          expect(graph.size).toBe(plain.size());
        }
      }),
      { numRuns: 200 },
    );
  });

  test("is left alone by what is done to a draft of it", () => {
    const graph = createDependencyGraph();
    graph.put(edge("b", "a"));
    const draft = graph.draft();
    draft.put(edge("c", "b"));
    draft.remove("b", "a");
    expect(graph.heightOf("b")).toBe(1);
    expect(graph.heightOf("c")).toBe(0);
    expect(graph.size).toBe(1);
    expect(draft.heightOf("b")).toBe(0);
    expect(draft.heightOf("c")).toBe(1);
    expect(draft.size).toBe(1);
  });

  test("names the cycle that an edge would close, from the variable back to itself", () => {
    const graph = createDependencyGraph();
    graph.put(edge("b", "a"));
    graph.put(edge("c", "b"));
    expect(cycleOf(graph, "a", "c")).toEqual(["a", "c", "b", "a"]);
    expect(cycleOf(graph, "a", "a")).toEqual(["a", "a"]);
    expect(cycleOf(graph, "c", "a")).toBeUndefined();
  });

  test("tells what is reached once each, the nearest first", () => {
    const graph = createDependencyGraph();
    for (const [variable, dependsOn] of [
      ["b", "a"],
      ["c", "a"],
      ["d", "b"],
      ["d", "c"],
      ["e", "d"],
    ] as const) {
      graph.put(edge(variable, dependsOn));
    }
    const found = [
      ...reachableFrom(
        "a",
        (id) => graph.dependentsOf(id),
        (each) => each.variable,
      ),
    ];
    expect(found.map(({ dependency, depth }) => `${dependency.variable}-${dependency.dependsOn} ${depth}`)).toEqual([
      "b-a 1",
      "c-a 1",
      "d-b 2",
      "d-c 2",
      "e-d 3",
    ]);
  });
});
