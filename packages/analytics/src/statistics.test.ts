import { isStoreError, type Store, storeWhichGivesUp, whichGivesUp } from "@trimtab/core";
import { describe, expect, test } from "vitest";
import { midnightMs, openAnalytics } from "./test-parts/open-analytics.ts";

const hourMs = 3_600_000;

async function openCounter(options = {}) {
  const opened = await openAnalytics(options);
  await opened.store.registerVariables("s", [
    { name: "n", type: "integer", value: 0, constraints: { max: 100 } },
    { name: "t", type: "float", value: 0.5 },
  ]);
  return opened;
}

test("counts reads, writes, observers and what clients report", async () => {
  const { counted, analytics, time } = await openCounter();
  expect(await analytics.getVariableStats("s", "n")).toEqual({
    readCount: 0,
    writeCount: 0,
    cacheHits: 0,
    cacheMisses: 0,
    readLatency: { count: 0, meanMs: 0, p50Ms: 0, p95Ms: 0, p99Ms: 0, maxMs: 0 },
    writeLatency: { count: 0, meanMs: 0, p50Ms: 0, p95Ms: 0, p99Ms: 0, maxMs: 0 },
    observerCount: 0,
    sinceMs: midnightMs,
  });

  await counted.getVariable("s", "n");
  await counted.getVariables("s", ["n", "t", "unknown"]);
  await counted.listVariables("s", { pattern: "n" });
  await counted.putConfigurationSpace("s", { name: "both", variables: ["n", "t"] });
  await counted.getConfiguration("s", "both");
  await counted.setVariable("s", "n", 1);
  await counted.setVariables("s", { n: 2, t: 0.6 });
  await counted.rollbackVariable("s", "n", { kind: "version", version: 0 });
  time.nowMs += 5;
  await counted.getVariable("s", "var_n_1");
  await analytics.reportClientReads("s", [
    { ref: "n", cacheHits: 3, cacheMisses: 1 },
    { ref: "unknown", cacheHits: 9 },
  ]);

  const { stats, missing } = await analytics.getVariablesStats("s", ["n", "t", "unknown"]);
  expect(missing).toEqual(["unknown"]);
  expect(stats.get("n")).toMatchObject({
    readCount: 5,
    writeCount: 3,
    cacheHits: 3,
    cacheMisses: 1,
    lastAccessedAtMs: midnightMs + 5,
  });
  expect(stats.get("t")).toMatchObject({ readCount: 2, writeCount: 1, cacheHits: 0 });
  expect(stats.get("n")?.readLatency.count).toBe(5);
  expect(stats.get("n")?.writeLatency.count).toBe(3);
});

test("counts what goes through a store whose calls are given up with a signal, too", async () => {
  const { store, analytics, made } = await openCounter();
  const network = { ...store, [whichGivesUp]: () => store };
  const given = storeWhichGivesUp(made.counting(network), new AbortController().signal);
  await given.getVariable("s", "n");
  expect((await analytics.getVariableStats("s", "n")).readCount).toBe(1);
});

test("gives out values and how they were used together", async () => {
  const { counted, analytics } = await openCounter();
  await counted.setVariable("s", "n", 4);
  const { found, stats, missing, revision } = await analytics.getVariablesWithStats("s", ["n", "unknown"]);
  expect(found.get("n")?.value).toBe(4);
  expect(stats.get("n")?.writeCount).toBe(1);
  expect([missing, revision]).toEqual([["unknown"], found.get("n")?.revision]);
});

test("counts a report that is made twice once", async () => {
  const { analytics, time } = await openCounter();
  const report = () => analytics.reportClientReads("s", [{ ref: "n", cacheHits: 1 }], { requestId: "r" });
  await report();
  await report();
  expect((await analytics.getVariableStats("s", "n")).cacheHits).toBe(1);
  time.nowMs += 11 * 60_000;
  await report();
  expect((await analytics.getVariableStats("s", "n")).cacheHits).toBe(2);
});

test("counts the watches that select a variable, from their first event until they end", async () => {
  const { counted, analytics } = await openCounter();
  const observers = async () => (await analytics.getVariableStats("s", "n")).observerCount;
  const watches = [{ refs: ["n"] }, { pattern: "n*" }, {}, { refs: ["t"] }].map((selection) =>
    counted.watch("s", selection)[Symbol.asyncIterator](),
  );
  expect(await observers()).toBe(0);
  for (const watch of watches) await watch.next();
  expect(await observers()).toBe(3);
  await watches[0]?.return?.();
  expect(await observers()).toBe(2);
  await counted.deleteVariable("s", "t");
  await counted.deleteSession("s");
  const ends = watches.slice(1).map(async (watch) => {
    while ((await watch.next()).done !== true);
  });
  await Promise.all(ends);
  await counted.createSession({ id: "s" });
  await counted.registerVariable("s", { name: "n", type: "integer", value: 0 });
  expect(await observers()).toBe(0);
});

