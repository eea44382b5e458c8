import { describe, expect, test } from "vitest";
import type { DependencyView, Store } from "../../index.ts";
import { type OpenStore, openNumbers, readWatch, rejection } from "./harness.ts";

const arrows = (views: readonly DependencyView[]) =>
  views.map(({ variableName, dependsOnName, depth }) => `${variableName} → ${dependsOnName} ${depth}`);

const chain = async (store: Store) =>
  store.addDependencies("s", [
    { variable: "b", dependsOn: "a" },
    { variable: "c", dependsOn: "b", kind: "constraint" },
    { variable: "d", dependsOn: "c", kind: "optimization" },
  ]);

/** Registers what a store promises of dependencies between variables. */
export function describeDependencies(open: OpenStore): void {
  describeEdges(open);
  describeListings(open);
  describeDependents(open);
}

function describeEdges(open: OpenStore): void {
  describe("dependencies", () => {
    test("are added by id or name, and say what they are", async () => {
      const { store } = await openNumbers(open, { a: 1, b: 2 });
      const [a, b] = [await store.getVariable("s", "a"), await store.getVariable("s", "b")];
      const metadata = { why: "cost" };
      const added = await store.addDependency("s", { variable: b.id, dependsOn: "a", kind: "constraint", metadata });
      expect(added.revision).toBe(3);
      expect(added.dependency).toMatchObject({
        variable: b.id,
        variableName: "b",
        dependsOn: a.id,
        dependsOnName: "a",
        kind: "constraint",
        metadata,
        revision: 3,
      });
      expect((await store.listDependencies("s", "b")).items).toEqual([added.dependency]);
    });

    test("added again have another kind and metadata, and are still one", async () => {
      const { store } = await openNumbers(open, { a: 1, b: 2 });
      const { dependency: first } = await store.addDependency("s", { variable: "b", dependsOn: "a" });
      expect(first).toMatchObject({ kind: "data", metadata: {} });
      const again = { variable: "b", dependsOn: "a", kind: "optimization", metadata: { n: 1 } } as const;
      const { dependency } = await store.addDependency("s", again);
      expect(dependency).toMatchObject({ kind: "optimization", metadata: { n: 1 }, createdAtMs: first.createdAtMs });
      expect((await store.listDependencies("s")).items).toHaveLength(1);
    });

    test("added again as they are change nothing, alone and in a batch", async () => {
      const { store } = await openNumbers(open, { a: 1, b: 2, c: 3 });
      const spec = { variable: "b", dependsOn: "a", kind: "constraint", metadata: { n: 1, list: [1, "x"] } } as const;
      const first = await store.addDependency("s", spec);
      expect(await store.addDependency("s", { ...spec, metadata: { list: [1, "x"], n: 1 } })).toEqual(first);
      const batch = await store.addDependencies("s", [spec, { variable: "c", dependsOn: "a" }]);
      expect(batch.dependencies.map(({ revision }) => revision)).toEqual([first.revision, first.revision + 1]);
      expect((await store.getSession("s")).revision).toBe(first.revision + 1);
    });

    test("come with a registration, and variables of a batch may depend on each other in whatever order they are given", async () => {
      const { store } = await openNumbers(open, {});
      const number = (name: string, ...dependencies: string[]) => ({ name, type: "float", value: 1, dependencies });
      const { ids } = await store.registerVariables("s", [
        number("c", "b", "d"),
        number("b", "a"),
        number("a"),
        number("d", "a"),
      ]);
      expect([...ids.keys()]).toEqual(["c", "b", "a", "d"]);
      const listed = (await store.listDependencies("s", "c", { transitive: true })).items;
      expect(arrows(listed)).toEqual(["c → b 1", "c → d 1", "b → a 2", "d → a 2"]);
      const circle = [number("p", "q"), number("e"), number("q", "e", "r"), number("r", "q")];
      const closed = await rejection(store.registerVariables("s", circle), "would_create_cycle");
      expect(closed.details.cycle).toEqual(["q", "r", "q"]);
      // Where some are kept, what is said of those counts for nothing.
      await store.registerVariable("s", number("p"));
      await store.registerVariables("s", [number("p", "q"), number("q", "p")], { ifExists: "keep" });
      expect(arrows((await store.listDependencies("s", "q")).items)).toEqual(["q → p 1"]);
      const unknown = number("z", "nope");
      const error = await rejection(store.registerVariable("s", unknown), "not_found");
      expect(error.details).toEqual({ resource: "variable", id: "nope" });
    });

    test("that would close a cycle are refused, and the cycle is named", async () => {
      const { store } = await openNumbers(open, { a: 1, b: 2, c: 3, d: 4 });
      await chain(store);
      const error = await rejection(store.addDependency("s", { variable: "a", dependsOn: "d" }), "would_create_cycle");
      expect(error.code).toBe("failed_precondition");
      expect(error.details.cycle).toEqual(["a", "d", "c", "b", "a"]);
      expect(error.message).toContain("a → d → c → b → a");
      const own = await rejection(store.addDependency("s", { variable: "a", dependsOn: "a" }), "would_create_cycle");
      expect(own.details.cycle).toEqual(["a", "a"]);
      expect((await store.listDependencies("s")).items).toHaveLength(3);
      expect(await store.getSession("s")).toMatchObject({ revision: 3 });
    });

    test("are added all or none, and a cycle may not hide in one batch", async () => {
      const { store } = await openNumbers(open, { a: 1, b: 2 });
      const specs = [
        { variable: "b", dependsOn: "a" },
        { variable: "a", dependsOn: "b" },
      ];
      await rejection(store.addDependencies("s", specs), "would_create_cycle");
      expect((await store.listDependencies("s")).items).toEqual([]);
      expect(await store.getSession("s")).toMatchObject({ revision: 2 });
    });

    test.each([
      ["an unknown variable", { variable: "nope", dependsOn: "a" }, "not_found"],
      ["an unknown dependency", { variable: "a", dependsOn: "nope" }, "not_found"],
      ["a kind that is none", { variable: "a", dependsOn: "b", kind: "magic" as never }, "invalid_argument"],
    ] as const)("of %s are refused", async (_, spec, reason) => {
      const { store } = await openNumbers(open, { a: 1, b: 2 });
      await rejection(store.addDependency("s", spec), reason);
      expect((await store.listDependencies("s")).items).toEqual([]);
    });

    test("are removed, once", async () => {
      const { store } = await openNumbers(open, { a: 1, b: 2 });
      await store.addDependency("s", { variable: "b", dependsOn: "a" });
      await store.removeDependency("s", "b", "a");
      expect((await store.listDependencies("s")).items).toEqual([]);
      const error = await rejection(store.removeDependency("s", "b", "a"), "not_found");
      expect(error.details.resource).toBe("dependency");
      await store.removeDependency("s", "b", "a", { allowMissing: true });
    });
  });
}

