import { describe, expect, test } from "vitest";
import { isStoreError } from "./store-error.ts";
import { createVariable, timeSinceUpdateMs, updateValue, type VariableAttributes, variableAgeMs } from "./variable.ts";

const number = (value: number) => ({ kind: "number", value }) as const;
const integer = (value: bigint) => ({ kind: "integer", value }) as const;

describe("createVariable", () => {
  test("makes a variable from the required fields", () => {
    const variable = createVariable({
      id: "var_test_123",
      name: "test_var",
      type: "float",
      payload: number(3.14),
      createdAtMs: 1000,
    });
    expect(variable).toMatchObject({ id: "var_test_123", name: "test_var", type: "float", value: 3.14, version: 0 });
    expect(variable.updatedAtMs).toBe(variable.createdAtMs);
    expect(variable).toMatchObject({ constraints: {}, metadata: {}, readOnly: false });
  });

  test("names every required field that is missing", () => {
    try {
      createVariable({ name: "test" } as VariableAttributes);
      expect.unreachable();
    } catch (error) {
      if (!isStoreError(error, "missing_required_fields")) throw error;
      expect(error.message).toMatch(/Missing required fields: id, type, payload, createdAtMs/);
      expect(error.details.fields).toEqual(["id", "type", "payload", "createdAtMs"]);
    }
  });

  test("refuses a field it does not know", () => {
    const attributes = { id: "a", name: "a", type: "float", payload: number(1), createdAtMs: 1, colour: "red" };
    expect(() => createVariable(attributes)).toThrow("unknown field colour");
  });
});

describe("updateValue", () => {
  const counter = createVariable({
    id: "var_1",
    name: "counter",
    type: "integer",
    payload: integer(0n),
    createdAtMs: 1000,
  });

  test("raises the version by one each time", () => {
    const once = updateValue(counter, { payload: integer(1n), atMs: 1001 });
    expect(once).toMatchObject({ version: 1, value: 1 });
    const twice = updateValue(once, { payload: integer(2n), atMs: 1002 });
    expect(twice).toMatchObject({ version: 2, value: 2 });
    expect(counter).toMatchObject({ version: 0, value: 0 });
  });

  test("moves the time on, strictly, even where the clock stands or goes back", () => {
    const once = updateValue(counter, { payload: integer(1n), atMs: 1000 });
    expect(once.updatedAtMs).toBe(1000.001);
    const back = updateValue(once, { payload: integer(1n), atMs: 5 });
    expect(back.updatedAtMs).toBe(1000.002);
    expect(back.createdAtMs).toBe(1000);
  });

  test("merges metadata, keeps the caller's source and falls back to the origin", () => {
    const merged = updateValue(counter, { payload: integer(1n), atMs: 1001, metadata: { reason: "test" } });
    expect(merged.metadata).toMatchObject({
      reason: "test",
      source: "typescript",
      updated_at: "1970-01-01T00:00:01.001Z",
    });
    const again = updateValue(merged, {
      payload: integer(2n),
      atMs: 1002,
      origin: "elixir",
      metadata: { source: "bayesian_optimizer" },
    });
    expect(again.metadata).toMatchObject({ reason: "test", source: "bayesian_optimizer" });
    expect(updateValue(merged, { payload: integer(2n), atMs: 1002, origin: "elixir" }).metadata["source"]).toBe(
      "elixir",
    );
  });
});

test("ages are counted from registration and from the last write", () => {
  const variable = createVariable({
    id: "a",
    name: "a",
    type: "float",
    payload: number(1),
    createdAtMs: 1000,
    updatedAtMs: 1500,
  });
  expect(variableAgeMs(variable, 2000)).toBe(1000);
  expect(timeSinceUpdateMs(variable, 2000)).toBe(500);
});
