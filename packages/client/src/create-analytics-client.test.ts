import { createRouterTransport } from "@connectrpc/connect";
import { createAccessControl } from "@trimtab/access-control";
import { createAnalytics } from "@trimtab/analytics";
import type { AnalyticsStore, StatsEvent } from "@trimtab/core";
import { cel } from "@trimtab/expressions";
import { createStore } from "@trimtab/store";
import { createRoutes, principalKey, type StoreFor } from "@trimtab/transport-connect";
import { builtinTypes } from "@trimtab/types";
import { describe, expect, onTestFinished, test } from "vitest";
import { createAnalyticsClient } from "./create-analytics-client.ts";
import { createStoreClient } from "./create-store-client.ts";

async function openServed(useBinaryFormat = true) {
  const access = createAccessControl({ expressions: cel });
  const store = createStore({ types: builtinTypes, expressions: cel, access });
  onTestFinished(() => store.close());
  const analytics = createAnalytics({ readCommits: store.readCommits });
  const storeFor: StoreFor = (principal = { id: "", sessions: ["*"] }) => store.as(principal);
  const routes = createRoutes({ store, storeFor, analytics });
  const transport = createRouterTransport(routes, { transport: { useBinaryFormat } });
  const client = createStoreClient(transport);
  await client.createSession({ id: "s" });
  await client.registerVariables("s", [
    { name: "rate", type: "float", value: 0 },
    { name: "size", type: "integer", value: 1 },
    { name: "mode", type: "string", value: "slow" },
  ]);
  for (let i = 1; i <= 12; i++) {
    const metadata = { optimizer_id: "tpe", iteration: i, metrics: { loss: 10 / i + (i % 3) } };
    await client.setVariables("s", { rate: i / 10, size: i * i, mode: i % 2 === 0 ? "fast" : "slow" }, { metadata });
    await client.getVariable("s", "rate");
  }
  return {
    client,
    routes,
    storeFor,
    analytics: analytics.of(store.as({ id: "", sessions: ["*"] })),
    remote: createAnalyticsClient(transport),
  };
}

const range = { sinceMs: 0, untilMs: Date.parse("2100-01-01") };
const calls: Readonly<Record<string, (from: AnalyticsStore) => Promise<unknown>>> = {
  getVariableStats: (from) => from.getVariableStats("s", "rate"),
  getVariablesStats: (from) => from.getVariablesStats("s", ["rate", "none", "size"]),
  exportStats: (from) => from.exportStats("s", "csv", { pattern: "r*" }),
  getCorrelations: (from) => from.getCorrelations("s", { refs: ["rate", "size"], minStrength: 0.1, ...range }),
  "getCorrelations of all": (from) => from.getCorrelations("s"),
  getImpact: (from) => from.getImpact("s", "loss", range),
  "getImpact of some": (from) => from.getImpact("s", "loss", { refs: ["mode"], optimization: "tpe" }),
  getConvergenceReport: (from) => from.getConvergenceReport("s", { kind: "optimization", id: "tpe" }),
};

describe.each([
  ["binary", true],
  ["JSON", false],
])("analytics over %s", (_, isBinary) => {
  test("are those in process, to the last figure", async () => {
    const { analytics, remote } = await openServed(isBinary);
    for (const call of Object.values(calls)) expect(await call(remote)).toEqual(await call(analytics));
  });

  test("report usage alike, but for the moment of asking", async () => {
    const { analytics, remote } = await openServed(isBinary);
    for (const groupBy of ["type", "origin", "session", "actor"] as const) {
      const options = { groupBy, top: 2, sessionPattern: "s*", untilMs: Date.now() };
      expect(await remote.analyzeUsage("s", options)).toEqual(await analytics.analyzeUsage("s", options));
    }
  });

  test("come along with values that are read", async () => {
    const { remote } = await openServed(isBinary);
    const { found, stats, missing } = await remote.getVariablesWithStats("s", ["rate", "none"]);
    expect([found.get("rate")?.value, stats.get("rate")?.readCount, missing]).toEqual([1.2, 13, ["none"]]);
    expect((await remote.getVariableStats("s", "rate")).readCount).toBe(13);
    const wanted = { includeDependencies: true };
    const { dependencies } = await remote.getVariablesWithStats("s", ["rate", "none"], wanted);
    expect(dependencies).toEqual(new Map([["rate", []]]));
  });

  test("count what clients report", async () => {
    const { remote } = await openServed(isBinary);
    const lastReadAtMs = Date.now() - 1000;
    await remote.reportClientReads("s", [{ ref: "rate", cacheHits: 5, cacheMisses: 2, lastReadAtMs }], {
      requestId: "r",
    });
    await remote.reportClientReads("s", [{ ref: "rate", cacheHits: 5 }], { requestId: "r" });
    expect(await remote.getVariableStats("s", "rate")).toMatchObject({ cacheHits: 5, cacheMisses: 2 });
  });

  test("are streamed as they change, until the watch is left", async () => {
    const { client, remote } = await openServed(isBinary);
    const watch = remote.watchStats("s", { refs: ["rate", "size"] }, { intervalMs: 100 })[Symbol.asyncIterator]();
    const first = (await watch.next()).value as StatsEvent;
    expect([...first.stats.keys()]).toEqual(["var_rate_1", "var_size_2"]);
    await client.setVariable("s", "size", 7);
    const second = (await watch.next()).value as StatsEvent;
    expect([...second.stats]).toMatchObject([["var_size_2", { writeCount: 13 }]]);
    expect(second.session.lastMinute.writeCount).toBe(12 * 3 + 1);
    const waiting = watch.next();
    await watch.return?.();
    expect((await waiting).done).toBe(true);
  });
});

