import { describe, expect, test } from "vitest";
import type { Value } from "../../index.ts";
import { describeRegistration } from "./describe-registration.ts";
import { type OpenStore, openNumbers, openSample, rejection } from "./harness.ts";

/** Registers what a store promises of reading and writing variables. */
export function describeVariables(open: OpenStore): void {
  describeRegistration(open);
  describeReading(open);
  describeWriting(open);
  describeSurroundings(open);
}

function describeReading(open: OpenStore): void {
  describe("reading", () => {
    test("an unknown variable is not found", async () => {
      const { store } = await openSample(open);
      const error = await rejection(store.getVariable("s", "x"), "not_found");
      expect(error).toMatchObject({
        code: "not_found",
        message: "Variable 'x' not found",
        details: { resource: "variable", id: "x" },
      });
    });

    test("lists in order of registration, by glob, type, origin and metadata, in pages", async () => {
      const { store } = await open();
      await store.createSession({ id: "s" });
      await store.registerVariables("s", [
        { name: "temp_gpu", type: "integer", value: 1, metadata: { zone: 1 } },
        { name: "memory_used", type: "float", value: 2, metadata: { zone: 1 } },
        { name: "temp_cpu", type: "float", value: 3 },
      ]);
      await store.registerVariable("s", { name: "my_temp_1", type: "float", value: 4 }, { origin: "python" });
      const names = async (options: Parameters<typeof store.listVariables>[1]) =>
        (await store.listVariables("s", options)).items.map((variable) => variable.name);
      expect(await names({})).toEqual(["temp_gpu", "memory_used", "temp_cpu", "my_temp_1"]);
      expect(await names({ pattern: "temp_*" })).toEqual(["temp_gpu", "temp_cpu"]);
      expect(await names({ type: "float" })).toEqual(["memory_used", "temp_cpu", "my_temp_1"]);
      expect(await names({ origin: "python" })).toEqual(["my_temp_1"]);
      expect(await names({ metadata: { zone: 1 } })).toEqual(["temp_gpu", "memory_used"]);
      const seen: string[] = [];
      let pageToken: string | undefined;
      do {
        const page = await store.listVariables("s", { pageSize: 1, ...(pageToken !== undefined && { pageToken }) });
        seen.push(...page.items.map((variable) => variable.name));
        pageToken = page.nextPageToken;
      } while (pageToken !== undefined);
      expect(seen).toEqual(["temp_gpu", "memory_used", "temp_cpu", "my_temp_1"]);
      const [bare] = (await store.listVariables("s", { includeMetadata: false })).items;
      expect(bare?.metadata).toEqual({});
      expect(await names({ metadata: { zone: 1n } })).toEqual(["temp_gpu", "memory_used"]);
    });

    test("lists by name, and what was changed last first, in pages", async () => {
      const { store } = await openNumbers(open, { b: 1, c: 2, a: 3 });
      await store.setVariable("s", "c", 5);
      await store.updateVariable("s", "b", { description: "changed" });
      const list = async (orderBy: "name" | "updated") => {
        const seen: string[] = [];
        let pageToken: string | undefined;
        do {
          const options = { orderBy, pageSize: 2, ...(pageToken !== undefined && { pageToken }) };
          const page = await store.listVariables("s", options);
          seen.push(...page.items.map(({ name }) => name));
          pageToken = page.nextPageToken;
        } while (pageToken !== undefined);
        return seen;
      };
      expect(await list("name")).toEqual(["a", "b", "c"]);
      expect(await list("updated")).toEqual(["b", "c", "a"]);
    });
  });
}

function describeWriting(open: OpenStore): void {
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

    test("a read-only variable keeps its value", async () => {
      const { store } = await open();
      await store.createSession({ id: "s" });
      await store.registerVariable("s", { name: "x", type: "float", value: 1, readOnly: true });
      await rejection(store.setVariable("s", "x", 2), "read_only");
      await rejection(store.setVariables("s", { x: 2 }), "read_only");
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

    test("of nothing change nothing", async () => {
      const { store } = await openSample(open);
      expect(await store.setVariables("s", {})).toMatchObject({ revision: 2 });
      await rejection(store.setVariables("nope", {}), "session_not_found");
    });
  });
}

function describeSurroundings(open: OpenStore): void {
  describe("what surrounds a value", () => {
    test("description, metadata and constraints change without a new version", async () => {
      const { store } = await openSample(open);
      const changed = await store.updateVariable("s", "temperature", {
        description: "how free",
        constraints: { min: 0, max: 1 },
      });
      expect(changed).toMatchObject({
        value: 0.7,
        version: 0,
        description: "how free",
        constraints: { min: 0, max: 1 },
        revision: 3,
      });
      expect(await store.getVariable("s", "temperature")).toEqual(changed);
      await rejection(store.setVariable("s", "temperature", 1.5), "constraint_violation");
    });

    test("constraints that the present value breaks are refused", async () => {
      const { store } = await openSample(open);
      await rejection(store.updateVariable("s", "temperature", { constraints: { max: 0.5 } }), "constraint_violation");
      await rejection(store.updateVariable("s", "temperature", { constraints: { nope: 1 } }), "invalid_constraints");
      expect((await store.getVariable("s", "temperature")).constraints).toEqual({ min: 0, max: 2 });
    });
  });
}
