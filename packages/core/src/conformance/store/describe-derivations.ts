import { describe, expect, test } from "vitest";
import type { Store } from "../../index.ts";
import { describeImportedDerivations } from "./describe-imported-derivations.ts";
import { brief, derive, type OpenStore, openNumbers, readWatch, rejection, type StoreFacts } from "./harness.ts";

const valueNow = async (store: Store, ref: string) => (await store.getVariable("s", ref)).value;

/** Registers what a store promises of derived variables, by expressions where it has those. */
export function describeDerivations(open: OpenStore, { expressions = false }: StoreFacts): void {
  describe.skipIf(!expressions)("derived variables", () => {
    describeFollowing(open);
    describeSetting(open);
    describeFailing(open);
    describeImportedDerivations(open);
  });
}

function describeFollowing(open: OpenStore): void {
  test("are computed when they are registered, and know what they depend on", async () => {
    const { store } = await openNumbers(open, { a: 2, b: 3 });
    const { variable } = await derive(store, "sum", "a + b");
    expect(variable).toMatchObject({ value: 5, version: 0, derivation: { kind: "expression", expression: "a + b" } });
    expect(variable).not.toHaveProperty("stale");
    expect(await store.getVariable("s", "sum")).toEqual(variable);
    const { items } = await store.listDependencies("s", "sum");
    expect(items.map(({ dependsOnName, kind }) => [dependsOnName, kind])).toEqual([
      ["a", "data"],
      ["b", "data"],
    ]);
  });

  test("are registered together in any order, those that they follow from too", async () => {
    const { store } = await openNumbers(open, {});
    const derived = (name: string, expression: string) =>
      ({ name, type: "float", derivation: { kind: "expression", expression } }) as const;
    const specs = [
      derived("top", "mid + base"),
      derived("mid", "base * 2.0"),
      { name: "base", type: "float", value: 1 },
    ];
    await store.registerVariables("s", specs);
    expect((await store.getVariable("s", "top")).value).toBe(3);
    const circle = [derived("p", "q + base"), derived("q", "p + base")];
    expect((await rejection(store.registerVariables("s", circle), "would_create_cycle")).details.cycle).toEqual([
      "p",
      "q",
      "p",
    ]);
  });

  test("over a diamond are computed once each, in the commit that causes it, and say why", async () => {
    const { store } = await openNumbers(open, { base: 1 });
    const { variable: left } = await derive(store, "left", "base + 1.0");
    const { variable: right } = await derive(store, "right", "base * 10.0");
    await derive(store, "top", "left + right");
    const base = await store.getVariable("s", "base");
    const watch = readWatch(store.watch("s"));
    await watch.nextOf("snapshot");
    const { revision } = await store.setVariable("s", "base", 2, { actor: "ada" });
    const event = await watch.nextOf("changes");
    expect(event).toMatchObject({ revision, actor: "ada" });
    expect(brief(event)).toEqual(["updated base 2", "updated left 3", "updated right 20", "updated top 23"]);
    expect(event.changes.map(({ causedBy, version }) => [version, causedBy])).toEqual([
      [1, undefined],
      [1, [base.id]],
      [1, [base.id]],
      [1, [left.id, right.id]],
    ]);
    expect(await store.getVariable("s", "top")).toMatchObject({ value: 23, version: 1, revision });
    await watch.close();
  });

  test("follow each other down a chain, and a value that stays the same goes no further", async () => {
    const { store } = await openNumbers(open, { v0: 0 });
    for (let i = 1; i <= 20; i++) await derive(store, `v${i}`, `v${i - 1} + 1.0`);
    await derive(store, "isBig", "v20 > 100.0 ? 1.0 : 0.0");
    await derive(store, "after", "isBig + 1.0");
    await store.setVariable("s", "v0", 50);
    expect(await valueNow(store, "v20")).toBe(70);
    expect(await store.getVariable("s", "isBig")).toMatchObject({ version: 0 });
    await store.setVariables("s", { v0: 90 });
    expect(await store.getVariable("s", "isBig")).toMatchObject({ value: 1, version: 1 });
    expect(await store.getVariable("s", "after")).toMatchObject({ value: 2, version: 1 });
    expect(await store.getVariable("s", "v20")).toMatchObject({ value: 110, version: 2 });
  });

  test("follow a batch once, with all of its values", async () => {
    const { store } = await openNumbers(open, { a: 1, b: 2 });
    await derive(store, "sum", "a + b");
    const { applied } = await store.setVariables("s", { a: 10, b: 20 });
    expect([...applied.keys()]).toEqual(["a", "b"]);
    expect(await store.getVariable("s", "sum")).toMatchObject({ value: 30, version: 1 });
  });

  test("cannot be written by hand", async () => {
    const { store } = await openNumbers(open, { a: 1 });
    await derive(store, "twice", "a * 2.0");
    const error = await rejection(store.setVariable("s", "twice", 5), "read_only");
    expect(error.message).toContain("a * 2.0");
    await rejection(store.setVariables("s", { a: 2, twice: 5 }), "read_only");
    expect(await valueNow(store, "twice")).toBe(2);
  });

  test("hold on to what their expression needs", async () => {
    const { store } = await openNumbers(open, { a: 1, b: 2 });
    await derive(store, "twice", "a * 2.0");
    const error = await rejection(store.removeDependency("s", "twice", "a"), "unmet_dependencies");
    expect(error.details).toEqual({ variable: "twice", dependencies: ["a"] });
    const weaker = store.addDependency("s", { variable: "twice", dependsOn: "a", kind: "constraint" });
    await rejection(weaker, "unmet_dependencies");
    await store.addDependency("s", { variable: "twice", dependsOn: "a", metadata: { why: "test" } });
    await store.setVariable("s", "a", 2);
    expect(await valueNow(store, "twice")).toBe(4);
    const cycle = store.addDependency("s", { variable: "a", dependsOn: "twice" });
    expect((await rejection(cycle, "would_create_cycle")).details.cycle).toEqual(["a", "twice", "a"]);
    expect((await rejection(store.deleteVariable("s", "a"), "has_dependents")).details.dependents).toEqual(["twice"]);
  });
}