describe("a session of an earlier one's id", () => {
  const used = async ({ counted, made }: Awaited<ReturnType<typeof openCounter>>) => {
    await counted.getVariable("s", "n");
    await counted.setVariable("s", "n", 1);
    await made.of(counted).reportClientReads("s", [{ ref: "n", cacheHits: 2 }]);
  };
  const again = (store: Store) => store.registerVariable("s", { name: "n", type: "integer", value: 0 });
  const unused = { readCount: 0, writeCount: 0, cacheHits: 0, writeLatency: { count: 0 } };

  test("begins with nothing that was counted of that, which was deleted", async () => {
    const opened = await openCounter();
    await used(opened);
    await opened.counted.deleteSession("s");
    await opened.store.createSession({ id: "s" });
    await again(opened.store);
    expect(await opened.analytics.getVariableStats("s", "n")).toMatchObject(unused);
  });

  test("begins with nothing that was counted of that, which expired", async () => {
    const opened = await openCounter();
    const { store, counted, analytics, time } = opened;
    await used(opened);
    await store.updateSession("s", { ttlMs: 1000 });
    time.nowMs += 2000;
    await counted.createSession({ id: "s", ifExists: "keep" });
    await again(store);
    expect(await analytics.getVariableStats("s", "n")).toMatchObject(unused);
    await counted.getVariable("s", "n");
    // Opened once more, it is the same.
    await counted.createSession({ id: "s", ifExists: "keep" });
    expect(await analytics.getVariableStats("s", "n")).toMatchObject({ readCount: 1 });
  });

  test("keeps the watches that go on with it", async () => {
    const { store, counted, analytics } = await openCounter();
    const watch = counted.watch("s")[Symbol.asyncIterator]();
    await watch.next();
    await Promise.all([counted.deleteSession("s"), counted.createSession({ id: "s" })]);
    await again(store);
    expect((await analytics.getVariableStats("s", "n")).observerCount).toBe(1);
    await watch.return?.();
    expect((await analytics.getVariableStats("s", "n")).observerCount).toBe(0);
  });
});

/** A store whose reads take as long as they are told, by the same clock that counts them. */
const slowed = (store: Store, time: { nowMs: number }, durations: readonly number[]): Store => {
  let next = 0;
  return {
    ...store,
    async getVariable(session, ref) {
      const variable = await store.getVariable(session, ref);
      time.nowMs += durations[next++] ?? 0;
      return variable;
    },
  };
};

test("quantiles of durations are those of the raw durations, to 1 %", async () => {
  const { createAnalytics } = await import("./create-analytics.ts");
  const { store, time } = await openCounter();
  const clock = { now: () => time.nowMs, elapsed: () => time.nowMs - midnightMs };
  const made = createAnalytics({ readCommits: store.readCommits, clock, sampleEvery: 1 });
  // Long-tailed, in an order that has nothing to do with their size.
  const durations = Array.from({ length: 1000 }, (_, i) => 0.2 * 1.01 ** ((i * 617) % 1000));
  const counted = made.counting(slowed(store, time, durations));
  for (const _ of durations) await counted.getVariable("s", "n");
  const { readLatency } = await made.of(store).getVariableStats("s", "n");
  const sorted = [...durations].sort((a, b) => a - b);
  const total = durations.reduce((sum, each) => sum + each, 0);
  expect(readLatency.count).toBe(1000);
  expect(readLatency.meanMs).toBeCloseTo(total / 1000, 3);
  for (const [found, quantile] of [
    [readLatency.p50Ms, 0.5],
    [readLatency.p95Ms, 0.95],
    [readLatency.p99Ms, 0.99],
    [readLatency.maxMs, 1],
  ] as const) {
    const exact = sorted[Math.ceil(quantile * 1000) - 1] ?? 0;
    expect(Math.abs(found - exact)).toBeLessThanOrEqual(0.021 * exact);
  }
});

test("samples durations of reads and writes that come often, and counts every read", async () => {
  const { counted, analytics } = await openCounter({ sampleEvery: 10 });
  for (let i = 0; i < 132; i++) await counted.getVariable("s", "n");
  for (let i = 0; i < 132; i++) await counted.setVariable("s", "n", i % 100);
  const { readCount, readLatency, writeLatency } = await analytics.getVariableStats("s", "n");
  expect(readCount).toBe(132);
  // The first 32, and then numbers 40, 50, ... 130.
  expect(readLatency.count).toBe(42);
  expect(writeLatency.count).toBe(42);
});

test("forgets the sessions that were used longest ago beyond what it may hold, and says since when it counts", async () => {
  const { store, counted, analytics, time } = await openCounter({ maxVariables: 3 });
  await counted.getVariables("s", ["n", "t"]);
  time.nowMs += hourMs;
  await store.createSession({ id: "other" });
  for (const name of ["a", "b"]) await store.registerVariable("other", { name, type: "integer", value: 0 });
  await counted.getVariables("other", ["a", "b"]);
  expect(await analytics.getVariableStats("s", "n")).toMatchObject({ readCount: 0, sinceMs: midnightMs + hourMs });
  expect(await analytics.getVariableStats("other", "a")).toMatchObject({ readCount: 1 });
});

test("a store's refusals pass through, and what is unknown or malformed is refused by name", async () => {
  const { counted, analytics } = await openCounter();
  await expect(counted.setVariable("s", "n", 101)).rejects.toMatchObject({ reason: "constraint_violation" });
  await expect(analytics.getVariableStats("s", "unknown")).rejects.toMatchObject({ reason: "not_found" });
  await expect(analytics.getVariableStats("gone", "n")).rejects.toMatchObject({ reason: "session_not_found" });
  const wrong = analytics.reportClientReads("s", [{ ref: "n", cacheHits: -1 }]);
  const error = await wrong.catch((thrown: unknown) => thrown);
  expect(isStoreError(error, "invalid_argument") && error.details.field).toBe("reads[0].cacheHits");
});
