import { describe, expect, test } from "vitest";
import type { Value } from "../../index.ts";
import { type OpenStore, openSample, rejection } from "./harness.ts";

/** Registers what a store promises of writing and deleting one variable. */
export function describeWriting(open: OpenStore): void {
  describe("writing", () => {
    test("makes a new version, stamps it and is read at once", async () => {
      const { store } = await openSample(open);
      const before = await store.getVariable("s", "temperature");
      const metadata = { reason: "too dull", iteration: 3, source: "bayes" };
      const written = await store.setVariable("s", "temperature", 0.9, { metadata });
      expect(written).toMatchObject({ session: "s", revision: 3, id: before.id, name: "temperature", version: 1 });
      const after = await store.getVariable("s", "temperature");
      expect(after).toMatchObject({ value: 0.9, version: 1, revision: 3, updatedBy: "bayes", metadata });
      expect(after.updatedAtMs).toBe(written.updatedAtMs);
      expect(after.updatedAtMs).toBeGreaterThan(before.updatedAtMs);
      expect(after.createdAtMs).toBe(before.createdAtMs);
      expect(new Date(String(after.metadata["updated_at"])).toISOString()).toBe(after.metadata["updated_at"]);
    });

    test("updates follow each other strictly in time, however fast", async () => {
      const { store } = await openSample(open);
      const receipts = await Promise.all(
        Array.from({ length: 20 }, (_, i) => store.setVariable("s", "temperature", i / 10)),
      );
      const times = receipts.sort((a, b) => a.version - b.version).map((receipt) => receipt.updatedAtMs);
      expect(receipts.map((receipt) => receipt.version)).toEqual(Array.from({ length: 20 }, (_, i) => i + 1));
      for (let i = 1; i < times.length; i++) expect(times[i]).toBeGreaterThan(times[i - 1] as number);
    });

    test.each<[string, Value, string]>([
      ["above its maximum", 3, "constraint_violation"],
      ["of another type", "hot", "validation_failed"],
      ["that is not a number", Number.NaN, "constraint_violation"],
      ["infinite", Number.POSITIVE_INFINITY, "constraint_violation"],
    ])("refuses a value %s and changes nothing", async (_, value, reason) => {
      const { store } = await openSample(open);
      await rejection(store.setVariable("s", "temperature", value), reason as "validation_failed");
      expect(await store.getVariable("s", "temperature")).toMatchObject({ value: 0.7, version: 0 });
      expect(await store.getSession("s")).toMatchObject({ revision: 2 });
    });

    test("says of metadata that it is what writes have said together which takes more than there is room for", async () => {
      const { store } = await openSample(open);
      const saying = (name: string, bytes: number) => ({ metadata: { [name]: "x".repeat(bytes) } });
      await store.setVariable("s", "temperature", 0.1, saying("a", 40_000));
      const error = await rejection(store.setVariable("s", "temperature", 0.2, saying("b", 40_000)), "limit_exceeded");
      expect(error.details).toMatchObject({ field: "metadata", limit: 65_536 });
      expect(error.message).toContain("what writes of temperature have said, which updateVariable replaces");
      const alone = await rejection(store.setVariable("s", "temperature", 0.2, saying("b", 70_000)), "limit_exceeded");
      expect(alone.message).toMatch(/^metadata takes 70\d+ bytes, at most 65536 are allowed$/);
      await store.updateVariable("s", "temperature", { metadata: {} });
      await store.setVariable("s", "temperature", 0.2, saying("b", 40_000));
    });

    test("says which limit was broken by what", async () => {
      const { store } = await openSample(open);
      const error = await rejection(store.setVariable("s", "temperature", 3), "constraint_violation");
      expect(error.message).toContain("value 3 is above maximum 2");
      expect(error.details).toMatchObject({ field: "temperature", constraint: "max", limit: 2, value: 3 });
    });

    test("compare-and-set lets one of many through", async () => {
      const { store } = await openSample(open);
      const attempts = Array.from({ length: 10 }, (_, i) =>
        store.setVariable("s", "temperature", i / 10, { expectedVersion: 0 }),
      );
      const results = await Promise.allSettled(attempts);
      expect(results.filter((result) => result.status === "fulfilled")).toHaveLength(1);
      const error = await rejection(
        store.setVariable("s", "temperature", 1, { expectedVersion: 0 }),
        "version_mismatch",
      );
      expect(error.code).toBe("aborted");
      expect(error.details).toEqual({ variable: "temperature", expected: 0, actual: 1 });
    });

    test("a read-only variable keeps its value, and what surrounds it", async () => {
      const { store } = await open();
      await store.createSession({ id: "s" });
      await store.registerVariable("s", { name: "x", type: "float", value: 1, readOnly: true });
      await rejection(store.setVariable("s", "x", 2), "read_only");
      await rejection(store.setVariables("s", { x: 2 }), "read_only");
      await rejection(store.updateVariable("s", "x", { description: "changed" }), "read_only");
      await store.deleteVariable("s", "x");
    });

    test("deleting frees the name and not the id", async () => {
      const { store } = await openSample(open);
      const { id } = await store.getVariable("s", "temperature");
      await rejection(store.deleteVariable("s", "temperature", { expectedVersion: 5 }), "version_mismatch");
      await store.deleteVariable("s", "temperature");
      await rejection(store.getVariable("s", id), "not_found");
      await rejection(store.deleteVariable("s", "temperature"), "not_found");
      await store.deleteVariable("s", "temperature", { allowMissing: true });
      const { variable } = await store.registerVariable("s", { name: "temperature", type: "float", value: 1 });
      expect(variable.id).not.toBe(id);
      await rejection(store.deleteVariables("s", ["model", "nope"]), "not_found");
      await store.deleteVariables("s", ["model", "temperature"]);
      expect((await store.listVariables("s")).items).toEqual([]);
    });
  });
}
