import { describe, expect, test } from "vitest";
import type { SessionPoint, Store } from "../../index.ts";
import { derive, type OpenStore, openNumbers, rejection, type StoreFacts } from "./harness.ts";

const atRevision = (revision: number): SessionPoint => ({ kind: "revision", revision });
const everything = { deleteNew: true, restoreDeleted: true } as const;
const typeAndValue = async (store: Store, session: string, ref: string) => {
  const { type, value } = await store.getVariable(session, ref);
  return [type, value];
};

/** Registers what a store promises of restoring what was deleted. */
export function describeRestoring(open: OpenStore, { expressions = false }: StoreFacts): void {
  describe("restoring what was deleted", () => {
    test("gives a name back that a variable of another type has taken since", async () => {
      const { store } = await openNumbers(open, { a: 1 });
      await store.deleteVariable("s", "a");
      await store.registerVariable("s", { name: "a", type: "string", value: "x" });
      await rejection(store.rollbackSession("s", atRevision(2), { restoreDeleted: true }), "already_exists");
      const { restored } = await store.rollbackSession("s", atRevision(2), everything);
      expect((await store.getVariable("s", "a")).id).toBe(restored.get("a"));
      expect(await typeAndValue(store, "s", "a")).toEqual(["float", 1]);
    });

    test("tells one variable from another that was imported under its name", async () => {
      const { store } = await openNumbers(open, { a: 1 });
      await store.createSession({ id: "t" });
      const spec = { name: "a", type: "string", value: "x" };
      const { id } = (await store.registerVariable("t", spec)).variable;
      await store.deleteVariable("s", "a");
      await store.importVariables("s", await store.exportVariables("t"));
      expect((await store.getVariable("s", "a")).id).not.toBe(id);
      await rejection(store.rollbackVariable("s", "a", atRevision(2)), "not_found");
      await store.rollbackSession("s", atRevision(2));
      expect(await typeAndValue(store, "s", "a")).toEqual(["string", "x"]);
      await store.rollbackSession("s", atRevision(2), everything);
      expect(await typeAndValue(store, "s", "a")).toEqual(["float", 1]);
    });

    test("brings back what it depended on", async () => {
      const { store } = await openNumbers(open, { a: 1, b: 2, c: 3 });
      const kind = "constraint" as const;
      await store.addDependency("s", { variable: "c", dependsOn: "b", kind, metadata: { why: "test" } });
      await store.addDependency("s", { variable: "b", dependsOn: "a" });
      await store.deleteVariables("s", ["b", "c"]);
      await store.rollbackSession("s", atRevision(4), { restoreDeleted: true });
      const { items } = await store.listDependencies("s", "c", { transitive: true });
      expect(items).toMatchObject([
        { variableName: "c", dependsOnName: "b", kind, metadata: { why: "test" } },
        { variableName: "b", dependsOnName: "a", kind: "data" },
      ]);
      await rejection(store.addDependency("s", { variable: "a", dependsOn: "c" }), "would_create_cycle");
    });

    test.skipIf(!expressions)("lets what was derived follow again", async () => {
      const { store } = await openNumbers(open, { a: 1 });
      await derive(store, "twice", "a * 2.0");
      await store.deleteVariable("s", "a", { cascade: true });
      await store.rollbackSession("s", atRevision(3), { restoreDeleted: true });
      expect(await store.getVariable("s", "twice")).toMatchObject({
        value: 2,
        derivation: { kind: "expression", expression: "a * 2.0" },
      });
      await store.setVariable("s", "a", 5);
      expect((await store.getVariable("s", "twice")).value).toBe(10);
    });

    test.skipIf(!expressions)("leaves what was derived stale where what it follows from is not there", async () => {
      const { store } = await openNumbers(open, { a: 1 });
      await derive(store, "twice", "a * 2.0");
      await store.deleteVariable("s", "a", { cascade: true });
      await store.rollbackSession("s", atRevision(3), { restoreDeleted: true, pattern: "twice" });
      expect(await store.getVariable("s", "twice")).toMatchObject({ value: 2, stale: {} });
      await store.registerVariable("s", { name: "a", type: "float", value: 4 });
      await store.recomputeVariables("s");
      expect((await store.getVariable("s", "twice")).value).toBe(8);
    });
  });
}