const refusals: Readonly<Record<string, (from: AnalyticsStore) => Promise<unknown>>> = {
  "an unknown variable": (from) => from.getVariableStats("s", "none"),
  "an unknown session": (from) => from.getVariableStats("gone", "rate"),
  "an unknown optimization": (from) => from.getConvergenceReport("s", { kind: "optimization", id: "none" }),
  "too few points": (from) => from.getCorrelations("s", { minPoints: 2 }),
  "a strength beyond 1": (from) => from.getCorrelations("s", { minStrength: 2 }),
  "a range that ends before it begins": (from) => from.analyzeUsage("s", { sinceMs: 2, untilMs: 1 }),
  "no top": (from) => from.analyzeUsage("s", { top: 0 }),
  "too high a top": (from) => from.analyzeUsage("s", { top: 1001 }),
  "a negative count": (from) => from.reportClientReads("s", [{ ref: "rate", cacheHits: -1 }]),
  "another session's variable": (from) => from.exportStats("s", "json", { refs: ["other/rate"] }),
};

test.each(Object.entries(refusals))("%s is refused alike", async (_, call) => {
  const { analytics, remote } = await openServed();
  const refusalOf = (from: AnalyticsStore) =>
    call(from).then(
      () => expect.unreachable("it is refused"),
      ({ reason, message, details }) => ({ reason, message, details }),
    );
  expect(await refusalOf(remote)).toEqual(await refusalOf(analytics));
});

test("what a caller may not read is not told of, and counts for the session that it belongs to", async () => {
  const { client, routes, analytics } = await openServed();
  await client.createSession({ id: "guest" });
  await client.registerVariable("guest", { name: "rate", type: "float", value: 0 });
  await client.setVariablePermissions("s", "rate", [{ sessionPattern: "guest", permissions: ["read"] }]);
  const asGuest = createRouterTransport(routes, {
    router: {
      interceptors: [
        (next) => (request) => {
          request.contextValues.set(principalKey, { id: "guest", sessions: ["guest"] });
          return next(request);
        },
      ],
    },
  });
  const guest = createAnalyticsClient(asGuest);
  const before = await analytics.getVariableStats("s", "rate");
  await createStoreClient(asGuest).getVariable("guest", "s/rate");
  expect((await analytics.getVariableStats("s", "rate")).readCount).toBe(before.readCount + 1);
  expect((await guest.getVariableStats("guest", "rate")).readCount).toBe(0);
  expect((await guest.getVariableStats("guest", "s/rate")).readCount).toBe(before.readCount + 1);
  await expect(guest.getVariableStats("guest", "s/size")).rejects.toMatchObject({ reason: "access_denied" });
  for (const call of [
    () => guest.analyzeUsage("s"),
    () => guest.getCorrelations("s"),
    () => guest.getConvergenceReport("s", { kind: "optimization", id: "tpe" }),
    () => guest.getImpact("s", "loss"),
    () => guest.watchStats("s")[Symbol.asyncIterator]().next(),
  ]) {
    await expect(call()).rejects.toMatchObject({ reason: "access_denied" });
  }
  const { mostUsed } = await guest.analyzeUsage("guest", { sessionPattern: "*" });
  expect(mostUsed.map(({ session }) => session)).not.toContain("s");
});
