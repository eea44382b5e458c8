import { describe, expect, test } from "vitest";
import { type OpenStore, openSample, rejection } from "./harness.ts";

/** Registers what a store promises of several writes that are made as one. */
export function describeBatches(open: OpenStore): void {
  describe("batches", () => {
    test("are one commit", async () => {
      const { store } = await openSample(open);
      const written = await store.setVariables(
        "s",
        { temperature: 0.1, model: "claude-3" },
        { metadata: { why: "test" } },
      );
      expect(written.revision).toBe(3);
      expect(written.refused.size).toBe(0);
      expect(written.applied.get("model")).toMatchObject({ name: "model", version: 1, revision: 3 });
      expect((await store.getVariable("s", "temperature")).metadata["why"]).toBe("test");
    });

    test("are refused whole, with every item's own error, unless told otherwise", async () => {
      const { store } = await openSample(open);
      const updates = { temperature: 3, model: "claude-3", nope: 1 };
      const error = await rejection(store.setVariables("s", updates), "constraint_violation");
      expect([...error.items].map(([ref, item]) => [ref, item.reason])).toEqual([
        ["temperature", "constraint_violation"],
        ["nope", "not_found"],
      ]);
      expect(await store.getSession("s")).toMatchObject({ revision: 2 });
      const partly = await store.setVariables("s", updates, { atomic: false });
      expect([...partly.applied.keys()]).toEqual(["model"]);
      expect(partly.refused.get("temperature")?.reason).toBe("constraint_violation");
      expect(partly.refused.get("nope")?.code).toBe("not_found");
      expect(partly.revision).toBe(3);
    });

    test("refuse two refs of one variable", async () => {
      const { store } = await openSample(open);
      const { id } = await store.getVariable("s", "temperature");
      for (const atomic of [true, false]) {
        await rejection(store.setVariables("s", { temperature: 0.1, [id]: 0.2 }, { atomic }), "invalid_argument");
      }
      expect((await store.getVariable("s", "temperature")).version).toBe(0);
    });

    test("hold to the versions they expect, also of variables they do not write", async () => {
      const { store } = await openSample(open);
      await store.setVariable("s", "model", "claude-3");
      const stale = store.setVariables("s", { temperature: 0.1 }, { expectedVersions: { model: 0 } });
      expect((await rejection(stale, "version_mismatch")).details).toMatchObject({
        variable: "model",
        expected: 0,
        actual: 1,
      });
      await store.setVariables("s", { temperature: 0.1 }, { expectedVersions: { model: 1, temperature: 0 } });
    });

    test("written in part write nothing where a condition on its own does not hold", async () => {
      const { store } = await openSample(open);
      const write = (updates: Record<string, number>, expectedVersions: Record<string, number>) =>
        store.setVariables("s", updates, { atomic: false, expectedVersions });
      const error = await rejection(write({ temperature: 0.1, nope: 1 }, { model: 7 }), "version_mismatch");
      expect(error.details).toEqual({ variable: "model", expected: 7, actual: 0 });
      await rejection(write({}, { model: 7 }), "version_mismatch");
      await rejection(write({ temperature: 0.1 }, { gone: 0 }), "not_found");
      expect(await store.getSession("s")).toMatchObject({ revision: 2 });
      const partly = await write({ temperature: 0.1, nope: 1 }, { model: 0, nope: 7 });
      expect([[...partly.applied.keys()], [...partly.refused.keys()]]).toEqual([["temperature"], ["nope"]]);
      // What is expected of an update is a matter of that one.
      const stale = await write({ temperature: 0.2 }, { temperature: 7 });
      expect([stale.applied.size, stale.refused.get("temperature")?.reason]).toEqual([0, "version_mismatch"]);
    });

    test("that name a variable twice are refused by the argument that does", async () => {
      const { store } = await openSample(open);
      const { id } = await store.getVariable("s", "model");
      for (const [field, write] of [
        ["updates", () => store.setVariables("s", { model: "gpt-4", [id]: "gpt-4" })],
        ["refs", () => store.deleteVariables("s", ["model", id])],
        [
          "rollbacks",
          () =>
            store.rollbackVariables(
              "s",
              ["model", id].map((ref) => ({ ref, version: 0 })),
            ),
        ],
      ] as const) {
        const error = await rejection<"invalid_argument">(write(), "invalid_argument");
        expect(error.message).toBe(`${field}: "model" and "${id}" mean one variable, which a batch may write once`);
        expect(error.details).toEqual({ field, value: id });
      }
      expect(await store.getSession("s")).toMatchObject({ revision: 2 });
    });

    test("of nothing change nothing", async () => {
      const { store } = await openSample(open);
      expect(await store.setVariables("s", {})).toMatchObject({ revision: 2 });
      await rejection(store.setVariables("nope", {}), "session_not_found");
    });
  });
}
