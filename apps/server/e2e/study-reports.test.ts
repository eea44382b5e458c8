import { createAnalyticsClient, createStoreClient, createStudyClient } from "@trimtab/client";
import { expect, onTestFinished, test } from "vitest";
import { openServer, transports } from "./open-server.ts";

test.each(Object.entries(transports))("a study is reported on over the network: %s", async (_, open) => {
  const server = await openServer();
  onTestFinished(() => server.close());
  const transport = open(server.url);
  const store = createStoreClient(transport);
  const studies = createStudyClient(transport);
  const analytics = createAnalyticsClient(transport);
  await store.createSession({ id: "s" });
  await store.registerVariable("s", { name: "rate", type: "float", value: 0, constraints: { min: 0, max: 4 } });
  await studies.createStudy("s", { id: "run", variables: ["rate"] });
  for (const [rate, loss] of [
    [1, 5],
    [2, 3],
    [3, 4],
    [2, 2],
    [1, 6],
  ] as const) {
    const { trials } = await studies.askTrials("s", "run", { parameters: { rate } });
    await studies.tellTrial("s", "run", { number: trials[0]?.number ?? -1, values: [loss] });
  }
  const report = await analytics.getConvergenceReport("s", { kind: "study", id: "run" });
  expect(report.points.map(({ value, best }) => [value, best])).toEqual([
    [5, 5],
    [3, 3],
    [4, 3],
    [2, 2],
    [6, 2],
  ]);
  expect([report.best, report.bestIteration, report.bestValues.get("rate")]).toEqual([2, 3, 2]);
  const { impacts } = await analytics.getImpact("s", "loss", { study: "run" });
  expect(impacts).toMatchObject([{ name: "rate", points: 5 }]);
  const { optimizationEffects } = await analytics.analyzeUsage("s");
  expect(optimizationEffects).toMatchObject([{ optimization: "run", iterations: 5, first: 5, best: 2, gain: 3 }]);
  await expect(analytics.getConvergenceReport("s", { kind: "study", id: "" })).rejects.toMatchObject({
    details: { field: "id" },
  });
  await expect(analytics.getConvergenceReport("s", { kind: "study", id: "none" })).rejects.toMatchObject({
    reason: "not_found",
  });
});
