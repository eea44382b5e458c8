import { describe, expect, test } from "vitest";
import type { Store } from "../../index.ts";
import { type OpenStore, openSample, readWatch, rejection, type StoreFacts } from "./harness.ts";

/** Registers what a store promises of requests that are made again, of expected versions and of what watches may leave out. */
export function describeRequests(open: OpenStore, facts: StoreFacts): void {
  describeRetries(open);
  describeExpectations(open);
  describeFilters(open, facts);
}

function describeRetries(open: OpenStore): void {
  describe("a request that is made again", () => {
    const writes: [string, (store: Store, requestId: string) => Promise<object>][] = [
      ["a value", (store, requestId) => store.setVariable("s", "temperature", 1, { requestId })],
      ["values", (store, requestId) => store.setVariables("s", { temperature: 1, model: "claude-3" }, { requestId })],
      [
        "a registration",
        (store, requestId) => store.registerVariable("s", { name: "x", type: "float", value: 1 }, { requestId }),
      ],
      ["a deletion", (store, requestId) => store.deleteVariable("s", "model", { requestId })],
      ["a program", (store, requestId) => store.putProgram("s", "p", { n: 1 }, { requestId })],
      [
        "a dependency",
        (store, requestId) => store.addDependency("s", { variable: "model", dependsOn: "temperature" }, { requestId }),
      ],
      [
        "a space",
        (store, requestId) => store.putConfigurationSpace("s", { name: "x", variables: ["model"] }, { requestId }),
      ],
      ["a label", (store, requestId) => store.setLabel("s", "x", { requestId })],
    ];
    test.each(writes)("is answered as the first was, and made once, for %s", async (_, write) => {
      const { store } = await openSample(open);
      const first = await write(store, "r-1");
      expect(await store.getSession("s")).toMatchObject({ revision: 3 });
      expect(await write(store, "r-1")).toEqual(first);
      expect(await store.getSession("s")).toMatchObject({ revision: 3 });
    });

    test("is told apart from others, also by what came in between", async () => {
      const { store } = await openSample(open);
      const first = await store.setVariable("s", "temperature", 1, { requestId: "r-1" });
      await store.setVariable("s", "temperature", 0.5, { requestId: "r-2" });
      expect(await store.setVariable("s", "temperature", 1, { requestId: "r-1" })).toEqual(first);
      expect(await store.getVariable("s", "temperature")).toMatchObject({ value: 0.5, version: 2 });
    });

    test("is refused where its id was used for something else", async () => {
      const { store } = await openSample(open);
      const again = { requestId: "r-1" };
      await store.putProgram("s", "p", { a: 1 }, again);
      for (const other of [
        () => store.setVariable("s", "temperature", 1, again),
        () => store.setVariables("s", { temperature: 1 }, again),
        () => store.updateVariable("s", "temperature", { description: "d" }, again),
        () => store.registerVariable("s", { name: "x", type: "float", value: 1 }, again),
        () => store.startOptimization("s", ["temperature"], { optimizer: "o", ...again }),
        () => store.stopOptimization("s", { kind: "variable", ref: "temperature" }, again),
      ]) {
        expect((await rejection(other(), "invalid_argument")).details).toMatchObject({ field: "requestId" });
      }
      expect((await store.getSession("s")).revision).toBe(3);
    });

    test("of a registration is answered with the variable as it was, whatever became of it", async () => {
      const { store } = await openSample(open);
      const register = () => store.registerVariable("s", { name: "x", type: "float", value: 1 }, { requestId: "r-1" });
      const first = await register();
      await store.setVariable("s", "x", 2);
      expect(await register()).toEqual(first);
      await store.deleteVariable("s", "x");
      expect(await register()).toEqual(first);
    });

    test("is made once of many at the same time", async () => {
      const { store } = await openSample(open);
      const attempts = Array.from({ length: 10 }, () => store.setVariable("s", "temperature", 1, { requestId: "r" }));
      const receipts = await Promise.all(attempts);
      for (const receipt of receipts) expect(receipt).toEqual(receipts[0]);
      expect(await store.getVariable("s", "temperature")).toMatchObject({ version: 1 });
    });

    test("to delete a session is not made again on the next of its id", async () => {
      const { store } = await openSample(open);
      await store.deleteSession("s", { requestId: "end" });
      await store.createSession({ id: "s" });
      await store.deleteSession("s", { requestId: "end" });
      expect(await store.getSession("s")).toMatchObject({ id: "s" });
      await store.deleteSession("s", { requestId: "end of this one" });
      await store.createSession({ id: "other" });
      await store.forkSession("other", { kind: "revision", revision: 1 }, { id: "s" });
      await store.deleteSession("s", { requestId: "end of this one" });
      expect(await store.getSession("s")).toMatchObject({ id: "s" });
    });

    test("may be made at last where it was refused before", async () => {
      const { store } = await openSample(open);
      const write = () => store.setVariable("s", "temperature", 3, { requestId: "r-1" });
      await rejection(write(), "constraint_violation");
      await store.updateVariable("s", "temperature", { constraints: { max: 5 } });
      expect(await write()).toMatchObject({ version: 1 });
    });

    test("remembers what it refused of a batch", async () => {
      const { store } = await openSample(open);
      const updates = { temperature: 9, model: "claude-3" };
      const write = () => store.setVariables("s", updates, { atomic: false, requestId: "r-1" });
      const first = await write();
      const again = await write();
      expect(again.applied).toEqual(first.applied);
      expect([...again.refused].map(([ref, { reason }]) => [ref, reason])).toEqual([
        ["temperature", "constraint_violation"],
      ]);
    });

    test("of an import is answered with what became of each variable", async () => {
      const { store } = await openSample(open);
      await store.createSession({ id: "t" });
      await store.importVariables("t", await store.exportVariables("s"));
      await store.registerVariable("s", { name: "extra", type: "boolean", value: true });
      const exported = await store.exportVariables("s");
      const warmer = { value: 1, payload: { kind: "number", value: 1 } } as const;
      const variables = exported.variables.map((each) => (each.name === "temperature" ? { ...each, ...warmer } : each));
      const write = () =>
        store.importVariables("t", { ...exported, variables }, { strategy: "replace", requestId: "r-1" });
      const first = await write();
      expect(first.items.map(({ name, outcome }) => [name, outcome])).toEqual([
        ["temperature", "updated"],
        ["model", "kept"],
        ["extra", "created"],
      ]);
      await store.setVariable("t", "temperature", 0.2);
      expect(await write()).toEqual(first);
      expect(await store.getVariable("t", "temperature")).toMatchObject({ value: 0.2 });
    });

    test.each(["", "x".repeat(256)])("is refused for an id that is none", async (requestId) => {
      const { store } = await openSample(open);
      const error = await rejection(store.setVariable("s", "temperature", 1, { requestId }), "invalid_argument");
      expect(error.details.field).toBe("requestId");
    });
  });
}

