import { expect, test } from "vitest";
import { openAnalytics } from "./test-parts/open-analytics.ts";

const rates = [0.1, 0.2, 0.4, 0.8, 1.6];
const accuracies = [0.52, 0.66, 0.55, 0.71, 0.66, 0.64, 0.57, 0.7, 0.61, 0.79, 0.56, 0.71, 0.6, 0.76, 0.69];
const objective = { metric: "accuracy", direction: "maximize" } as const;

/** A search under a lease, whose writes and reports say nothing of themselves in their metadata but what was measured. */
async function openLeased() {
  const opened = await openAnalytics();
  const { store } = opened;
  await store.registerVariables("s", [
    { name: "rate", type: "float", value: 0 },
    { name: "mode", type: "choice", value: "slow", constraints: { choices: ["slow", "fast"] } },
    { name: "idle", type: "float", value: 3 },
  ]);
  const { optimization, fencingToken } = await store.startOptimization("s", ["rate", "mode"], {
    optimizer: "tpe",
    objective,
  });
  return { ...opened, optimization: optimization.id, fencingToken };
}

async function runLeased() {
  const opened = await openLeased();
  const { store, optimization, fencingToken, time } = opened;
  for (const [i, accuracy] of accuracies.entries()) {
    const values = { rate: rates[i % 5] ?? 0, mode: i % 2 === 0 ? "slow" : "fast" };
    const metrics = { accuracy, seconds: 10 + i };
    time.nowMs += 60_000;
    // One time the values are tried elsewhere and only reported, the other they are written under the lease.
    if (i % 3 === 0) await store.reportProgress("s", optimization, { fencingToken, values, metrics });
    else await store.setVariables("s", values, { lease: { optimization, fencingToken }, metadata: { metrics } });
  }
  return opened;
}

// Every expected figure was computed by SciPy 1.17.1 and NumPy 2.4.6 from the numbers above.
test("what a lease's holder reports is analysed as it is, whether it was written or only tried", async () => {
  const { analytics, optimization } = await runLeased();
  const report = await analytics.getConvergenceReport("s", { kind: "optimization", id: optimization });
  expect(report.objective).toEqual(objective);
  expect(report.points.map(({ iteration, value }) => [iteration, value])).toEqual(
    accuracies.map((value, index) => [index + 1, value]),
  );
  // numpy.maximum.accumulate
  expect(report.points.map(({ best }) => best)).toEqual([
    0.52, 0.66, 0.66, 0.71, 0.71, 0.71, 0.71, 0.71, 0.71, 0.79, 0.79, 0.79, 0.79, 0.79, 0.79,
  ]);
  expect([report.best, report.bestIteration]).toEqual([0.79, 10]);
  expect(Object.fromEntries(report.bestValues)).toEqual({ var_rate_1: 1.6, var_mode_2: "fast" });
  expect(report.convergenceRate).toBeCloseTo(0.008, 12);
  // numpy.std(last ten, ddof=1)
  expect(report.stability).toBeCloseTo(0.07916929820187733, 12);

  const { impacts } = await analytics.getImpact("s", "accuracy", { optimization });
  expect(impacts.map(({ name, points }) => [name, points])).toEqual([
    ["mode", 15],
    ["rate", 15],
  ]);
  // (k - 1) (F - 1) / ((k - 1) F + n - k), F by scipy.stats.f_oneway over the measurements of each value.
  expect(impacts[0]?.importance).toBeCloseTo(0.5220324883887517, 12);
  expect(impacts[1]?.importance).toBeCloseTo(0.20937218383899062, 12);
  // scipy.stats.pearsonr
  expect(impacts[1]?.correlation).toBeCloseTo(0.564565150888397, 12);

  const { optimizationEffects } = await analytics.analyzeUsage("s");
  expect(optimizationEffects).toEqual([
    {
      session: "s",
      optimization,
      optimizer: "tpe",
      objective,
      iterations: 15,
      first: 0.52,
      best: 0.79,
      gain: expect.closeTo(0.27, 12),
    },
  ]);
});

test("a report without values is about what its variables were, and without metrics about nothing", async () => {
  const { analytics, store, optimization, fencingToken } = await openLeased();
  const lease = { optimization, fencingToken };
  for (const [index, rate] of [1, 2, 3, 4].entries()) {
    await store.setVariable("s", "rate", rate, { lease });
    await store.reportProgress("s", optimization, { fencingToken, metrics: { accuracy: rate * 2 } });
    if (index === 2) await store.reportProgress("s", optimization, { fencingToken });
  }
  const { impacts } = await analytics.getImpact("s", "accuracy");
  expect(impacts.map(({ name, points, correlation }) => [name, points, correlation])).toEqual([
    ["mode", 4, undefined],
    ["rate", 4, expect.closeTo(1, 12)],
  ]);
  const report = await analytics.getConvergenceReport("s", { kind: "optimization", id: optimization });
  expect(report.points.map(({ iteration }) => iteration)).toEqual([1, 2, 3, 5]);
  expect(Object.fromEntries(report.bestValues)).toEqual({ var_rate_1: 4, var_mode_2: "slow" });
});

test("has converged by the optimization's own threshold", async () => {
  const { analytics, store } = await openLeased();
  await store.stopOptimization("s", { kind: "variable", ref: "rate" });
  const start = async (convergenceThreshold: number) => {
    const { optimization, fencingToken } = await store.startOptimization("s", ["rate"], {
      optimizer: "tpe",
      objective,
      convergenceThreshold,
    });
    for (let i = 0; i < 11; i++) {
      await store.reportProgress("s", optimization.id, { fencingToken, metrics: { accuracy: 0.5 + i / 100 } });
    }
    await store.stopOptimization("s", { kind: "variable", ref: "rate" }).catch(() => {});
    const { converged } = await analytics.getConvergenceReport("s", { kind: "optimization", id: optimization.id });
    const { optimization: ended } = await store.getOptimizationStatus("s", { kind: "variable", ref: "rate" });
    return [converged, ended?.state];
  };
  expect(await start(0.2)).toEqual([true, "converged"]);
  expect(await start(0.05)).toEqual([false, "stopped"]);
});

test("tells nothing of an optimization of variables that the asker may not see", async () => {
  const { made, store, optimization } = await runLeased();
  const blind = { ...store, listVariables: async () => ({ items: [], revision: 0 }) };
  const analytics = made.of(blind);
  await expect(analytics.getConvergenceReport("s", { kind: "optimization", id: optimization })).rejects.toMatchObject({
    reason: "not_found",
  });
  expect((await analytics.analyzeUsage("s")).optimizationEffects).toEqual([]);
  expect((await analytics.getImpact("s", "accuracy")).impacts).toEqual([]);
});
