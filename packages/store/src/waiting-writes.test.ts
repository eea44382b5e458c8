import type { Commit, StoreError } from "@trimtab/core";
import { createMemoryLog } from "@trimtab/log";
import { builtinTypes } from "@trimtab/types";
import { expect, onTestFinished, test } from "vitest";
import { createStore } from "./create-store.ts";

/** A store that lets two writes wait, over a log whose appends wait for a gate, and fail, where they are to. */
async function open() {
  const log = createMemoryLog<Commit>();
  let gate: Promise<void> | undefined;
  let isFailing = false;
  const append: typeof log.append = async (...entries) => {
    await gate;
    if (isFailing) throw new Error("the disk is full");
    return log.append(...entries);
  };
  const store = createStore({ types: builtinTypes, log: { ...log, append }, shared: false, maxWaitingWrites: 2 });
  onTestFinished(() => store.close());
  await store.createSession({ id: "s" });
  await store.registerVariable("s", { name: "n", type: "integer", value: 0 });
  return {
    store,
    hold() {
      const { promise, resolve } = Promise.withResolvers<void>();
      gate = promise;
      return resolve;
    },
    fail(isTo: boolean) {
      isFailing = isTo;
    },
  };
}

const reasonOf = (call: Promise<unknown>) =>
  call.then(
    () => "done",
    (error: StoreError) => error.reason,
  );

test("one write more than may wait is refused at once, and those that wait are made", async () => {
  const { store, hold } = await open();
  const release = hold();
  const waiting = [1, 2].map((value) => store.setVariable("s", "n", value));
  for (const more of [store.setVariable("s", "n", 3), store.createSession({ id: "t" })]) {
    const details = { field: "waiting_writes", limit: 2, value: 3 };
    await expect(more).rejects.toMatchObject({ reason: "limit_exceeded", details });
  }
  release();
  expect((await Promise.all(waiting)).map(({ version }) => version)).toEqual([1, 2]);
  expect(await store.setVariable("s", "n", 3)).toMatchObject({ version: 3 });
});

test("a write makes room for the next however it ends", async () => {
  const { store, fail } = await open();
  const endings: [string, () => Promise<unknown>][] = [
    ["done", () => store.setVariable("s", "n", 1)],
    ["done", () => store.setVariable("s", "n", 2, { requestId: "r" })],
    ["done", () => store.createSession({ id: "s", ifExists: "keep" })],
    ["already_exists", () => store.createSession({ id: "s" })],
    ["validation_failed", () => store.setVariable("s", "n", "two")],
    ["not_found", () => store.setVariable("s", "absent", 1)],
    ["session_not_found", () => store.setVariable("nowhere", "n", 1)],
  ];
  for (const [reason, write] of endings) {
    for (let i = 0; i < 3; i++) expect(await reasonOf(write())).toBe(reason);
  }
  fail(true);
  for (const write of [() => store.setVariable("s", "n", 1), () => store.createSession({ id: "t" })]) {
    for (let i = 0; i < 3; i++) expect(await reasonOf(write())).toBe("unavailable");
  }
  fail(false);
  expect(await reasonOf(store.setVariable("s", "n", 3))).toBe("done");
});
