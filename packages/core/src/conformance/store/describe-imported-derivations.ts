import { expect, test } from "vitest";
import { derive, type OpenStore, openNumbers, rejection } from "./harness.ts";

/** Registers what a store promises of derived variables that come with an import. */
export function describeImportedDerivations(open: OpenStore): void {
  test("that are imported without what they speak of are stale until they follow it", async () => {
    const { store } = await openNumbers(open, { a: 1, b: 2 });
    await derive(store, "either", "b > 1.0 ? b : a");
    const data = await store.exportVariables("s", { refs: ["either", "b"] });
    await store.createSession({ id: "t" });
    await store.importVariables("t", data);
    expect((await store.getVariable("t", "either")).stale?.cause).toContain("variable 'a' is not there");
    await store.registerVariable("t", { name: "a", type: "float", value: 7 });
    await store.setVariable("t", "b", 3);
    expect(await store.getVariable("t", "either")).toMatchObject({ value: 2, stale: {} });
    expect((await store.recomputeVariables("t")).failed.size).toBe(0);
    expect((await store.getVariable("t", "either")).value).toBe(3);
    await store.setVariable("t", "b", 0);
    await store.setVariable("t", "a", 8);
    expect(await store.getVariable("t", "either")).toMatchObject({ value: 8 });
    await rejection(store.deleteVariable("t", "a"), "has_dependents");
  });

  test("that are imported to where what they speak of is there follow that, whatever comes with them", async () => {
    const { store } = await openNumbers(open, { a: 1, b: 2 });
    await derive(store, "twice", "a * 2.0");
    const data = await store.exportVariables("s", { refs: ["b", "twice"] });
    await store.createSession({ id: "t" });
    await store.registerVariable("t", { name: "a", type: "float", value: 6 });
    await store.importVariables("t", data);
    expect(await store.getVariable("t", "twice")).toMatchObject({ value: 12 });
    await store.setVariable("t", "a", 4);
    expect(await store.getVariable("t", "twice")).toMatchObject({ value: 8 });
  });

  test("stay stale where following what they speak of would close a cycle", async () => {
    const { store } = await openNumbers(open, { a: 1 });
    const { variable } = await derive(store, "twice", "a * 2.0");
    await store.createSession({ id: "t" });
    await store.importVariables("t", await store.exportVariables("s", { refs: ["twice"] }));
    const derivation = { kind: "expression", expression: "twice" } as const;
    await store.registerVariable("t", { name: "a", type: "float", derivation });
    const { failed } = await store.recomputeVariables("t", ["twice"]);
    expect(failed.get(variable.id)?.message).toContain("it does not depend on a");
    expect(await store.getVariable("t", "twice")).toMatchObject({ value: 2, stale: {} });
  });

  test("are imported with what they depend on, whichever other dependency is refused", async () => {
    const { store } = await openNumbers(open, { a: 1, b: 2 });
    await derive(store, "twice", "a * 2.0");
    await store.addDependency("s", { variable: "b", dependsOn: "a" });
    const data = await store.exportVariables("s");
    await store.createSession({ id: "t" });
    await store.registerVariable("t", { name: "b", type: "float", value: 5 });
    await store.registerVariable("t", { name: "a", type: "float", value: 6, dependencies: ["b"] });
    const merging = { strategy: "merge" } as const;
    await rejection(store.importVariables("t", data, merging), "would_create_cycle");
    await rejection(store.importVariables("t", data, { ...merging, validateOnly: true }), "would_create_cycle");
    const partly = await store.importVariables("t", data, { ...merging, allowPartial: true });
    expect(partly).toMatchObject({ created: 1, updated: 2, dependencies: 1 });
    await store.setVariable("t", "a", 4);
    expect(await store.getVariable("t", "twice")).toMatchObject({ value: 8 });
  });
}
