import { createAnalyticsClient, createStoreClient, openSession } from "@trimtab/client";
import { float } from "@trimtab/types";
import { expect, onTestFinished, test } from "vitest";
import { openServer, transports } from "./open-server.ts";

test.each(Object.entries(transports))(
  "hits of a client's cache are in the statistics of its server: %s",
  async (_, open) => {
    const server = await openServer();
    onTestFinished(() => server.close());
    const transport = open(server.url);
    const analytics = createAnalyticsClient(transport);
    const declared = { rate: float({ default: 0.5 }) };
    const options = { reportReads: analytics, reportReadsMs: 10 };
    const app = await openSession(createStoreClient(transport), "s", declared, options);
    for (let i = 0; i < 5; i++) expect(app.variables.rate.value).toBe(0.5);
    await expect.poll(async () => (await analytics.getVariableStats("s", "rate")).cacheHits).toBe(5);
    for (let i = 0; i < 3; i++) expect(app.variables.rate.value).toBe(0.5);
    await app.close();
    const { stats } = await analytics.getVariablesWithStats("s", ["rate"]);
    expect(stats.get("rate")).toMatchObject({ cacheHits: 8, cacheMisses: 0 });
  },
);
