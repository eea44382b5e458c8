import type { Commit, SetOptions } from "@trimtab/core";
import { describe, expect, test } from "vitest";
import { midnightMs, openAnalytics } from "./test-parts/open-analytics.ts";

const hourMs = 3_600_000;

/** Every commit of a session, straight from its log. */
async function rawCommits(
  read: (session: string, after: number) => Promise<{ kind: string; entries?: readonly Commit[] }>,
) {
  const commits: Commit[] = [];
  for (;;) {
    const { entries = [] } = await read("s", commits.at(-1)?.revision ?? 0);
    if (entries.length === 0) return commits;
    commits.push(...entries);
  }
}

async function openDay() {
  const opened = await openAnalytics();
  const { store, counted, time } = opened;
  await store.registerVariables("s", [
    { name: "a", type: "float", value: 0 },
    { name: "b", type: "float", value: 0 },
    { name: "c", type: "integer", value: 0 },
    { name: "mode", type: "choice", value: "slow", constraints: { choices: ["slow", "fast"] } },
  ]);
  for (let i = 0; i < 48; i++) {
    const by: SetOptions = { actor: i % 3 === 0 ? "tuner" : "person", origin: i % 2 === 0 ? "python" : "typescript" };
    await counted.setVariable("s", "a", Math.sin(i), by);
    if (i % 2 === 0) await counted.setVariables("s", { b: Math.sin(i) * 2 + (i % 5) / 10, c: i }, by);
    if (i % 12 === 0) await counted.setVariable("s", "mode", i % 24 === 0 ? "fast" : "slow", by);
    for (let reads = 0; reads < i % 4; reads++) await counted.getVariable("s", "c");
    time.nowMs += hourMs / 2;
  }
  return opened;
}

describe("usage, counted anew from the raw commits", () => {
  test("the most used, groups and patterns of the whole day", async () => {
    const { store, analytics } = await openDay();
    const commits = await rawCommits(store.readCommits);
    const sets = commits.flatMap((commit) =>
      commit.events.flatMap((event) => (event.kind === "variable-set" ? [{ commit, event }] : [])),
    );
    const report = await analytics.analyzeUsage("s", { groupBy: "actor" });

    const byName = Object.fromEntries(report.mostUsed.map(({ name, ...of }) => [name, of]));
    for (const name of ["a", "b", "c", "mode"]) {
      expect(byName[name]?.writeCount).toBe(sets.filter(({ event }) => event.name === name).length);
    }
    const reads = Array.from({ length: 48 }, (_, i) => i % 4).reduce((sum, each) => sum + each, 0);
    expect(byName["c"]?.readCount).toBe(reads);
    expect(report.mostUsed.map(({ name }) => name)).toEqual(["c", "a", "b", "mode"]);

    const ofTuner = sets.filter(({ commit }) => commit.actor === "tuner");
    expect(report.groups.find(({ key }) => key === "tuner")).toEqual({
      key: "tuner",
      variableCount: new Set(ofTuner.map(({ event }) => event.id)).size,
      readCount: 0,
      writeCount: ofTuner.length,
      writesPerHour: ofTuner.length / 24,
    });
    for (let hour = 0; hour < 24; hour++) {
      const inHour = sets.filter(({ commit }) => new Date(commit.atMs).getUTCHours() === hour);
      expect(report.accessPatterns.writesByHour[hour]).toBe(inHour.length);
    }
    expect(report.accessPatterns.readsByHour.reduce((sum, each) => sum + each, 0)).toBe(reads);
    expect(report.accessPatterns.readsByHour[1]).toBe((2 % 4) + (3 % 4));
    expect(report.accessPatterns.writesByActor.get("tuner")).toBe(ofTuner.length);
    expect(report.timeRange).toEqual({ sinceMs: midnightMs, untilMs: midnightMs + 24 * hourMs });
  });

  test("a range of time counts what lies in it", async () => {
    const { store, analytics } = await openDay();
    const range = { sinceMs: midnightMs + 3 * hourMs, untilMs: midnightMs + 7 * hourMs };
    const commits = (await rawCommits(store.readCommits)).filter(
      ({ atMs }) => atMs >= range.sinceMs && atMs < range.untilMs,
    );
    const writes = commits.flatMap(({ events }) => events.filter(({ kind }) => kind === "variable-set"));
    const report = await analytics.analyzeUsage("s", { ...range, groupBy: "session" });
    expect(report.timeRange).toEqual(range);
    expect(report.groups).toMatchObject([{ key: "s", writeCount: writes.length, writesPerHour: writes.length / 4 }]);
  });

  test("by type and by origin", async () => {
    const { analytics } = await openDay();
    const types = (await analytics.analyzeUsage("s")).groups;
    expect(types.map(({ key, variableCount, writeCount }) => [key, variableCount, writeCount])).toEqual([
      // The most used first: the integer is read, too.
      ["integer", 1, 24],
      ["float", 2, 48 + 24],
      ["choice", 1, 4],
    ]);
    const origins = (await analytics.analyzeUsage("s", { groupBy: "origin" })).groups;
    expect(origins.map(({ key, writeCount }) => [key, writeCount])).toEqual([
      ["python", 24 + 48 + 4],
      ["typescript", 24],
    ]);
  });

  test("over several sessions, and no more than may be looked at once", async () => {
    const { store, counted, analytics } = await openDay();
    await store.createSession({ id: "s2" });
    await store.registerVariable("s2", { name: "a", type: "float", value: 0 });
    await counted.setVariable("s2", "a", 1);
    const { groups } = await analytics.analyzeUsage("s", { sessionPattern: "s*", groupBy: "session" });
    expect(groups.map(({ key, writeCount }) => [key, writeCount])).toEqual([
      ["s", 100],
      ["s2", 1],
    ]);
    for (let i = 0; i < 101; i++) await store.createSession({ id: `many-${i}` });
    await expect(analytics.analyzeUsage("s", { sessionPattern: "many-*" })).rejects.toMatchObject({
      reason: "limit_exceeded",
      details: { field: "sessionPattern", limit: 100 },
    });
  });
});

