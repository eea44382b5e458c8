import type { Commit, Store, WatchEvent } from "@trimtab/core";
import { createMemoryLog } from "@trimtab/log";
import { builtinTypes } from "@trimtab/types";
import { describe, expect, onTestFinished, test } from "vitest";
import { createStore } from "./create-store.ts";
import type { StoreOptions } from "./local-store.ts";

function openStore(options: Partial<StoreOptions> = {}) {
  const store = createStore({ types: builtinTypes, bookmarkIntervalMs: 20, ...options });
  onTestFinished(() => store.close());
  return store;
}

async function live(store: Store, values: readonly number[]): Promise<void> {
  const [value = 0, ...more] = values;
  await store.createSession({ id: "s" });
  await store.registerVariable("s", { name: "x", type: "float", value });
  for (const each of more) await store.setVariable("s", "x", each);
}

const valuesIn = (event: WatchEvent): unknown[] => {
  if (event.kind === "changes") return event.changes.map(({ value }) => value);
  return event.kind === "snapshot" || event.kind === "reset" ? event.variables.map(({ value }) => value) : [];
};

describe("of an earlier session of the same id", () => {
  test("no commit is listed, wherever a page goes on", async () => {
    const store = openStore();
    await live(store, [1, 2, 3]);
    const { nextPageToken = "" } = await store.listCommits("s", { pageSize: 1 });
    await store.deleteSession("s");
    await live(store, [10]);
    expect(await store.listCommits("s", { pageToken: nextPageToken, includeValues: true })).toEqual({ items: [] });
    expect((await store.listCommits("s")).items).toHaveLength(2);
  });

  test("no state is read, forked or rolled back to", async () => {
    const store = openStore({ log: createMemoryLog<Commit>(), shared: false });
    await live(store, [1, 2, 3]);
    const { updatedAtMs: atMs } = await store.getVariable("s", "x");
    await store.deleteSession("s");
    await live(store, [10]);
    for (const point of [2, 3, 5].map((revision) => ({ kind: "revision", revision }) as const)) {
      const unknown = { reason: "not_found", details: { resource: "revision" } };
      await expect(store.getSessionAt("s", point)).rejects.toMatchObject(unknown);
      await expect(store.getVariableAt("s", "x", point)).rejects.toMatchObject(unknown);
      await expect(store.rollbackSession("s", point)).rejects.toMatchObject(unknown);
      await expect(store.forkSession("s", point, { id: "t" })).rejects.toMatchObject(unknown);
    }
    await expect(store.getSessionAt("s", { kind: "time", atMs })).rejects.toMatchObject({ reason: "not_found" });
  });

  test("nothing is told by a watch that is to go on from within it", async () => {
    const store = openStore();
    await live(store, [1, 2, 3]);
    await store.deleteSession("s");
    await live(store, [10]);
    const { epoch } = await store.getSession("s");
    for await (const event of store.watch("s", {}, { after: `${epoch}.2` })) {
      expect(event).toMatchObject({ kind: "reset", cause: "history_lost" });
      expect(valuesIn(event)).toEqual([10]);
      break;
    }
  });
});

test("a watch that has missed the end of a session and goes on with the next of its id can be resumed there", async () => {
  const store = openStore({ log: createMemoryLog<Commit>(), shared: false, recentCommits: 1 });
  await live(store, [1]);
  const events = store.watch("s")[Symbol.asyncIterator]();
  expect((await events.next()).value).toMatchObject({ kind: "snapshot" });
  for (const value of [2, 3]) await store.setVariable("s", "x", value);
  // The next one begins while the end of this is being stored, so that the two are one to whoever watches.
  await Promise.all([store.deleteSession("s"), live(store, [10, 11])]);
  await store.sweep();
  expect((await events.next()).value).toMatchObject({ kind: "reset", cause: "session_recreated" });
  await store.setVariable("s", "x", 12);
  const { value: event } = await events.next();
  expect(event && valuesIn(event)).toEqual([12]);
  await events.return?.();
  await store.setVariable("s", "x", 13);
  for await (const next of store.watch("s", {}, { after: event?.token ?? "" })) {
    expect(next.kind).toBe("changes");
    expect(valuesIn(next)).toEqual([13]);
    break;
  }
});

test("a watch that is read after the next session of its id has begun elsewhere ends with its own", async () => {
  const log = createMemoryLog<Commit>();
  const [here, elsewhere] = [openStore({ log }), openStore({ log })];
  await live(elsewhere, [1]);
  const events = here.watch("s")[Symbol.asyncIterator]();
  expect((await events.next()).value).toMatchObject({ kind: "snapshot" });
  await elsewhere.setVariable("s", "x", 2);
  await Promise.all([elsewhere.deleteSession("s"), live(elsewhere, [10, 11])]);
  await expect.poll(async () => (await here.getVariable("s", "x")).value).toBe(11);
  const told: (WatchEvent | undefined)[] = [];
  for (let each = await events.next(); !each.done; each = await events.next()) told.push(each.value);
  expect(told).toMatchObject([
    { kind: "changes", changes: [{ value: 2 }] },
    { kind: "changes", changes: [{ kind: "deleted", name: "x" }] },
    { kind: "ended", cause: "session_deleted" },
  ]);
});
