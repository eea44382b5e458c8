import { createRouterTransport } from "@connectrpc/connect";
import { createAnalytics } from "@trimtab/analytics";
import type { AnalyticsStore, Store } from "@trimtab/core";
import { createStore } from "@trimtab/store";
import { createRoutes } from "@trimtab/transport-connect";
import { builtinTypes, float } from "@trimtab/types";
import { expect, onTestFinished, test } from "vitest";
import { createAnalyticsClient } from "./create-analytics-client.ts";
import { createStoreClient, openSession } from "./index.ts";

function openBoth(withAnalytics = true) {
  const store = createStore({ types: builtinTypes });
  onTestFinished(() => store.close());
  const analytics = createAnalytics({ readCommits: store.readCommits });
  const transport = createRouterTransport(createRoutes({ store, ...(withAnalytics && { analytics }) }));
  const local: [Store, AnalyticsStore] = [analytics.counting(store), analytics.of(store)];
  const remote: [Store, AnalyticsStore] = [createStoreClient(transport), createAnalyticsClient(transport)];
  return { local, remote, told: analytics.of(store) };
}

test.each(["local", "remote"] as const)(
  "reads that %s handles answer are told in the variable's statistics",
  async (where) => {
    const opened = openBoth();
    const [store, reportReads] = opened[where];
    const app = await openSession(store, "s", { rate: float({ default: 0.5 }) }, { reportReads, reportReadsMs: 10 });
    for (let i = 0; i < 7; i++) expect(app.variables.rate.value).toBe(0.5);
    await expect.poll(async () => (await opened.told.getVariableStats("s", "rate")).cacheHits).toBe(7);
    expect(app.values.rate).toBe(0.5);
    await app.close();
    const stats = await opened.told.getVariableStats("s", "rate");
    expect(stats).toMatchObject({ cacheHits: 8, cacheMisses: 0, readCount: 0 });
    expect(stats.lastAccessedAtMs).toBeGreaterThan(0);
  },
);

test("a server that takes no reports disturbs nobody", async () => {
  const { remote } = openBoth(false);
  const [store, reportReads] = remote;
  const app = await openSession(store, "s", { rate: float({ default: 0.5 }) }, { reportReads, reportReadsMs: 1 });
  expect(app.variables.rate.value).toBe(0.5);
  await app.variables.rate.set(1);
  expect(app.variables.rate.value).toBe(1);
  await app.close();
});
