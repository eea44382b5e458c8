import { describe, expect, test } from "vitest";
import type { Value, VariableSpec } from "../../index.ts";
import { type OpenStore, openSample, rejection } from "./harness.ts";

export function describeVariables(open: OpenStore): void {
  describeRegistration(open);
  describeReading(open);
  describeWriting(open);
  describeSurroundings(open);
}

function describeRegistration(open: OpenStore): void {
  describe("registration", () => {
    test("gives a variable of version 0 that is found by id and by name", async () => {
      const { store } = await open();
      await store.createSession({ id: "s" });
      const spec: VariableSpec = {
        name: "temperature",
        type: "float",
        value: 1,
        constraints: { min: 0, max: 2 },
        description: "how free",
        metadata: { unit: "none" },
      };
      const { variable, revision } = await store.registerVariable("s", spec, { actor: "ada", origin: "python" });
      expect(revision).toBe(2);
      expect(variable.id).toMatch(/^var_temperature_[1-9]\d*$/);
      expect(variable).toMatchObject({
        ...spec,
        version: 0,
        readOnly: false,
        updatedBy: "ada",
        origin: "python",
        revision: 2,
      });
      expect(variable.payload).toEqual({ kind: "number", value: 1 });
      expect(variable.updatedAtMs).toBe(variable.createdAtMs);
      expect(await store.getVariable("s", variable.id)).toEqual(variable);
      expect(await store.getVariable("s", "temperature")).toEqual(variable);
    });

    const bad: [string, VariableSpec, Parameters<typeof rejection>[1], object][] = [
      ["an unknown type", { name: "x", type: "unknown", value: 1 }, "invalid_type", { type: "unknown" }],
      [
        "a value of another type",
        { name: "x", type: "float", value: "warm" },
        "validation_failed",
        { field: "x", type: "float" },
      ],
      [
        "NaN",
        { name: "x", type: "float", value: Number.NaN },
        "constraint_violation",
        { field: "x", constraint: "allow_special" },
      ],
      [
        "a value beyond its constraints",
        { name: "x", type: "integer", value: 15, constraints: { max: 10 } },
        "constraint_violation",
        { field: "x", constraint: "max", limit: 10, value: 15 },
      ],
      [
        "an unknown constraint",
        { name: "x", type: "float", value: 1, constraints: { maximum: 2 } },
        "invalid_constraints",
        { field: "maximum" },
      ],
      [
        "limits that contradict",
        { name: "x", type: "float", value: 1, constraints: { min: 2, max: 1 } },
        "invalid_constraints",
        { type: "float" },
      ],
      ["an empty name", { name: "", type: "float", value: 1 }, "invalid_argument", { field: "name" }],
      ["a name with a slash", { name: "a/b", type: "float", value: 1 }, "invalid_argument", { field: "name" }],
      [
        "metadata with __proto__",
        { name: "x", type: "float", value: 1, metadata: JSON.parse('{"__proto__":1}') },
        "invalid_argument",
        {},
      ],
    ];
    test.each(bad)("refuses %s and changes nothing", async (_, spec, reason, details) => {
      const { store } = await open();
      await store.createSession({ id: "s" });
      const error = await rejection(store.registerVariable("s", spec), reason);
      expect(error.details).toMatchObject(details);
      expect(await store.getSession("s")).toMatchObject({ revision: 1, stats: { variableCount: 0 } });
    });

    test("a name is taken once; what is there can be kept if its type is the same", async () => {
      const { store } = await openSample(open);
      const { revision } = await store.getSession("s");
      await rejection(store.registerVariable("s", { name: "temperature", type: "float", value: 1 }), "already_exists");
      const kept = await store.registerVariable(
        "s",
        { name: "temperature", type: "float", value: 1 },
        { ifExists: "keep" },
      );
      expect(kept).toMatchObject({ revision, variable: { value: 0.7, version: 0 } });
      await rejection(
        store.registerVariable("s", { name: "temperature", type: "string", value: "x" }, { ifExists: "keep" }),
        "already_exists",
      );
    });

    test("a name that is another variable's id is refused", async () => {
      const { store } = await openSample(open);
      const { id } = await store.getVariable("s", "temperature");
      await rejection(store.registerVariable("s", { name: id, type: "float", value: 1 }), "already_exists");
    });

    test("a batch registers all or nothing and answers with ids by name", async () => {
      const { store } = await open();
      await store.createSession({ id: "s" });
      const good = { name: "a", type: "float", value: 1 };
      const error = await rejection(
        store.registerVariables("s", [good, { name: "b", type: "float", value: "x" }]),
        "validation_failed",
      );
      expect([...error.items.keys()]).toEqual(["b"]);
      await rejection(store.registerVariables("s", [good, good]), "already_exists");
      expect((await store.listVariables("s")).items).toEqual([]);
      const { ids, revision } = await store.registerVariables("s", [good, { name: "b", type: "boolean", value: true }]);
      expect(revision).toBe(2);
      expect([...ids]).toEqual([
        ["a", (await store.getVariable("s", "a")).id],
        ["b", (await store.getVariable("s", "b")).id],
      ]);
    });

    const exact: [string, Value][] = [
      ["integer", 2n ** 62n + 1n],
      ["integer", -(2n ** 63n)],
      ["integer", 7],
      ["string", "日本 \u{1f600} e\u0301"],
      ["float", 0.1 + 0.2],
      ["boolean", false],
    ];
    test.each(exact)("a %s of %s comes back exactly", async (type, value) => {
      const { store } = await open();
      await store.createSession({ id: "s" });
      await store.registerVariable("s", { name: "x", type, value });
      expect((await store.getVariable("s", "x")).value).toBe(value);
    });
  });
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

    test("several are read at one revision, by what they were asked as", async () => {
      const { store } = await openSample(open);
      const { id } = await store.getVariable("s", "model");
      const read = await store.getVariables("s", ["y", "temperature", id, "x"]);
      expect([...read.found.keys()].sort()).toEqual(["temperature", id].sort());
      expect(read.found.get(id)?.name).toBe("model");
      expect(read.missing).toEqual(["y", "x"]);
      expect(read.revision).toBe(2);
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