describe("correlations", () => {
  test("compare the values that both had at every commit that wrote either", async () => {
    const { store, analytics } = await openDay();
    const { correlations, revision } = await analytics.getCorrelations("s", { refs: ["a", "b"] });
    // Told from the values as they stood after each commit, and Pearson's coefficient by its textbook sum of products.
    const values: Record<string, number> = { a: 0, b: 0 };
    const points: [number, number][] = [];
    for (const { events } of await rawCommits(store.readCommits)) {
      const sets = events.filter((event) => event.kind === "variable-set" && event.name in values);
      for (const event of sets) {
        if (event.kind === "variable-set" && event.payload.kind === "number") values[event.name] = event.payload.value;
      }
      if (sets.length > 0) points.push([values["a"] ?? 0, values["b"] ?? 0]);
    }
    const n = points.length;
    const sum = (of: (point: [number, number]) => number) => points.reduce((total, point) => total + of(point), 0);
    const [x, y] = [sum(([a]) => a), sum(([, b]) => b)];
    const [xx, yy, xy] = [sum(([a]) => a * a), sum(([, b]) => b * b), sum(([a, b]) => a * b)];
    const expected = (n * xy - x * y) / Math.sqrt((n * xx - x * x) * (n * yy - y * y));
    expect(correlations).toHaveLength(1);
    expect(correlations[0]?.points).toBe(n);
    expect(correlations[0]?.coefficient).toBeCloseTo(expected, 10);
    expect([correlations[0]?.first.name, correlations[0]?.second.name]).toEqual(["a", "b"]);
    expect(revision).toBe((await store.getSession("s")).revision);
  });

  test("leave out weak pairs, pairs with few points, and what is no number", async () => {
    const { analytics } = await openDay();
    const all = await analytics.getCorrelations("s");
    expect(all.correlations).toHaveLength(3);
    expect(all.correlations.map(({ coefficient }) => Math.abs(coefficient))).toEqual(
      all.correlations.map(({ coefficient }) => Math.abs(coefficient)).sort((p, q) => q - p),
    );
    const strong = await analytics.getCorrelations("s", { minStrength: 0.5 });
    expect(strong.correlations.every(({ coefficient }) => Math.abs(coefficient) >= 0.5)).toBe(true);
    expect((await analytics.getCorrelations("s", { minPoints: 49 })).correlations).toHaveLength(2);
    expect((await analytics.getCorrelations("s", { refs: ["a", "mode"] })).correlations).toEqual([]);
  });

  test("refuse what cannot be asked", async () => {
    const { analytics } = await openDay();
    for (const [options, field] of [
      [{ minPoints: 2 }, "minPoints"],
      [{ minStrength: 1.1 }, "minStrength"],
      [{ sinceMs: 2, untilMs: 1 }, "untilMs"],
    ] as const) {
      await expect(analytics.getCorrelations("s", options)).rejects.toMatchObject({
        reason: "invalid_argument",
        details: { field },
      });
    }
    await expect(analytics.getCorrelations("s", { refs: ["a", "none"] })).rejects.toMatchObject({
      reason: "not_found",
    });
  });
});