function describeExpectations(open: OpenStore): void {
  describe("an expected version", () => {
    const writes: [string, (store: Store, expectedVersion: number) => Promise<unknown>][] = [
      ["setting", (store, expectedVersion) => store.setVariable("s", "temperature", 1, { expectedVersion })],
      [
        "a batch",
        (store, each) => store.setVariables("s", { model: "gpt-4" }, { expectedVersions: { temperature: each } }),
      ],
      [
        "surroundings",
        (store, expectedVersion) => store.updateVariable("s", "temperature", { description: "d" }, { expectedVersion }),
      ],
      ["deleting", (store, expectedVersion) => store.deleteVariable("s", "temperature", { expectedVersion })],
      [
        "rollback",
        (store, expectedVersion) =>
          store.rollbackVariable("s", "temperature", { kind: "version", version: 0 }, { expectedVersion }),
      ],
      [
        "rollback of several",
        (store, expectedVersion) => store.rollbackVariables("s", [{ ref: "temperature", version: 0, expectedVersion }]),
      ],
    ];
    test.each(writes)("that is not there refuses %s, and the right one lets it through", async (_, write) => {
      const { store } = await openSample(open);
      await store.setVariable("s", "temperature", 0.2);
      const error = await rejection(write(store, 0), "version_mismatch");
      expect(error.details).toEqual({ variable: "temperature", expected: 0, actual: 1 });
      await rejection(write(store, 0.5), "invalid_argument");
      expect(await store.getSession("s")).toMatchObject({ revision: 3 });
      await write(store, 1);
      expect(await store.getSession("s")).toMatchObject({ revision: 4 });
    });
  });
}

function describeFilters(open: OpenStore, { expressions = false }: StoreFacts): void {
  describe("a watch", () => {
    test("leaves out values that were there already where asked, and marks them otherwise", async () => {
      const { store } = await openSample(open);
      const distinct = readWatch(store.watch("s", {}, { distinct: true }));
      const every = readWatch(store.watch("s"));
      await distinct.nextOf("snapshot");
      await every.nextOf("snapshot");
      await store.setVariable("s", "temperature", 0.7);
      await store.setVariable("s", "temperature", 1);
      expect((await every.nextOf("changes")).changes).toMatchObject([{ value: 0.7, unchanged: true }]);
      expect((await every.nextOf("changes")).changes[0]).not.toHaveProperty("unchanged");
      expect((await distinct.nextOf("changes")).changes).toMatchObject([{ value: 1, version: 2 }]);
      await Promise.all([distinct.close(), every.close()]);
    });

    test.skipIf(!expressions)("keeps to its filter, but for what is no update", async () => {
      const { store } = await openSample(open);
      const watch = readWatch(store.watch("s", {}, { filter: "new - old > 0.5" }));
      await watch.nextOf("snapshot");
      await store.setVariable("s", "temperature", 0.8);
      await store.setVariable("s", "temperature", 1.5);
      await store.deleteVariable("s", "temperature");
      expect((await watch.nextOf("changes")).changes).toMatchObject([{ kind: "updated", value: 1.5 }]);
      expect((await watch.nextOf("changes")).changes).toMatchObject([{ kind: "deleted" }]);
      await watch.close();
    });

    test.skipIf(!expressions)("is refused for a filter that is none", async () => {
      const { store } = await openSample(open);
      for (const filter of ["new -", "temperature > 1.0"]) {
        await rejection(readWatch(store.watch("s", {}, { filter })).next(), "invalid_expression");
      }
    });
  });
}
