import { createHandlerContext } from "@connectrpc/connect";
import { isStoreError } from "@trimtab/core";
import { VariableService, WatchService } from "@trimtab/wire/services";
import { describe, expect, test } from "vitest";
import { createBucketTable } from "./bucket-table.ts";
import { createCallLimits } from "./call-limits.ts";

function contextOf(kind: "unary" | "stream") {
  const service = kind === "unary" ? VariableService : WatchService;
  const method = kind === "unary" ? VariableService.method.getVariable : WatchService.method.watchVariables;
  return createHandlerContext({ service, method, protocolName: "connect", requestMethod: "POST", url: "http://x" });
}

const refusalOf = (attempt: () => void) => {
  try {
    attempt();
  } catch (error) {
    if (isStoreError(error, "limit_exceeded")) return error.details;
  }
  return undefined;
};

describe("calls", () => {
  test("of each caller are counted apart, and come back with time", () => {
    let now = 0;
    const limits = createCallLimits({ caller: { perSecond: 10, burst: 2 }, now: () => now });
    const call = (caller: string) => refusalOf(() => limits.admitCall(caller, contextOf("unary")));
    expect([call("ada"), call("ada"), call("bob")]).toEqual([undefined, undefined, undefined]);
    expect(call("ada")).toEqual({ field: "calls_per_second", limit: 10, value: 11, retryAfterMs: 100 });
    now += 100;
    expect([call("ada"), call("ada")?.retryAfterMs]).toEqual([undefined, 100]);
  });

  test("to a session that others use too take nothing from those", () => {
    const limits = createCallLimits({ session: { perSecond: 1, burst: 1 }, now: () => 0 });
    const call = (caller: string, session: string) => refusalOf(() => limits.admitToSession(caller, session))?.field;
    expect([call("ada", "s"), call("ada", "s"), call("ada", "t"), call("bob", "s")]).toEqual([
      undefined,
      "session_calls_per_second",
      undefined,
      undefined,
    ]);
  });
});

test("streams count until they end, however they end, and no call counts as one", () => {
  const limits = createCallLimits({ streams: 2 });
  const contexts = [contextOf("stream"), contextOf("stream")];
  for (const context of contexts) limits.admitCall("ada", context);
  for (let i = 0; i < 5; i++) limits.admitCall("ada", contextOf("unary"));
  const third = () => refusalOf(() => limits.admitCall("ada", contextOf("stream")));
  expect(third()).toMatchObject({ field: "streams", limit: 2, value: 3 });
  limits.admitCall("bob", contextOf("stream"));
  contexts[0]?.abort();
  expect([third(), third()?.value]).toEqual([undefined, 3]);
});

test("buckets that are full again are forgotten", () => {
  let now = 0;
  const table = createBucketTable({ perSecond: 1000, burst: 1 }, () => now);
  for (let i = 0; i < 100_000; i++) {
    now += 0.01;
    table.take(`caller ${i}`);
  }
  expect(table.size).toBeLessThan(3000);
});

test("a table that holds as many buckets as it may gives the rest one between them, and room again as they fill", () => {
  let now = 0;
  const table = createBucketTable({ perSecond: 1, burst: 2 }, () => now, { most: 100 });
  for (let i = 0; i < 100; i++) table.charge(`address ${i}`);
  for (let i = 100; i < 200; i++) table.charge(`address ${i}`);
  expect(table.size).toBeLessThanOrEqual(101);
  expect([table.wait("address 7"), table.wait("another")]).toEqual([0, 3000]);
  now += 5000;
  expect(table.wait("another")).toBe(0);
  table.charge("another");
  expect(table.size).toBe(1);
});