async function openSearch() {
  const opened = await openAnalytics();
  await opened.store.registerVariables("s", [
    { name: "rate", type: "float", value: 0 },
    { name: "mode", type: "choice", value: "slow", constraints: { choices: ["slow", "fast"] } },
    { name: "idle", type: "float", value: 3 },
  ]);
  const report = (iteration: number, rate: number, mode: string, loss: number) =>
    opened.counted.setVariables(
      "s",
      { rate, mode },
      {
        metadata: { optimizer_id: "tpe", optimization_id: "run", iteration, metrics: { loss, other: -loss } },
      },
    );
  return { ...opened, report };
}

describe("searches", () => {
  test("a report of how the objective was approached", async () => {
    const { analytics, report } = await openSearch();
    const losses = [5, 4, 4.5, 3, 3.5, 2, 2.5, 2.2, 1.9, 2.4, 1.5, 1.6, 1.4];
    for (const [i, loss] of losses.entries()) await report(i + 1, i / 10, i % 2 === 0 ? "slow" : "fast", loss);
    const found = await analytics.getConvergenceReport("s", { kind: "optimization", id: "run" });
    expect(found.objective).toEqual({ metric: "loss", direction: "minimize" });
    expect(found.points.map(({ value }) => value)).toEqual(losses);
    expect(found.points.map(({ best }) => best)).toEqual([5, 4, 4, 3, 3, 2, 2, 2, 1.9, 1.9, 1.5, 1.5, 1.4]);
    expect([found.best, found.bestIteration]).toEqual([1.4, 13]);
    expect(Object.fromEntries(found.bestValues)).toEqual({ var_rate_1: 1.2, var_mode_2: "slow" });
    // (4 - 1.4) / 10: the best ten measurements before the last, less the best now.
    expect(found.convergenceRate).toBeCloseTo(0.26, 12);
    // numpy.std([3, 3.5, 2, 2.5, 2.2, 1.9, 2.4, 1.5, 1.6, 1.4], ddof=1)
    expect(found.stability).toBeCloseTo(0.6733003292241385, 12);
    expect(found.converged).toBe(false);
    const { optimizationEffects } = await analytics.analyzeUsage("s");
    expect(optimizationEffects).toMatchObject([
      { session: "s", optimization: "run", optimizer: "tpe", iterations: 13, first: 5, best: 1.4, gain: 3.6 },
    ]);
  });

  test("has converged once ten measurements gained next to nothing", async () => {
    const { analytics, report } = await openSearch();
    for (let i = 1; i <= 12; i++) await report(i, 0, "slow", i === 1 ? 2 : 1 + (i % 3) / 10_000_000);
    expect((await analytics.getConvergenceReport("s", { kind: "optimization", id: "run" })).converged).toBe(true);
  });

  test("a search that nobody has reported of is not found", async () => {
    const { analytics } = await openSearch();
    await expect(analytics.getConvergenceReport("s", { kind: "optimization", id: "none" })).rejects.toMatchObject({
      reason: "not_found",
      details: { resource: "optimization", id: "none" },
    });
  });

  test("says what the metric goes with", async () => {
    const { analytics, report } = await openSearch();
    // The mode decides nearly all; the rate, which goes round independently of it, next to nothing.
    for (let i = 0; i < 40; i++) {
      const isFast = i % 2 === 1;
      await report(i, [0.1, 0.2, 0.4][i % 3] ?? 0, isFast ? "fast" : "slow", (isFast ? 1 : 3) + (i % 5) / 100);
    }
    const { impacts } = await analytics.getImpact("s", "loss");
    expect(impacts.map(({ name }) => name)).toEqual(["mode", "rate"]);
    expect(impacts[0]?.importance).toBeGreaterThan(0.99);
    expect(impacts[0]).not.toHaveProperty("correlation");
    expect(impacts[1]?.importance).toBeLessThan(0.05);
    expect(impacts[1]?.points).toBe(40);
    const named = await analytics.getImpact("s", "loss", { refs: ["idle"] });
    expect(named.impacts).toMatchObject([{ name: "idle", importance: 0, points: 40 }]);
    expect((await analytics.getImpact("s", "unknown")).impacts).toEqual([]);
    expect((await analytics.getImpact("s", "loss", { optimization: "other" })).impacts).toEqual([]);
  });
});
