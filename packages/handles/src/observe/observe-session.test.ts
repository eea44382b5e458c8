import { getEventListeners } from "node:events";
import { setImmediate as nextTurn } from "node:timers/promises";
import { storeError } from "@trimtab/core";
import { describe, expect, test } from "vitest";
import { closingAfterEach, rejection, thrown } from "../test-parts/assistant.ts";
import { createFragileStore } from "../test-parts/fragile-store.ts";
import { createManualTimers } from "../test-parts/manual-timers.ts";
import { type ObserveSessionOptions, observeSession } from "./observe-session.ts";
import type { ObservedEvent } from "./observed-event.ts";

const { closing, newStore } = closingAfterEach();

async function open(options: ObserveSessionOptions = {}) {
  const store = createFragileStore(newStore());
  await store.createSession({ id: "s" });
  await store.registerVariables("s", [
    { name: "temperature", type: "float", value: 0.7 },
    { name: "model", type: "choice", value: "a", constraints: { choices: ["a", "b"] } },
  ]);
  const observers = await observeSession(store, "s", options);
  closing({ close: async () => observers.close() });
  return { store, observers };
}

/** Collects what an observer is told, and waits until there is so much of it. */
function collector() {
  const events: ObservedEvent[] = [];
  const observer = (event: ObservedEvent) => void events.push(event);
  return {
    events,
    observer,
    count: (count: number) => expect.poll(() => events.length, { interval: 1 }).toBeGreaterThanOrEqual(count),
  };
}

