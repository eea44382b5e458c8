import type { Commit } from "@trimtab/core";
import { createMemoryLog } from "@trimtab/log";
import { builtinTypes } from "@trimtab/types";
import { expect, onTestFinished, test } from "vitest";
import { createStore } from "./create-store.ts";
import type { StoreOptions } from "./local-store.ts";

async function openStore(options: Partial<StoreOptions> = {}) {
  const store = createStore({ types: builtinTypes, ...options });
  onTestFinished(() => store.close());
  await store.createSession({ id: "s", ttlMs: 1000 });
  await store.registerVariable("s", { name: "n", type: "integer", value: 0 });
  return store;
}

test("a reader shows what is durable, by name and by id, as a read does", async () => {
  // On a log that has to be waited for.
  const store = await openStore({ log: createMemoryLog<Commit>(), shared: false });
  const reader = await store.openReader("s");
  expect(reader).toMatchObject({ session: "s", revision: 2 });
  const writing = store.setVariable("s", "n", 1);
  expect(reader.get("n")?.value).toBe(0);
  const { id } = await writing;
  expect(reader.get("n")).toBe(await store.getVariable("s", id));
  expect(reader.get(id)?.value).toBe(1);
  expect(reader.revision).toBe(3);
  expect(reader.get("missing")).toBeUndefined();
});

test("a reader shows what another process writes", async () => {
  const log = createMemoryLog<Commit>();
  const store = await openStore({ log });
  const other = createStore({ types: builtinTypes, log });
  onTestFinished(() => other.close());
  const reader = await store.openReader("s");
  await other.setVariable("s", "n", 7);
  await expect.poll(() => reader.get("n")?.value, { interval: 1 }).toBe(7);
});

test("a session with a reader stays in memory and does not expire", async () => {
  let elapsed = 0;
  const clock = { now: () => 1_000_000 + elapsed, elapsed: () => elapsed };
  const store = await openStore({ clock, maxLoadedSessions: 1 });
  const reader = await store.openReader("s");
  await store.createSession({ id: "t" });
  elapsed = 5000;
  expect(await store.sweep()).toBe(0);
  expect(reader.get("n")?.value).toBe(0);
  reader.close();
  elapsed = 10_000;
  expect(await store.sweep()).toBe(1);
});

test("a reader of a session that has ended reads nothing of its successor", async () => {
  const store = await openStore();
  const reader = await store.openReader("s");
  await store.deleteSession("s");
  expect(() => reader.get("n")).toThrow(expect.objectContaining({ reason: "session_not_found" }));
  await store.createSession({ id: "s" });
  await store.registerVariable("s", { name: "n", type: "integer", value: 5 });
  expect(() => reader.get("n")).toThrow(expect.objectContaining({ reason: "session_not_found" }));
  reader.close();
  expect((await store.openReader("s")).get("n")?.value).toBe(5);
});

test("a reader that is closed, or whose store is, reads nothing", async () => {
  const store = await openStore();
  const [first, second] = [await store.openReader("s"), await store.openReader("s")];
  first.close();
  first.close();
  expect(() => first.get("n")).toThrow(expect.objectContaining({ reason: "unavailable" }));
  expect(second.get("n")?.value).toBe(0);
  await store.close();
  expect(() => second.get("n")).toThrow(expect.objectContaining({ reason: "unavailable" }));
  await expect(store.openReader("s")).rejects.toMatchObject({ reason: "unavailable" });
});

test("what a reader reads is told", async () => {
  const store = await openStore();
  const reader = await store.openReader("s");
  const told: unknown[] = [];
  store.telemetry.on("trimtab.variable.read", ({ metadata }) => told.push(metadata));
  const id = reader.get("n")?.id;
  expect(reader.get("missing")).toBeUndefined();
  expect(told).toEqual([{ session_id: "s", variable_id: id }]);
});

test("there is no reader of a session that is not there", async () => {
  const store = await openStore();
  await expect(store.openReader("none")).rejects.toMatchObject({ reason: "session_not_found" });
});
