import { describe, expect, test } from "vitest";
import type { SessionPoint, Store } from "../../index.ts";
import { type OpenStore, openNumbers, openSample, readWatch, rejection, type StoreFacts } from "./harness.ts";

const atRevision = (revision: number): SessionPoint => ({ kind: "revision", revision });
const toVersion = (version: number) => ({ kind: "version", version }) as const;
const valueNow = async (store: Store, ref: string) => (await store.getVariable("s", ref)).value;

/** Registers what a store promises of giving variables back what they were. */
export function describeRollback(open: OpenStore, facts: StoreFacts): void {
  describeVariables(open, facts);
  describeSessions(open, facts);
}

function describeVariables(open: OpenStore, { expressions = false, historyCommits }: StoreFacts): void {
  describe("taking a variable back", () => {
    test("gives it the earlier value as a new version", async () => {
      const { store } = await openSample(open);
      await store.setVariable("s", "temperature", 1);
      await store.setVariable("s", "temperature", 2);
      const done = await store.rollbackVariable("s", "temperature", toVersion(0), { actor: "ada" });
      expect(done).toMatchObject({ revision: 5, rolledBackFrom: 2, rolledBackTo: 0 });
      expect(done.written).toMatchObject({ name: "temperature", version: 3, revision: 5 });
      expect(await store.getVariable("s", "temperature")).toMatchObject({ value: 0.7, version: 3, updatedBy: "ada" });
      const [newest, before] = (await store.listVariableHistory("s", "temperature")).items;
      expect(newest).toMatchObject({ version: 3, value: 0.7, rolledBackTo: 0 });
      expect(before).not.toHaveProperty("rolledBackTo");
      await store.rollbackVariable("s", "temperature", atRevision(3));
      expect(await valueNow(store, "temperature")).toBe(1);
    });

    test("to where it is changes nothing", async () => {
      const { store } = await openSample(open);
      await store.setVariable("s", "temperature", 1);
      const done = await store.rollbackVariable("s", "temperature", toVersion(1));
      expect(done).toMatchObject({ revision: 3, rolledBackFrom: 1, rolledBackTo: 1, written: { version: 1 } });
      expect(await store.getSession("s")).toMatchObject({ revision: 3 });
    });

    test("is refused where there is no way back, and changes nothing", async () => {
      const { store } = await openSample(open);
      await store.setVariable("s", "temperature", 0.1);
      await store.updateVariable("s", "temperature", { constraints: { max: 0.5 } });
      await store.registerVariable("s", { name: "fixed", type: "float", value: 1, readOnly: true });
      const back = (to: number, options = {}) => store.rollbackVariable("s", "temperature", toVersion(to), options);
      expect((await rejection(back(0), "constraint_violation")).details).toMatchObject({ constraint: "max" });
      expect((await rejection(back(7), "version_not_found")).details).toMatchObject({ version: 7 });
      await rejection(back(0, { expectedVersion: 5 }), "version_mismatch");
      await rejection(store.rollbackVariable("s", "fixed", toVersion(0)), "read_only");
      await rejection(store.rollbackVariable("s", "nope", toVersion(0)), "not_found");
      await store.registerVariable("s", { name: "late", type: "float", value: 1 });
      const early = await rejection(store.rollbackVariable("s", "late", atRevision(2)), "not_found");
      expect(early.message).toBe("late was not there yet at revision 2");
      expect(await store.getSession("s")).toMatchObject({ revision: 6 });
      expect(await valueNow(store, "temperature")).toBe(0.1);
    });

    test("goes as far as versions are kept, though their commits may not be", async (context) => {
      if (historyCommits === undefined) return context.skip("this store keeps every commit");
      const { store } = await openSample(open);
      for (let i = 1; i <= 3 * historyCommits; i++) await store.setVariable("s", "temperature", i / 100);
      await store.rollbackVariable("s", "temperature", toVersion(1));
      expect(await valueNow(store, "temperature")).toBe(0.01);
    });

    test("works for several at once, all or none", async () => {
      const { store } = await openSample(open);
      await store.setVariables("s", { temperature: 1, model: "claude-3" });
      const both = [
        { ref: "temperature", version: 0 },
        { ref: "model", version: 0 },
      ];
      const stale = both.map((each) => ({ ...each, expectedVersion: each.ref === "model" ? 9 : 1 }));
      await rejection(store.rollbackVariables("s", stale), "version_mismatch");
      expect(await valueNow(store, "temperature")).toBe(1);
      const { applied, revision } = await store.rollbackVariables("s", both);
      expect(revision).toBe(4);
      expect([...applied].map(([ref, { version }]) => [ref, version])).toEqual([
        ["temperature", 2],
        ["model", 2],
      ]);
      expect(await valueNow(store, "model")).toBe("gpt-4");
      await rejection(store.rollbackVariables("s", [...both, ...both]), "invalid_argument");
    });

    test.skipIf(!expressions)("is refused where it is derived or a rule is against it", async () => {
      const { store } = await openNumbers(open, { a: 1 });
      const derivation = { kind: "expression", expression: "a * 2.0" } as const;
      await store.registerVariable("s", { name: "twice", type: "float", derivation });
      await store.setVariable("s", "a", 5);
      await rejection(store.rollbackVariable("s", "twice", toVersion(0)), "cannot_rollback");
      await store.putRule("s", { name: "large", expression: "twice > 4.0" });
      await rejection(store.rollbackVariable("s", "a", toVersion(0)), "rule_violation");
      await store.deleteRule("s", "large");
      await store.rollbackVariable("s", "a", toVersion(0));
      expect(await valueNow(store, "twice")).toBe(2);
    });
  });
}