function describeSetting(open: OpenStore): void {
  test("may be made of ordinary ones, and ordinary ones of them", async () => {
    const { store } = await openNumbers(open, { a: 3, b: 1 });
    const derivation = { kind: "expression", expression: "a * a" } as const;
    await rejection(store.setDerivation("s", "b", derivation, { expectedVersion: 4 }), "version_mismatch");
    const set = await store.setDerivation("s", "b", derivation, { expectedVersion: 0 });
    expect(set.variable).toMatchObject({ value: 9, version: 1, derivation, revision: set.revision });
    await store.setVariable("s", "a", 4);
    const cleared = await store.clearDerivation("s", "b");
    expect(cleared.variable).toMatchObject({ value: 16, version: 2 });
    expect(cleared.variable).not.toHaveProperty("derivation");
    expect((await store.listDependencies("s", "b")).items).toHaveLength(1);
    await store.setVariable("s", "b", 5);
    await store.setVariable("s", "a", 1);
    expect(await valueNow(store, "b")).toBe(5);
    await store.setDerivation("s", "b", derivation, { dependencies: ["a"] });
    await store.clearDerivation("s", "b", { removeDependencies: true });
    expect((await store.listDependencies("s", "b")).items).toEqual([]);
  });

  test.each([
    ["what is no expression", "a +", "invalid_expression"],
    ["an unknown variable", "a + nope", "not_found"],
    ["itself", "b + 1.0", "would_create_cycle"],
    ["a value of another type", '"warm"', "validation_failed"],
  ] as const)("are refused for %s, which changes nothing", async (_, expression, reason) => {
    const { store } = await openNumbers(open, { a: 1, b: 2 });
    await rejection(store.setDerivation("s", "b", { kind: "expression", expression }), reason);
    expect(await store.getVariable("s", "b")).toMatchObject({ value: 2, version: 0 });
    expect((await store.listDependencies("s")).items).toEqual([]);
    expect(await store.getSession("s")).toMatchObject({ revision: 2 });
  });

  test("are refused where they are to be read-only, too, since they change with what they depend on", async () => {
    const { store } = await openNumbers(open, { a: 1 });
    const derivation = { kind: "expression", expression: "a + 1.0" } as const;
    const spec = { name: "b", type: "float", value: 2, readOnly: true, derivation };
    const { details } = await rejection(store.registerVariable("s", spec), "invalid_argument");
    expect(details).toEqual({ field: "readOnly" });
    await rejection(store.getVariable("s", "b"), "not_found");
  });

  test("are refused for a function that nobody has given", async () => {
    const { store } = await openNumbers(open, { a: 1 });
    const derivation = { kind: "function", name: "nobody" } as const;
    await rejection(store.setDerivation("s", "a", derivation), "invalid_argument");
  });
}

