import { create, toJson } from "@bufbuild/protobuf";
import { type ErrorReason, type Refusal, reasonCodes, refusal, StoreError, storeError } from "@trimtab/core";
import { describe, expect, test } from "vitest";
import { fromErrorDetail, fromWireItems, toErrorDetail, toWireItems } from "./error-detail.ts";
import { ErrorDetailSchema } from "./gen/trimtab/v1/error_pb.ts";
import { throughBinary, throughJson } from "./test-parts/through-the-wire.ts";

const samples: readonly Refusal[] = [
  refusal("invalid_argument", "name is long", { field: "name", limit: 255, value: 300 }),
  refusal("constraint_violation", "value 2.5 is above maximum 2", {
    field: "temperature",
    type: "float",
    constraint: "max",
    limit: 2,
    value: 2.5,
  }),
  refusal("constraint_violation", "too big", {
    field: "n",
    type: "integer",
    constraint: "max",
    limit: 2n ** 60n,
    value: 2n ** 61n,
  }),
  refusal("version_mismatch", "moved on", { variable: "x", expected: 3, actual: 2 ** 40 }),
  refusal("invalid_expression", "unexpected end", { field: "derivation", line: 1, column: 4 }),
  refusal("would_create_cycle", "a → b → a", { cycle: ["a", "b", "a"] }),
  refusal("has_dependents", "x has dependents", { variable: "x", dependents: ["a", "b"] }),
  refusal("limit_exceeded", "too many", { field: "variables", limit: 10, value: 11, retryAfterMs: 2.5 }),
  refusal("cancelled", "cancelled", {}),
];

const same = (error: StoreError | undefined, expected: StoreError) => {
  expect(error).toBeInstanceOf(StoreError);
  expect(error).toMatchObject({ code: expected.code, reason: expected.reason, message: expected.message });
  expect(error?.toRefusal()).toEqual(expected.toRefusal());
};

describe("an error", () => {
  test.each(samples.map((sample) => [sample.reason, sample] as const))(
    "of reason %s comes back the same",
    (_, sample) => {
      const error = new StoreError(sample);
      same(fromErrorDetail(throughBinary(ErrorDetailSchema, toErrorDetail(error)), error.message), error);
      same(fromErrorDetail(throughJson(ErrorDetailSchema, toErrorDetail(error)), error.message), error);
    },
  );

  test("of every reason that core knows comes back with its reason and code", () => {
    for (const reason of Object.keys(reasonCodes) as ErrorReason[]) {
      const error = new StoreError({ reason, message: reason, details: {} } as Refusal);
      same(fromErrorDetail(throughBinary(ErrorDetailSchema, toErrorDetail(error)), reason), error);
    }
  });

  test("of a batch carries each item's own, whatever the identifier", () => {
    const items = new Map(samples.map((sample, index) => [index === 0 ? "__proto__" : `v${index}`, sample]));
    const error = new StoreError({ ...refusal("read_only", "2 of 9 refused", { variable: "a" }), items });
    const back = fromErrorDetail(throughBinary(ErrorDetailSchema, toErrorDetail(error)), error.message);
    same(back, error);
    expect([...(back?.items.keys() ?? [])].sort()).toEqual([...items.keys()].sort());
    const refused = new Map([["x", storeError("read_only", "x is read-only", { variable: "x" })]]);
    same(fromWireItems(toWireItems(refused)).get("x"), storeError("read_only", "x is read-only", { variable: "x" }));
  });

  test("sends counts as integers and a variable's own numbers as floats", () => {
    const [, broken, , mismatch] = samples;
    if (broken === undefined || mismatch === undefined) return expect.fail("the samples are there");
    expect(toJson(ErrorDetailSchema, toErrorDetail(new StoreError(mismatch)))).toMatchObject({
      details: { expected: { integer: "3" }, actual: { integer: String(2 ** 40) } },
    });
    expect(toJson(ErrorDetailSchema, toErrorDetail(new StoreError(broken)))).toMatchObject({
      details: { limit: { number: 2 }, value: { number: 2.5 } },
    });
    const ended = storeError("trial_ended", "it has ended", { trial: 3, state: "failed" });
    expect(toJson(ErrorDetailSchema, toErrorDetail(ended))).toMatchObject({ details: { trial: { integer: "3" } } });
  });

  test("leaves out a detail that cannot be sent, and keeps the rest", () => {
    const error = storeError("validation_failed", "no", { field: "x", type: "float", value: "\ud800" });
    expect(Object.keys(toErrorDetail(error).details)).toEqual(["field", "type"]);
  });

  test("of a reason that is not known here is left to the caller; as an item it is internal", () => {
    const detail = create(ErrorDetailSchema, { reason: "sampler_busy" });
    expect(fromErrorDetail(detail, "busy")).toBeUndefined();
    expect(fromErrorDetail(create(ErrorDetailSchema, { reason: "toString" }), "no")).toBeUndefined();
    const [item] = fromWireItems({
      x: { $typeName: "trimtab.v1.ItemError", reason: "new", message: "m", details: {} },
    });
    expect(item?.[1]).toMatchObject({ reason: "internal", message: "m" });
  });
});
