import { expect, test } from "vitest";
import { describeCommitLog, describeSnapshotStore, describeSummaryStore } from "./conformance/index.ts";
import { createMemoryLog, createMemorySnapshots, createMemorySummaries } from "./index.ts";

// A memory log survives in the object itself, which is what a store that is opened anew on it sees.
describeCommitLog("memory", async () => {
  const log = createMemoryLog();
  return { log, reopen: async () => log };
});
describeSnapshotStore("memory", async () => createMemorySnapshots());
describeSummaryStore("memory", async () => createMemorySummaries());

test("a stream of its own is the one that the log appends to, trims and lists", async () => {
  const log = createMemoryLog<string>();
  const listed = async () => {
    const ends: unknown[] = [];
    for await (const end of log.streams()) ends.push(end);
    return ends;
  };
  const stream = log.stream("s");
  expect(await listed()).toEqual([]);
  expect(stream.appendNow(0, ["a", "b"])).toBe(true);
  expect(log.appendNow("s", 2, ["c"])).toBe(true);
  expect([stream.appendNow(2, ["late"]), stream.appendNow(3, [])]).toEqual([false, true]);
  await log.trim("s", 3);
  expect(stream.appendNow(3, ["d"])).toBe(true);
  expect(log.stream("s")).toBe(stream);
  expect(await log.read("s", 3)).toEqual({ kind: "entries", first: 4, entries: ["d"] });
  expect(await listed()).toEqual([{ stream: "s", last: 4 }]);
  expect(() => stream.appendNow(-1, ["a"])).toThrow(RangeError);
});
