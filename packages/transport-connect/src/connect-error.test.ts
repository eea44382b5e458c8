import { Code, ConnectError } from "@connectrpc/connect";
import { errorCodes, storeError } from "@trimtab/core";
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
