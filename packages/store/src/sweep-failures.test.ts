import type { Commit, SessionCheckpoint } from "@trimtab/core";
import { createMemoryLog, createMemorySnapshots, LogError } from "@trimtab/log";
import { builtinTypes } from "@trimtab/types";
import { expect, onTestFinished, test } from "vitest";
import { createStore } from "./create-store.ts";

/** A store whose log fails in what concerns certain sessions. */
function open() {
  const failing = new Set<string>();
  const orFail = (stream: string): void => {
    if (failing.has(stream)) throw new LogError("full", "the disk is full");
  };
  const memory = createMemoryLog<Commit>();
  const log: typeof memory = {
    ...memory,
    append: async (stream, ...rest) => {
      orFail(stream);
      return memory.append(stream, ...rest);
    },
    trim: async (stream, through) => {
      orFail(stream);
      return memory.trim(stream, through);
    },
  };
  let elapsed = 0;
  const clock = { now: () => 1_795_000_000_000 + elapsed, elapsed: () => elapsed };
  const snapshots = createMemorySnapshots<SessionCheckpoint>();
  const store = createStore({ types: builtinTypes, log, snapshots, clock, shared: false });
  onTestFinished(() => store.close());
  const pass = (ms: number) => {
    elapsed += ms;
  };
  const kept = async () => {
    const streams: string[] = [];
    for await (const { stream } of memory.streams()) streams.push(stream);
    return streams.sort();
  };
  return { store, failing, pass, kept };
}

test("what ended sessions held is freed when it can be, where it could not be at first", async () => {
  const { store, failing, kept } = open();
  for (const id of ["a", "b", "c"]) await store.createSession({ id });
  for (const id of ["a", "b"]) await store.deleteSession(id);
  failing.add("a").add("b");
  await expect(store.sweep()).rejects.toMatchObject({ reason: "storage_full" });
  expect(await kept()).toEqual(["a", "b", "c"]);
  failing.delete("b");
  await expect(store.sweep()).rejects.toMatchObject({ reason: "storage_full" });
  expect(await kept()).toEqual(["a", "c"]);
  failing.clear();
  await store.sweep();
  expect(await kept()).toEqual(["c"]);
});

test("a session that cannot be ended keeps no other from it, and is ended later", async () => {
  const { store, failing, pass } = open();
  for (const id of ["a", "b", "c"]) await store.createSession({ id, ttlMs: 1000 });
  pass(2000);
  failing.add("a");
  await expect(store.sweep()).rejects.toMatchObject({ reason: "storage_full" });
  failing.clear();
  expect(await store.sweep()).toBe(1);
  expect((await store.listSessions()).items).toEqual([]);
});
