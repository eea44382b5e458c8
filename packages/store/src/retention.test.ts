import type { SessionCheckpoint, Store } from "@trimtab/core";
import { createMemoryLog, createMemorySnapshots, LogError } from "@trimtab/log";
import { builtinTypes } from "@trimtab/types";
import { expect, onTestFinished, test, vi } from "vitest";
import { createStore } from "./create-store.ts";
import type { StoreOptions } from "./local-store.ts";
import { createMovingClock } from "./test-parts/moving-clock.ts";

/** A store over a log in which every commit counts a thousand bytes, with a clock that can be moved. */
function open(options: Partial<StoreOptions>) {
  const log = createMemoryLog<never>({ sizeOf: () => 1000 });
  const snapshots = createMemorySnapshots<SessionCheckpoint>();
  const { clock, advance } = createMovingClock();
  const store = createStore({ types: builtinTypes, log, snapshots, shared: false, clock, ...options });
  onTestFinished(() => store.close());
  const firstKept = async () => {
    const read = await log.read("s", 0, 1);
    return read.kind === "trimmed" ? read.through + 1 : read.first;
  };
  const damage = (number: number) => {
    const read = log.read.bind(log);
    vi.spyOn(log, "read").mockImplementation(async (stream, after, limit = 1000) => {
      const found = await read(stream, after, limit);
      if (found.kind === "trimmed" || number <= after || number > after + limit) return found;
      throw new LogError("damaged", `entry ${number} is not what was stored`);
    });
  };
  return { store, advance, firstKept, damage };
}

async function write(store: Store, count: number, value = "x"): Promise<void> {
  for (let i = 0; i < count; i++) await store.setVariable("s", "text", `${value}${i}`);
}

async function start(store: Store, options: { ttlMs?: number } = {}): Promise<void> {
  await store.createSession({ id: "s", ...options });
  await store.registerVariable("s", { name: "text", type: "string", value: "" });
}

test("a session's past is limited by count", async () => {
  const { store, firstKept } = open({ historyCommits: 30, snapshotEvery: 10 });
  await start(store);
  await write(store, 198);
  await expect.poll(firstKept).toBeGreaterThan(130);
  const first = await firstKept();
  expect(first).toBeLessThanOrEqual(171);
  const then = (revision: number) => store.getVariableAt("s", "text", { kind: "revision", revision });
  await expect(then(first - 2)).rejects.toMatchObject({ reason: "not_found" });
  expect(await then(first - 1)).toMatchObject({ value: `x${first - 4}` });
});

test("what a snapshot takes the place of goes once the past that is kept lies behind it, however far off the next one is", async () => {
  const { store, firstKept } = open({ historyCommits: 5, snapshotEvery: 50 });
  await start(store);
  await write(store, 58);
  await expect.poll(firstKept).toBe(51);
  const then = (revision: number) => store.getVariableAt("s", "text", { kind: "revision", revision });
  await expect(then(49)).rejects.toMatchObject({ reason: "not_found" });
  expect([await then(50), await then(55)]).toMatchObject([{ value: "x47" }, { value: "x52" }]);
});

test("a request that is made again after what it did has gone is refused, and not carried out", async () => {
  const { store, firstKept } = open({ historyCommits: 5, snapshotEvery: 5, recentCommits: 1 });
  await start(store);
  const ask = () => store.setVariable("s", "text", "asked", { requestId: "r" });
  await ask();
  await write(store, 30);
  await expect.poll(firstKept).toBeGreaterThan(3);
  await expect(ask()).rejects.toMatchObject({ reason: "unavailable", message: expect.stringContaining("revision 3") });
  expect(await store.getVariable("s", "text")).toMatchObject({ value: "x29" });
});

test("a log that is given without snapshots is kept whole, since those in memory end before it", async () => {
  const log = createMemoryLog<never>();
  const reopened = () => createStore({ types: builtinTypes, log, shared: false, snapshotEvery: 5, historyCommits: 5 });
  const store = reopened();
  await start(store);
  await write(store, 50);
  await store.close();
  const again = reopened();
  onTestFinished(() => again.close());
  expect(await again.getVariable("s", "text")).toMatchObject({ value: "x49" });
});