function describeFailing(open: OpenStore): void {
  test("keep their value where none can be computed, say so, and recover", async () => {
    const { store } = await openNumbers(open, { a: 1 });
    await derive(store, "twice", "a * 2.0", { max: 3 });
    await derive(store, "more", "twice + 1.0");
    const watch = readWatch(store.watch("s"));
    await watch.nextOf("snapshot");
    const { revision } = await store.setVariable("s", "a", 2);
    const stale = await store.getVariable("s", "twice");
    expect(stale).toMatchObject({ value: 2, version: 0, stale: { sinceRevision: revision } });
    expect(stale.stale?.cause).toContain("4 is above maximum 3");
    const failed = await watch.nextOf("changes");
    expect(brief(failed)).toEqual(["updated a 2", "staleness twice 2"]);
    expect(failed.changes[1]?.variable).toEqual(stale);
    expect(await store.getVariable("s", "more")).toMatchObject({ value: 3, version: 0 });

    await store.setVariable("s", "a", 1.25);
    const fresh = await store.getVariable("s", "twice");
    expect(fresh).toMatchObject({ value: 2.5, version: 1 });
    expect(fresh).not.toHaveProperty("stale");
    expect(await valueNow(store, "more")).toBe(3.5);
    expect(brief(await watch.nextOf("changes"))).toEqual(["updated a 1.25", "updated twice 2.5", "updated more 3.5"]);
    await watch.close();
  });

  test("are fresh again when the value that they kept is right again", async () => {
    const { store } = await openNumbers(open, { a: 1 });
    await derive(store, "twice", "a * 2.0", { max: 3 });
    await store.setVariable("s", "a", 2);
    const watch = readWatch(store.watch("s", { refs: ["twice"] }));
    expect((await watch.nextOf("snapshot")).variables[0]).toHaveProperty("stale");
    await store.setVariable("s", "a", 1);
    const [change] = (await watch.nextOf("changes")).changes;
    expect(change).toMatchObject({ kind: "staleness", value: 2, version: 0 });
    expect(change?.variable).not.toHaveProperty("stale");
    expect(await store.getVariable("s", "twice")).not.toHaveProperty("stale");
    await watch.close();
  });

  test("start with the value they are given where none can be computed, and without one not at all", async () => {
    const { store } = await openNumbers(open, { a: 9 });
    const { variable, revision } = await derive(store, "twice", "a * 2.0", { max: 3, value: 1 });
    expect(variable).toMatchObject({ value: 1, version: 0, stale: { sinceRevision: revision } });
    await rejection(derive(store, "thrice", "a * 3.0", { max: 3 }), "constraint_violation");
    await rejection(store.getVariable("s", "thrice"), "not_found");
  });

  test("are computed again on request, where something around them has changed", async () => {
    const { store } = await openNumbers(open, { a: 1 });
    const { variable } = await derive(store, "twice", "a * 2.0", { max: 3 });
    await store.setVariable("s", "a", 2);
    const still = await store.recomputeVariables("s");
    expect([...still.applied]).toEqual([]);
    expect(still.failed.get(variable.id)).toMatchObject({ reason: "derivation_failed" });
    await store.updateVariable("s", "twice", { constraints: {} });
    const named = await store.recomputeVariables("s", ["twice"]);
    expect(named.failed.size).toBe(0);
    expect(await store.getVariable("s", "twice")).toMatchObject({ value: 4, version: 1 });
    await rejection(store.recomputeVariables("s", ["a"]), "invalid_argument");
    await rejection(store.recomputeVariables("s", ["nope"]), "not_found");
  });

  test("go along where a session is forked", async () => {
    const { store } = await openNumbers(open, { a: 1 });
    await derive(store, "twice", "a * 2.0", { max: 3 });
    await store.setVariable("s", "a", 2);
    const { revision } = await store.getSession("s");
    const before = await store.getVariable("s", "twice");
    await store.forkSession("s", { kind: "revision", revision }, { id: "t" });
    expect(await store.getVariable("t", "twice")).toMatchObject({ value: 2, derivation: before.derivation });
    expect((await store.getVariable("t", "twice")).stale?.cause).toBe(before.stale?.cause);
    await store.setVariable("t", "a", 0.5);
    expect((await store.getVariable("t", "twice")).value).toBe(1);
    expect(await store.getVariable("s", "twice")).toEqual(before);
  });
}
