import { type Commit, isStoreError, type StoreError } from "@trimtab/core";
import { type CommitLog, createMemoryLog, gathering } from "@trimtab/log";
import { builtinTypes } from "@trimtab/types";
import { describe, expect, test } from "vitest";
import { createStore } from "./create-store.ts";

/** A memory log whose appends wait for a gate and fail on demand: a slow or broken disk around a real log. */
function createFaultyLog(gather?: CommitLog["gather"]) {
  const log = createMemoryLog<Commit>();
  const appended: number[] = [];
  let gate = Promise.resolve();
  let failing: Error | undefined;
  let untilFailure = 0;
  const faulty: CommitLog<Commit> = {
    ...log,
    ...gathering({ gather }),
    async append(stream, after, entries) {
      await gate;
      if (failing !== undefined) throw failing;
      if (untilFailure > 0 && --untilFailure === 0) throw new Error("one write failed");
      appended.push(entries.length);
      return log.append(stream, after, entries);
    },
  };
  return {
    log: faulty,
    appended,
    /** Holds appends back until the function that is returned is called. */
    hold() {
      let release = () => {};
      gate = new Promise((resolve) => {
        release = resolve;
      });
      return release;
    },
    /** Lets the one of the next appends fail that is so far away: 1 for the very next. */
    failAppend(count: number) {
      untilFailure = count;
    },
    fail(error: Error | undefined) {
      failing = error;
    },
  };
}

async function openCounter(gather?: CommitLog["gather"]) {
  const disk = createFaultyLog(gather);
  const store = createStore({ types: builtinTypes, log: disk.log, shared: false });
  await store.createSession({ id: "s" });
  await store.registerVariable("s", { name: "n", type: "integer", value: 0, constraints: { min: 0 } });
  disk.appended.length = 0;
  return { disk, store };
}

const settle = (promises: Promise<unknown>[]) =>
  Promise.all(
    promises.map((promise) =>
      promise.then(
        () => "ok",
        (error: StoreError) => error.reason,
      ),
    ),
  );

