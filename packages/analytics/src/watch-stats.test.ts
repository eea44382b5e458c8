import type { StatsEvent } from "@trimtab/core";
import { expect, onTestFinished, test } from "vitest";
import { openAnalytics } from "./test-parts/open-analytics.ts";

async function openWatch(selection = {}) {
  const opened = await openAnalytics();
  await opened.store.registerVariables("s", [
    { name: "a", type: "integer", value: 0 },
    { name: "b", type: "integer", value: 0 },
  ]);
  const watch = opened.analytics.watchStats("s", selection, { intervalMs: 100 })[Symbol.asyncIterator]();
  onTestFinished(() => void watch.return?.());
  const next = async (): Promise<StatsEvent> => {
    const { value, done } = await watch.next();
    if (done === true) throw new Error("the watch has ended");
    return value;
  };
  return { ...opened, watch, next };
}

test("tells of all at once, and then of what was used", async () => {
  const { counted, store, next } = await openWatch();
  const first = await next();
  expect([...first.stats.keys()]).toEqual(["var_a_1", "var_b_2"]);
  expect(first.session).toMatchObject({ watchCount: 0, lastMinute: { readCount: 0, writeCount: 0 } });

  await counted.getVariable("s", "b");
  await counted.getVariable("s", "b");
  const second = await next();
  expect([...second.stats]).toMatchObject([["var_b_2", { readCount: 2, writeCount: 0 }]]);
  expect(second.session.lastMinute.readCount).toBe(2);

  // Written past the counting: the log tells of it all the same.
  await store.setVariable("s", "a", 5);
  expect([...(await next()).stats]).toMatchObject([["var_a_1", { writeCount: 1 }]]);
});

test("tells only of what is selected, new variables among it", async () => {
  const { counted, next } = await openWatch({ pattern: "a*" });
  expect([...(await next()).stats.keys()]).toEqual(["var_a_1"]);
  await counted.getVariable("s", "b");
  await counted.registerVariable("s", { name: "a2", type: "integer", value: 0 });
  await counted.setVariable("s", "a2", 1);
  expect([...(await next()).stats.keys()]).toEqual(["var_a2_3"]);
});

test("tells how the session was used over the last minute and hour", async () => {
  const { counted, time, next } = await openWatch();
  await next();
  await counted.setVariable("s", "a", 1);
  await expect(counted.setVariable("s", "a", "text")).rejects.toThrow();
  time.nowMs += 120_000;
  await counted.getVariable("s", "a");
  const { session } = await next();
  expect(session.lastMinute).toMatchObject({ readCount: 1, writeCount: 0, refusedCount: 0 });
  expect(session.lastHour).toMatchObject({ readCount: 1, writeCount: 1, refusedCount: 1 });
  expect(session.lastHour.writeLatency.count).toBe(1);
});

test("ends when it is left, also while it waits, and with its session", async () => {
  const { store, watch, next } = await openWatch();
  await next();
  const waiting = watch.next();
  await watch.return?.();
  expect((await waiting).done).toBe(true);

  const other = await openWatch();
  await other.next();
  const ended = other.watch.next();
  await other.store.deleteSession("s");
  await expect(ended).rejects.toMatchObject({ reason: "session_not_found" });
  expect((await store.getSession("s")).id).toBe("s");
});

test("refuses an interval that is too short", async () => {
  const { analytics } = await openAnalytics();
  const watch = analytics.watchStats("s", {}, { intervalMs: 99 })[Symbol.asyncIterator]();
  await expect(watch.next()).rejects.toMatchObject({
    reason: "invalid_argument",
    details: { field: "intervalMs", limit: 100 },
  });
});