describe("observers of a session", () => {
  test("are told of updates with both values, who made them and why", async () => {
    const { store, observers } = await open();
    const { events, observer, count } = collector();
    observers.observe("temperature", observer);
    await store.setVariable("s", "model", "b");
    await store.setVariable("s", "temperature", 0.9, { actor: "ada", metadata: { reason: "test" } });
    await count(1);
    expect(events).toEqual([
      expect.objectContaining({
        kind: "updated",
        name: "temperature",
        oldValue: 0.7,
        newValue: 0.9,
        version: 1,
        actor: "ada",
        metadata: { reason: "test" },
        lagged: false,
      }),
    ]);
  });

  test("hear of deletion and of variables that come later, by pattern", async () => {
    const { store, observers } = await open();
    const { events, observer, count } = collector();
    observers.observe({ pattern: "t*" }, observer);
    await store.registerVariable("s", { name: "top_p", type: "float", value: 1 });
    await store.deleteVariable("s", "temperature");
    await count(2);
    expect(events.map(({ kind, name }) => [kind, name])).toEqual([
      ["registered", "top_p"],
      ["deleted", "temperature"],
    ]);
  });

  test("are refused where the variable is unknown", async () => {
    const { observers } = await open();
    expect(thrown(() => observers.observe("nothing", () => {}))).toMatchObject({ reason: "not_found" });
    const store = newStore();
    await rejection(observeSession(store, "nowhere"), "session_not_found");
  });

  test("are not opened where calls are answered and the watch is silent, as behind a proxy that buffers", async () => {
    const store = createFragileStore(newStore());
    await store.createSession({ id: "s" });
    store.hold(true);
    const timers = createManualTimers();
    const opened = rejection(observeSession(store, "s", { timers, livenessTimeoutMs: 1000 }), "deadline_exceeded");
    let isOpening = true;
    void opened.then(() => {
      isOpening = false;
    });
    store.refuse(storeError("unavailable", "away", {}));
    timers.advance(60_000);
    await nextTurn();
    expect(isOpening).toBe(true);
    store.refuse(undefined);
    timers.advance(60_000);
    expect((await opened).message).toContain("a proxy in between may be buffering answers");
  });

  test("filter on the old value and the new, and leave out what is the same", async () => {
    const { store, observers } = await open();
    const far = collector();
    const distinct = collector();
    const all = collector();
    const filter = (before: unknown, now: unknown) => Math.abs(Number(now) - Number(before)) > 0.1;
    observers.observe("temperature", far.observer, { filter });
    observers.observe("temperature", distinct.observer, { distinct: true });
    observers.observe("temperature", all.observer);
    for (const value of [0.75, 0.75, 1.5]) await store.setVariable("s", "temperature", value);
    await all.count(3);
    expect(far.events.map(({ newValue }) => newValue)).toEqual([1.5]);
    expect(distinct.events.map(({ newValue }) => newValue)).toEqual([0.75, 1.5]);
  });

  test("are called in order of priority, then of registration", async () => {
    const { store, observers } = await open();
    const calls: string[] = [];
    observers.observe("temperature", () => calls.push("usual, first"));
    observers.observe("temperature", () => calls.push("late"), { priority: 1 });
    observers.observe("temperature", () => calls.push("early"), { priority: 99 });
    observers.observe({ pattern: "temp*" }, () => calls.push("usual, second"));
    await store.setVariable("s", "temperature", 1);
    await expect.poll(() => calls.length, { interval: 1 }).toBe(4);
    expect(calls).toEqual(["early", "usual, first", "usual, second", "late"]);
  });

  test("do not disturb each other: one is slow, one throws, one is told everything in order", async () => {
    const errors: unknown[] = [];
    const { store, observers } = await open({ onError: (error) => errors.push(error) });
    const { events, observer, count } = collector();
    const gate = Promise.withResolvers<void>();
    const slow: number[] = [];
    observers.observe("temperature", async ({ version }) => {
      slow.push(version);
      await gate.promise;
    });
    observers.observe("temperature", ({ version }) => {
      throw new RangeError(`version ${version}`);
    });
    observers.observe("temperature", observer);
    for (let i = 1; i <= 5; i++) await store.setVariable("s", "temperature", i);
    await count(5);
    expect(events.map(({ version }) => version)).toEqual([1, 2, 3, 4, 5]);
    expect(errors).toHaveLength(5);
    expect(slow).toEqual([1]);
    gate.resolve();
    await expect.poll(() => slow.length, { interval: 1 }).toBe(5);
    expect(slow).toEqual([1, 2, 3, 4, 5]);
  });

  test("that fall too far behind get the latest of each variable, marked as lagged", async () => {
    const { store, observers } = await open({ capacity: 3 });
    const gate = Promise.withResolvers<void>();
    const told: ObservedEvent[] = [];
    observers.observe({ pattern: "*" }, async (event) => {
      told.push(event);
      await gate.promise;
    });
    const witness = collector();
    observers.observe("temperature", witness.observer);
    for (let i = 1; i <= 20; i++) await store.setVariable("s", "temperature", i);
    await store.setVariable("s", "model", "b");
    await witness.count(20);
    gate.resolve();
    await expect.poll(() => told.some(({ name }) => name === "model"), { interval: 1 }).toBe(true);
    const temperatures = told.filter(({ name }) => name === "temperature");
    expect(temperatures.length).toBeLessThan(8);
    expect(temperatures.at(-1)).toMatchObject({ newValue: 20, lagged: true });
  });

  test("are told batches, and paced, where they ask for it", async () => {
    const timers = createManualTimers();
    const { store, observers } = await open({ timers });
    const batches: number[][] = [];
    const paced = collector();
    const witness = collector();
    const collect = (events: readonly ObservedEvent[]) => batches.push(events.map(({ version }) => version));
    observers.observeBatches("temperature", collect, { batch: { maxSize: 2, maxDelayMs: 100 } });
    observers.observe("temperature", paced.observer, { debounceMs: 100 });
    observers.observe("temperature", witness.observer);
    for (let i = 1; i <= 5; i++) await store.setVariable("s", "temperature", i);
    await witness.count(5);
    expect(paced.events.map(({ version }) => version)).toEqual([1]);
    timers.advance(100);
    await paced.count(2);
    await expect.poll(() => batches.length, { interval: 1 }).toBe(3);
    expect(batches).toEqual([[1, 2], [3, 4], [5]]);
    expect(paced.events.map(({ version, oldValue }) => [version, oldValue])).toEqual([
      [1, 0.7],
      [5, 1],
    ]);
    await store.setVariable("s", "temperature", 6);
    await store.setVariable("s", "temperature", 7);
    await witness.count(7);
    observers.close();
    expect(timers.pending).toEqual([]);
  });

  test("count once for one target, and end in every way there is", async () => {
    const { observers } = await open();
    const observer = () => {};
    const abort = new AbortController();
    observers.observe("temperature", observer);
    const stop = observers.observe("temperature", observer, { priority: 1 });
    expect(observers.count("temperature")).toBe(1);
    stop();
    stop();
    expect(observers.count("temperature")).toBe(0);
    observers.observe("model", observer, { signal: abort.signal });
    abort.abort();
    observers.observe({ pattern: "*" }, observer);
    observers.unobserve({ pattern: "*" }, observer);
    observers.unobserve("temperature", observer);
    expect(observers.count()).toBe(0);
    observers.observe("model", observer);
    observers.close();
    expect(observers.count()).toBe(0);
    expect(observers.status).toBe("closed");
  });

  test("count once, and are told once, for a variable by its name and by its id", async () => {
    const { store, observers } = await open();
    const { id } = await store.getVariable("s", "temperature");
    const { events, observer, count } = collector();
    observers.observe("temperature", observer);
    observers.observe(id, observer);
    expect([observers.count("temperature"), observers.count(id), observers.count()]).toEqual([1, 1, 1]);
    await store.setVariable("s", "temperature", 0.8);
    observers.observe("model", observer);
    await store.setVariable("s", "model", "b");
    await count(2);
    expect(events.map(({ name }) => name)).toEqual(["temperature", "model"]);
    observers.unobserve("temperature", observer);
    expect(observers.count(id)).toBe(0);
  });

  test("hear what happened while the connection was broken", async () => {
    const timers = createManualTimers();
    const { store, observers } = await open({ timers });
    const { events, observer, count } = collector();
    observers.observe("temperature", observer);
    store.hold(true);
    store.cut(storeError("unavailable", "cut", {}));
    await expect.poll(() => observers.status, { interval: 1 }).toBe("stale");
    await store.setVariable("s", "temperature", 1);
    await store.setVariable("s", "temperature", 2);
    store.hold(false);
    timers.advance(60_000);
    await count(2);
    expect(events.map(({ version, oldValue, newValue }) => [version, oldValue, newValue])).toEqual([
      [1, 0.7, 1],
      [2, 1, 2],
    ]);
  });

  test("refuse patterns, times, sizes and priorities that are none", async () => {
    const { store, observers } = await open();
    for (const pattern of ["", "s/*"]) {
      expect(thrown(() => observers.observe({ pattern }, () => {}))).toMatchObject({ reason: "invalid_argument" });
    }
    for (const how of [
      { debounceMs: Number.NaN },
      { throttleMs: -1 },
      { priority: Number.NaN },
      { batch: { maxSize: 0 } },
      { batch: { maxDelayMs: -1 } },
    ]) {
      expect(thrown(() => observers.observeBatches("temperature", () => {}, how))).toMatchObject({
        reason: "invalid_argument",
      });
    }
    expect(observers.count()).toBe(0);
    await rejection(observeSession(store, "s", { livenessTimeoutMs: 0 }), "invalid_argument");
    await rejection(observeSession(store, "s", { capacity: Number.NaN }), "invalid_argument");
  });

  test("let go of their signals however they end, and begin no more after closing", async () => {
    const { observers } = await open();
    const { signal } = new AbortController();
    const observer = () => {};
    observers.observe("temperature", observer, { signal })();
    observers.observe("temperature", observer, { signal });
    observers.unobserve("temperature", observer);
    observers.observe("model", observer, { signal });
    observers.close();
    expect(getEventListeners(signal, "abort")).toEqual([]);
    expect(thrown(() => observers.observe("model", observer))).toMatchObject({ reason: "cancelled" });
    expect(observers.count()).toBe(0);
  });
});
