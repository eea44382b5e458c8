import { readFile } from "node:fs/promises";
import { describe, expect, expectTypeOf, test } from "vitest";
import { isStoreError, type Refusal, reasonCodes, refusal, StoreError, storeError } from "./store-error.ts";

test("the README has every reason in the row of its code", async () => {
  const readme = await readFile(new URL("../README.md", import.meta.url), "utf8");
  const cells = readme.split("\n").map((line) => line.split("|").map((cell) => cell.trim()));
  const told = cells.flatMap(([, code = "", , reasons = ""]) =>
    [...reasons.matchAll(/`(\w+)`/g)].map(([, reason]) => [reason, code.replaceAll("`", "")]),
  );
  expect(Object.fromEntries(told)).toEqual(reasonCodes);
  expect(told).toHaveLength(Object.keys(reasonCodes).length);
});

describe("StoreError", () => {
  test("carries its reason, the code of the reason, and typed details", () => {
    const error: unknown = storeError("version_mismatch", "x is at version 2, not 1", {
      variable: "x",
      expected: 1,
      actual: 2,
    });
    if (!isStoreError(error, "version_mismatch")) throw error;
    expect(error).toMatchObject({ name: "StoreError", code: "aborted", message: "x is at version 2, not 1" });
    expectTypeOf(error.details.actual).toEqualTypeOf<number>();
    expect(error.details.actual).toBe(2);
  });

  test("narrows by reason", () => {
    const error: StoreError = storeError("read_only", "x is read-only", { variable: "x" });
    expect(error.is("read_only") && error.details.variable).toBe("x");
    expect(error.is("not_found")).toBe(false);
    expect(isStoreError(new Error("x"))).toBe(false);
    // @ts-expect-error a reason must bring its own details
    storeError("read_only", "x", { session: "s" });
  });

  test("gives back the refusal it was made of, items included", () => {
    const item = refusal("not_found", "no y", { resource: "variable", id: "y" });
    const whole: Refusal = {
      ...refusal("read_only", "x is read-only", { variable: "x" }),
      items: new Map([["y", item]]),
    };
    const error = new StoreError(whole);
    expect(error.items.get("y")?.code).toBe("not_found");
    expect(new StoreError(error.toRefusal())).toEqual(error);
  });
});
