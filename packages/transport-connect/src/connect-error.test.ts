import { toBinary } from "@bufbuild/protobuf";
import { Code, ConnectError } from "@connectrpc/connect";
import { errorCodes, refusal, StoreError, storeError } from "@trimtab/core";
import { fromErrorDetail } from "@trimtab/wire";
import { ErrorDetailSchema } from "@trimtab/wire/services";
import { describe, expect, test } from "vitest";
import { connectCodes, toConnectError } from "./connect-error.ts";

const detailOf = (error: ConnectError) => {
  const [detail] = error.findDetails(ErrorDetailSchema);
  return detail ?? expect.fail("there is a detail");
};

describe("an error on its way out", () => {
  test("has a status of its own for every code", () => {
    expect(new Set(Object.values(connectCodes)).size).toBe(errorCodes.length);
  });

  test("keeps message, reason and details", () => {
    const error = storeError("version_mismatch", "moved on", { variable: "x", expected: 1, actual: 2 });
    const sent = toConnectError(error);
    expect(sent).toMatchObject({ code: Code.Aborted, rawMessage: "moved on" });
    expect(fromErrorDetail(detailOf(sent), sent.rawMessage)?.toRefusal()).toEqual(error.toRefusal());
  });

  test("is left alone where it is on its way already", () => {
    const error = new ConnectError("no", Code.Unauthenticated);
    expect(toConnectError(error)).toBe(error);
  });

  test("tells nothing of a fault", () => {
    const sent = toConnectError(new RangeError("secret"));
    expect(sent.code).toBe(Code.Internal);
    expect(JSON.stringify([sent.rawMessage, detailOf(sent)])).not.toContain("secret");
    expect(sent.cause).toBeUndefined();
  });
});

describe("a detail that must fit", () => {
  const items = new Map(
    Array.from({ length: 1000 }, (_, i) => [
      `v${i}`,
      refusal("read_only", `v${i} is read-only`, { variable: `v${i}` }),
    ]),
  );

  test("keeps as many items as there is room for", () => {
    const error = new StoreError({ ...refusal("read_only", "1000 of 1000 refused", { variable: "v0" }), items });
    const detail = detailOf(toConnectError(error, { maxDetailBytes: 4000 }));
    expect(toBinary(ErrorDetailSchema, detail).byteLength).toBeLessThanOrEqual(4000);
    expect(Object.keys(detail.items).length).toBeGreaterThan(20);
    expect(detail.reason).toBe("read_only");
    expect(Object.keys(detailOf(toConnectError(error)).items)).toHaveLength(1000);
  });

  test("shortens long lists", () => {
    const dependents = Array.from({ length: 5000 }, (_, i) => `dependent-${i}`);
    const error = storeError("has_dependents", "x has dependents", { variable: "x", dependents });
    const detail = detailOf(toConnectError(error, { maxDetailBytes: 2000 }));
    expect(toBinary(ErrorDetailSchema, detail).byteLength).toBeLessThanOrEqual(2000);
    const back = fromErrorDetail(detail, "");
    if (!back?.is("has_dependents")) return expect.fail("the reason is kept");
    expect(back.details.dependents.length).toBeGreaterThan(10);
    expect(back.details.dependents).toEqual(dependents.slice(0, back.details.dependents.length));
  });

  test("is left as it is where nothing can be taken away", () => {
    const error = storeError("not_found", "no", { resource: "variable", id: "x".repeat(1000) });
    expect(detailOf(toConnectError(error, { maxDetailBytes: 10 })).details).toHaveProperty("id");
  });
});
