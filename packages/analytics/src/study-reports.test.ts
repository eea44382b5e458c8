import { createMemoryLog } from "@trimtab/log";
import { createStudies, type StudyEntry } from "@trimtab/studies";
import { expect, onTestFinished, test } from "vitest";
import { openAnalytics } from "./test-parts/open-analytics.ts";

const rates = [0.1, 0.2, 0.4, 0.8, 1.6];
const accuracies = [0.52, 0.66, 0.55, 0.71, 0.66, 0.64, 0.57, 0.7, 0.61, 0.79, 0.56, 0.71, 0.6, 0.76, 0.69];
const objective = { metric: "accuracy", direction: "maximize" } as const;

async function openStudies() {
  const { store, made, time } = await openAnalytics();
  await store.registerVariables("s", [
    { name: "rate", type: "float", value: 0.1, constraints: { min: 0, max: 2 } },
    { name: "mode", type: "choice", value: "slow", constraints: { choices: ["slow", "fast"] } },
  ]);
  const log = createMemoryLog<StudyEntry>();
  const studies = createStudies({ store, log, types: store.types, now: () => time.nowMs });
  onTestFinished(() => studies.close());
  const seen = studies.of(store);
  return { store, made, time, studies: seen, analytics: made.of(store, seen) };
}

async function runStudy() {
  const opened = await openStudies();
  const { studies, time } = opened;
  await studies.createStudy("s", { id: "run", variables: ["rate", "mode"], objectives: [objective], seed: 1 });
  for (const [i, accuracy] of accuracies.entries()) {
    const parameters = { rate: rates[i % 5] ?? 0, mode: i % 2 === 0 ? "slow" : "fast" };
    const { trials } = await studies.askTrials("s", "run", { clientId: "w", parameters });
    time.nowMs += 60_000;
    const number = trials[0]?.number ?? -1;
    await studies.tellTrial("s", "run", {
      number,
      values: [accuracy],
      metrics: { seconds: 10 + rates.indexOf(parameters.rate) },
    });
  }
  // What was given up, and what still runs, has measured nothing.
  const { trials } = await studies.askTrials("s", "run", { clientId: "w" });
  await studies.failTrial("s", "run", trials[0]?.number ?? -1);
  await studies.askTrials("s", "run", { clientId: "w" });
  return opened;
}

// Every expected figure was computed by SciPy 1.17.1 and NumPy 2.4.6 from the numbers above.
test("a study is analysed from its trials", async () => {
  const { analytics } = await runStudy();
  const report = await analytics.getConvergenceReport("s", { kind: "study", id: "run" });
  expect(report.objective).toEqual(objective);
  expect(report.points.map(({ iteration, value }) => [iteration, value])).toEqual([...accuracies.entries()]);
  // numpy.maximum.accumulate
  const bests = [0.52, 0.66, 0.66, 0.71, 0.71, 0.71, 0.71, 0.71, 0.71, 0.79, 0.79, 0.79, 0.79, 0.79, 0.79];
  expect(report.points.map(({ best }) => best)).toEqual(bests);
  expect([report.best, report.bestIteration]).toEqual([0.79, 9]);
  expect(Object.fromEntries(report.bestValues)).toEqual({ rate: 1.6, mode: "fast" });
  expect(report.convergenceRate).toBeCloseTo(0.008, 12);
  // numpy.std(last ten, ddof=1)
  expect(report.stability).toBeCloseTo(0.07916929820187733, 12);
  expect(report.converged).toBe(false);

  const { impacts } = await analytics.getImpact("s", "accuracy", { study: "run" });
  expect(impacts.map(({ name, points }) => [name, points])).toEqual([
    ["mode", 15],
    ["rate", 15],
  ]);
  // (k - 1) (F - 1) / ((k - 1) F + n - k), F by scipy.stats.f_oneway over the measurements of each value.
  expect(impacts[0]?.importance).toBeCloseTo(0.5220324883887517, 12);
  expect(impacts[1]?.importance).toBeCloseTo(0.20937218383899062, 12);
  // scipy.stats.pearsonr
  expect(impacts[1]?.correlation).toBeCloseTo(0.564565150888397, 12);
  // What else was measured counts too; here it follows from the rate alone.
  const ofSeconds = await analytics.getImpact("s", "seconds", { study: "run" });
  expect(ofSeconds.impacts[0]).toMatchObject({ name: "rate", importance: 1 });

  const { optimizationEffects } = await analytics.analyzeUsage("s");
  expect(optimizationEffects).toEqual([
    {
      session: "s",
      optimization: "run",
      optimizer: "tpe",
      objective,
      iterations: 15,
      first: 0.52,
      best: 0.79,
      gain: expect.closeTo(0.27, 12),
    },
  ]);
});

test("what cannot be told of a study is refused", async () => {
  const { analytics, studies, made, store } = await openStudies();
  const objectives = [objective, { metric: "loss", direction: "minimize" as const }];
  await studies.createStudy("s", { id: "two", variables: ["rate"], objectives });
  const two = { kind: "study", id: "two" } as const;
  await expect(analytics.getConvergenceReport("s", two)).rejects.toMatchObject({
    reason: "several_objectives",
    details: { objectives: 2 },
  });
  await expect(analytics.getConvergenceReport("s", { kind: "study", id: "none" })).rejects.toMatchObject({
    reason: "not_found",
    details: { resource: "study", id: "none" },
  });
  await expect(analytics.getImpact("s", "loss", { study: "two", optimization: "o" })).rejects.toMatchObject({
    reason: "invalid_argument",
    details: { field: "study" },
  });
  await expect(made.of(store).getConvergenceReport("s", two)).rejects.toMatchObject({ reason: "unimplemented" });
  expect((await analytics.analyzeUsage("s")).optimizationEffects).toEqual([]);
});

test("a study that has measured nothing yet has nothing to tell", async () => {
  const { analytics, studies } = await openStudies();
  await studies.createStudy("s", { id: "new", variables: ["rate"] });
  const report = await analytics.getConvergenceReport("s", { kind: "study", id: "new" });
  expect(report).toMatchObject({ objective: { metric: "loss", direction: "minimize" }, points: [], converged: false });
  expect(report).not.toHaveProperty("best");
  expect((await analytics.getImpact("s", "loss", { study: "new" })).impacts).toEqual([]);
});
