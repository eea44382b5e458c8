import { describe, expect, test } from "vitest";
import type { Value, VariableSpec } from "../../index.ts";
import { type OpenStore, openSample, rejection } from "./harness.ts";

/** Registers what a store promises of registering variables. */
export function describeRegistration(open: OpenStore): void {
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
      ["no value", { name: "x", type: "float" }, "invalid_argument", { field: "value" }],
      ["an empty type", { name: "x", type: "", value: 1 }, "invalid_argument", { field: "type" }],
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