describe("the write pipeline", () => {
  test("decides on writes under way, shows none of them, and sends them together", async () => {
    const { disk, store } = await openCounter();
    const release = disk.hold();
    const writes = [
      store.setVariable("s", "n", 1, { expectedVersion: 0 }),
      store.setVariable("s", "n", 2, { expectedVersion: 1 }),
      store.setVariable("s", "n", 3, { expectedVersion: 2 }),
    ];
    await Promise.resolve();
    expect((await store.getVariable("s", "n")).value).toBe(0);
    release();
    expect((await Promise.all(writes)).map((written) => [written.version, written.revision])).toEqual([
      [1, 3],
      [2, 4],
      [3, 5],
    ]);
    expect((await store.getVariable("s", "n")).value).toBe(3);
    expect(disk.appended.length).toBeLessThan(3);
    await store.close();
  });

  test("a failed append fails its own writes, changes nothing, and later writes succeed", async () => {
    const { disk, store } = await openCounter();
    const release = disk.hold();
    disk.fail(new Error("disk full"));
    const failed = settle([store.setVariable("s", "n", 1), store.setVariable("s", "n", 2)]);
    release();
    expect(await failed).toEqual(["unavailable", "unavailable"]);
    expect(await store.getVariable("s", "n")).toMatchObject({ value: 0, version: 0 });
    disk.fail(undefined);
    expect(await store.setVariable("s", "n", 5)).toMatchObject({ version: 1, revision: 3 });
    await store.close();
  });

  test("the cause of a failure is kept, and its text is not shown to callers", async () => {
    const { disk, store } = await openCounter();
    disk.fail(new Error("/secret/path is full"));
    const error = await store.setVariable("s", "n", 1).catch((caught: unknown) => caught);
    if (!isStoreError(error, "unavailable")) throw error;
    expect(error.message).not.toContain("secret");
    expect((error.cause as Error).message).toBe("/secret/path is full");
    disk.fail(undefined);
    await store.close();
  });

  test("a refusal that rests on a write under way is decided anew where that write fails", async () => {
    const { disk, store } = await openCounter();
    await store.setVariable("s", "n", 0);
    const release = disk.hold();
    const first = settle([store.setVariable("s", "n", 1)]);
    await Promise.resolve();
    await Promise.resolve();
    // On top of the write under way version 1 is wrong; without it, it is right.
    const second = store.setVariable("s", "n", 2, { expectedVersion: 1 });
    disk.fail(new Error("disk full"));
    release();
    expect(await first).toEqual(["unavailable"]);
    disk.fail(undefined);
    const outcome = await second.then(
      () => "ok",
      (error: StoreError) => error.reason,
    );
    // Both were sent in one append or in two; either way no answer rests on what never happened.
    expect(["ok", "unavailable"]).toContain(outcome);
    expect((await store.getVariable("s", "n")).value).toBe(outcome === "ok" ? 2 : 0);
    await store.close();
  });

  test("sends in one append what comes in one turn, where the log gathers", async () => {
    const { disk, store } = await openCounter((append) => setImmediate(append));
    const writes = [1, 2, 3].map(async (value) => {
      // Each in a callback of its own, as calls that are read from a socket come.
      await new Promise((resolve) => setImmediate(resolve));
      return store.setVariable("s", "n", value);
    });
    expect((await Promise.all(writes)).map(({ version }) => version)).toEqual([1, 2, 3]);
    expect(disk.appended).toEqual([3]);
    await store.close();
  });

  test("sends more while an append is under way, and answers in order", async () => {
    const { disk, store } = await openCounter();
    const release = disk.hold();
    const first = store.setVariable("s", "n", 1);
    await Promise.resolve();
    await Promise.resolve();
    const later = Array.from({ length: 100 }, (_, i) => store.setVariable("s", "n", i + 2));
    release();
    const versions = (await Promise.all([first, ...later])).map(({ version }) => version);
    expect(versions).toEqual(Array.from({ length: 101 }, (_, i) => i + 1));
    expect(disk.appended.reduce((sum, count) => sum + count)).toBe(101);
    await store.close();
  });

  test.each([1, 2, 3])("where append %s fails, what was sent behind it is decided anew", async (failing) => {
    const { disk, store } = await openCounter();
    const release = disk.hold();
    const writes: Promise<unknown>[] = [];
    // The first two go out at once, the others wait for room and go together.
    for (let turn = 0; turn < 5; turn++) {
      for (let i = 0; i < 20; i++) writes.push(store.setVariable("s", "n", writes.length + 1));
      await new Promise((resolve) => setImmediate(resolve));
    }
    disk.failAppend(failing);
    release();
    const outcomes = await settle(writes);
    const made = outcomes.filter((outcome) => outcome === "ok").length;
    expect(new Set(outcomes)).toEqual(new Set(["ok", "unavailable"]));
    expect(await store.getVariable("s", "n")).toMatchObject({
      value: outcomes.lastIndexOf("ok") + 1,
      version: made,
    });
    expect((await store.getSession("s")).revision).toBe(2 + made);
    const versions = await store.listVariableHistory("s", "n", { pageSize: 200 });
    expect(versions.items.map(({ version }) => version)).toEqual(Array.from({ length: made + 1 }, (_, i) => made - i));
    await store.close();
  });

  test("a write that loses its race fails where what won cannot be read, and the next one succeeds", async () => {
    const log = createMemoryLog<Commit>();
    let isBroken = false;
    const store = createStore({
      types: builtinTypes,
      log: {
        ...log,
        append: async (...entries) => !isBroken && log.append(...entries),
        async read(...from) {
          if (isBroken) throw new Error("the disk is gone");
          return log.read(...from);
        },
      },
    });
    await store.createSession({ id: "s" });
    await store.registerVariable("s", { name: "n", type: "integer", value: 0 });
    isBroken = true;
    expect(await settle([1, 2].map((value) => store.setVariable("s", "n", value)))).toEqual([
      "unavailable",
      "unavailable",
    ]);
    isBroken = false;
    expect(await store.setVariable("s", "n", 5)).toMatchObject({ version: 1, revision: 3 });
    await store.close();
  });

  test("close waits for writes under way and refuses what comes later", async () => {
    const { disk, store } = await openCounter();
    const release = disk.hold();
    const write = store.setVariable("s", "n", 1);
    await Promise.resolve();
    const closing = store.close();
    release();
    await closing;
    expect(await write).toMatchObject({ version: 1 });
    expect(await settle([store.setVariable("s", "n", 2), store.createSession({ id: "t" })])).toEqual([
      "unavailable",
      "unavailable",
    ]);
  });
});