function describeListings(open: OpenStore): void {
  describe("listing dependencies", () => {
    test("goes one step, or as far as they lead, nearest first, in both directions", async () => {
      const { store } = await openNumbers(open, { a: 1, b: 2, c: 3, d: 4 });
      await chain(store);
      expect(arrows((await store.listDependencies("s", "d")).items)).toEqual(["d → c 1"]);
      const all = await store.listDependencies("s", "d", { transitive: true });
      expect(arrows(all.items)).toEqual(["d → c 1", "c → b 2", "b → a 3"]);
      expect(all.revision).toBe(3);
      expect(arrows((await store.listDependents("s", "a")).items)).toEqual(["b → a 1"]);
      const dependents = await store.listDependents("s", "a", { transitive: true });
      expect(arrows(dependents.items)).toEqual(["b → a 1", "c → b 2", "d → c 3"]);
      await rejection(store.listDependents("s", "nope"), "not_found");
      await rejection(store.listDependencies("s", ""), "invalid_argument");
    });

    test("keeps to kinds, and comes in pages", async () => {
      const { store } = await openNumbers(open, { a: 1, b: 2, c: 3, d: 4 });
      await chain(store);
      const some = await store.listDependencies("s", "d", { transitive: true, kinds: ["data", "constraint"] });
      expect(arrows(some.items)).toEqual(["c → b 2", "b → a 3"]);
      const first = await store.listDependencies("s", undefined, { pageSize: 2 });
      expect(first.items).toHaveLength(2);
      const rest = await store.listDependencies("s", undefined, { pageToken: first.nextPageToken ?? "" });
      expect(arrows([...first.items, ...rest.items]).sort()).toEqual(["b → a 0", "c → b 0", "d → c 0"]);
      expect(rest.nextPageToken).toBeUndefined();
    });
  });
}

function describeDependents(open: OpenStore): void {
  describe("a variable that others depend on", () => {
    test("is not deleted while they are there, and they are named", async () => {
      const { store } = await openNumbers(open, { a: 1, b: 2, c: 3, d: 4 });
      await chain(store);
      const error = await rejection(store.deleteVariable("s", "a"), "has_dependents");
      expect(error.details).toEqual({ variable: "a", dependents: ["b"] });
      await rejection(store.deleteVariables("s", ["a", "c"]), "has_dependents");
      expect(await store.getSession("s")).toMatchObject({ revision: 3, stats: { variableCount: 4 } });
    });

    test("takes them all with it where asked, and leaves the rest", async () => {
      const { store } = await openNumbers(open, { a: 1, b: 2, c: 3, d: 4, e: 5 });
      await chain(store);
      await store.deleteVariable("s", "b", { cascade: true });
      expect((await store.listVariables("s")).items.map(({ name }) => name)).toEqual(["a", "e"]);
      expect((await store.listDependencies("s")).items).toEqual([]);
      await store.deleteVariable("s", "a");
    });

    test("goes together with them, in whichever order they are named", async () => {
      const { store } = await openNumbers(open, { a: 1, b: 2, c: 3, d: 4 });
      await chain(store);
      await store.deleteVariables("s", ["c", "d"]);
      await store.deleteVariables("s", ["a", "b"]);
      expect((await store.listVariables("s")).items).toEqual([]);
    });

    test("lets them know of new values, where they are not derived from it", async () => {
      const { store } = await openNumbers(open, { a: 1, b: 2 });
      await store.addDependency("s", { variable: "b", dependsOn: "a", kind: "constraint" });
      const [a, b] = [await store.getVariable("s", "a"), await store.getVariable("s", "b")];
      const watch = readWatch(store.watch("s", { refs: ["b"] }));
      await watch.nextOf("snapshot");
      const { revision } = await store.setVariable("s", "a", 7);
      const event = await watch.nextOf("changes");
      expect(event.revision).toBe(revision);
      expect(event.changes).toEqual([
        {
          kind: "dependency-changed",
          id: b.id,
          name: "b",
          version: 0,
          value: null,
          payload: { kind: "null" },
          metadata: {},
          causedBy: [a.id],
        },
      ]);
      expect(await store.getVariable("s", "b")).toEqual(b);
      await watch.close();
    });
  });
}