function describeSessions(open: OpenStore, { expressions = false }: StoreFacts): void {
  describe("taking a session back", () => {
    const openChanged = async () => {
      const { store } = await openSample(open);
      await store.setVariables("s", { temperature: 1, model: "claude-3" });
      await store.updateVariable("s", "temperature", { description: "how free", constraints: { max: 5 } });
      await store.registerVariable("s", { name: "top_k", type: "integer", value: 5 });
      return store;
    };

    test("gives all variables their earlier values in one commit, and forgets nothing", async () => {
      const store = await openChanged();
      const done = await store.rollbackSession("s", atRevision(2), { actor: "ada" });
      expect(done).toMatchObject({ revision: 6, rolledBackTo: 2, deleted: [] });
      expect([...done.applied.values()].map(({ name, version }) => [name, version])).toEqual([
        ["temperature", 2],
        ["model", 2],
      ]);
      expect(await store.getVariable("s", "temperature")).toMatchObject({
        value: 0.7,
        description: "how free",
        revision: 6,
      });
      expect(await valueNow(store, "top_k")).toBe(5);
      expect((await store.listVariableHistory("s", "temperature")).items.map(({ value }) => value)).toEqual([
        0.7, 1, 0.7,
      ]);
      const again = await store.rollbackSession("s", atRevision(2));
      expect(again).toMatchObject({ revision: 6 });
      expect(again.applied.size).toBe(0);
    });

    test("takes along what came and went since, and what surrounds values, where asked", async () => {
      const store = await openChanged();
      await store.deleteVariable("s", "model");
      const { id } = await store.getVariable("s", "top_k");
      const all = { deleteNew: true, restoreDeleted: true, restoreSurroundings: true };
      const done = await store.rollbackSession("s", atRevision(2), all);
      expect(done.deleted).toEqual([id]);
      expect([...done.restored.keys()]).toEqual(["model"]);
      expect((await store.getVariable("s", "model")).id).toBe(done.restored.get("model"));
      expect(await valueNow(store, "model")).toBe("gpt-4");
      const { description, constraints, value } = await store.getVariable("s", "temperature");
      expect({ description, constraints, value }).toEqual({
        description: "",
        constraints: { min: 0, max: 2 },
        value: 0.7,
      });
      await rejection(store.getVariable("s", "top_k"), "not_found");
    });

    test("tells once of each variable that it deletes, those first that depend on others", async () => {
      const { store } = await openNumbers(open, { a: 1 });
      const { revision } = await store.getSession("s");
      for (const name of ["b", "c"]) await store.registerVariable("s", { name, type: "float", value: 1 });
      await store.addDependency("s", { variable: "c", dependsOn: "b" });
      const watch = readWatch(store.watch("s"));
      await watch.nextOf("snapshot");
      await store.rollbackSession("s", atRevision(revision), { deleteNew: true });
      const { changes } = await watch.nextOf("changes");
      expect(changes).toMatchObject([
        { kind: "deleted", name: "c" },
        { kind: "deleted", name: "b" },
      ]);
    });

    test("keeps to a glob and to a revision, and may only be tried out", async () => {
      const store = await openChanged();
      const tried = await store.rollbackSession("s", atRevision(2), { validateOnly: true });
      expect(tried.applied.size).toBe(2);
      const stale = store.rollbackSession("s", atRevision(2), { expectedRevision: 3 });
      expect((await rejection(stale, "revision_mismatch")).details).toEqual({ session: "s", expected: 3, actual: 5 });
      expect(await store.getSession("s")).toMatchObject({ revision: 5 });
      await store.rollbackSession("s", atRevision(2), { pattern: "m*", expectedRevision: 5 });
      expect([await valueNow(store, "temperature"), await valueNow(store, "model")]).toEqual([1, "gpt-4"]);
      await rejection(store.rollbackSession("s", atRevision(9)), "not_found");
    });

    test("is refused whole where a value is not allowed any more", async () => {
      const store = await openChanged();
      await store.updateVariable("s", "temperature", { constraints: { min: 1 } });
      await rejection(store.rollbackSession("s", atRevision(2)), "constraint_violation");
      expect(await valueNow(store, "model")).toBe("claude-3");
    });

    test.skipIf(!expressions)("lets derived values follow, and rules be held", async () => {
      const { store } = await openNumbers(open, { a: 1 });
      const derivation = { kind: "expression", expression: "a * 2.0" } as const;
      await store.registerVariable("s", { name: "twice", type: "float", derivation });
      await store.setVariable("s", "a", 5);
      await store.putRule("s", { name: "large", expression: "a > 4.0" });
      await rejection(store.rollbackSession("s", atRevision(3)), "rule_violation");
      await store.deleteRule("s", "large");
      await store.rollbackSession("s", atRevision(3));
      expect(await valueNow(store, "twice")).toBe(2);
    });
  });
}