test("a session's past is limited by bytes", async () => {
  const { store, firstKept } = open({ historyBytes: 40_000, snapshotEvery: 10 });
  await start(store);
  await write(store, 198);
  await expect.poll(firstKept).toBeGreaterThan(150);
  expect(await firstKept()).toBeLessThanOrEqual(161);
});

test.each([
  { historyCommits: 30.5 },
  { historyCommits: 30, historyBytes: 1e6 + 0.5 },
  { historyCommits: 30, historyBytes: Infinity },
])("limits of fractions and without an end are counted as logs count: %o", async (limits) => {
  const { store, firstKept } = open({ ...limits, snapshotEvery: 10 });
  await start(store);
  await write(store, 198);
  await expect.poll(firstKept).toBeGreaterThan(130);
  expect(Number.isInteger(await firstKept())).toBe(true);
  expect(await firstKept()).toBeLessThanOrEqual(171);
});

test("large values make room for themselves sooner than after so many commits", async () => {
  const { store, firstKept } = open({ historyBytes: 40_000, snapshotEvery: 1000 });
  await start(store);
  await write(store, 98, "x".repeat(2000));
  await expect.poll(firstKept).toBeGreaterThan(40);
});

test("a session's past is limited by age, in use or not", async () => {
  const { store, firstKept, advance } = open({ historyAgeMs: 10_000, snapshotEvery: 10, bookmarkIntervalMs: 10 });
  await start(store);
  await write(store, 48);
  advance(6000);
  await write(store, 5);
  expect(await firstKept()).toBe(1);
  advance(6000);
  await write(store, 1);
  await expect.poll(firstKept).toBeGreaterThan(40);
  expect((await store.listCommits("s")).items.length).toBeGreaterThanOrEqual(6);
  advance(11_000);
  await expect.poll(firstKept).toBe(56);
  expect(await store.getVariable("s", "text")).toMatchObject({ value: "x0", version: 54 });
});

test("a session's past is limited by age where a part of it cannot be read", async () => {
  const { store, firstKept, advance, damage } = open({
    historyAgeMs: 10_000,
    snapshotEvery: 10,
    bookmarkIntervalMs: 10,
  });
  await start(store);
  await write(store, 48);
  damage(25);
  advance(11_000);
  await expect.poll(firstKept).toBe(50);
  expect(await store.getVariable("s", "text")).toMatchObject({ value: "x47" });
});

test("the past of a session at rest ages too, once", async () => {
  const { store, firstKept, advance } = open({
    historyAgeMs: 10_000,
    snapshotEvery: 10,
    bookmarkIntervalMs: 10,
    maxLoadedSessions: 0,
  });
  await start(store, { ttlMs: 10 ** 9 });
  await write(store, 48);
  expect(await firstKept()).toBe(1);
  await expect
    .poll(() => {
      advance(11_000);
      return firstKept();
    })
    .toBe(50);
  expect(await store.getVariable("s", "text")).toMatchObject({ value: "x47", version: 48 });
  expect((await store.listVariableHistory("s", "text")).items).toHaveLength(49);
});

test.each([
  ["count", { historyCommits: 20 }],
  ["bytes", { historyBytes: 20_000 }],
  ["age", { historyAgeMs: 1000, bookmarkIntervalMs: 10 }],
])("a watch from before what is kept by %s starts over, and says so", async (_, limit) => {
  const { store, firstKept, advance } = open({ ...limit, snapshotEvery: 10, recentCommits: 4 });
  await start(store);
  let token = "";
  for await (const event of store.watch("s")) {
    token = event.token;
    break;
  }
  await write(store, 60);
  advance(2000);
  await write(store, 60);
  await expect.poll(firstKept).toBeGreaterThan(20);
  for await (const event of store.watch("s", {}, { after: token })) {
    expect(event).toMatchObject({ kind: "reset", cause: "history_lost", variables: [{ value: "x59" }] });
    break;
  }
});
