import { builtinTypes } from "@trimtab/types";
import { expect, onTestFinished, test } from "vitest";
import { createStore } from "./create-store.ts";
import type { StoreOptions } from "./local-store.ts";

async function openStore(options: Partial<StoreOptions> = {}) {
  const store = createStore({ types: builtinTypes, ...options });
  onTestFinished(() => store.close());
  await store.createSession({ id: "s" });
  await store.registerVariables("s", [
    { name: "a", type: "float", value: 1 },
    { name: "b", type: "float", value: 1 },
  ]);
  return store;
}

test("on the store's own log a write is there when it returns, and one that is refused is rejected", async () => {
  const store = await openStore();
  const reader = await store.openReader("s");
  const writing = store.setVariable("s", "a", 2);
  expect(reader.get("a")).toMatchObject({ value: 2, version: 1, revision: 3 });
  const refused = store.setVariable("s", "a", "two");
  await expect(refused).rejects.toMatchObject({ reason: "validation_failed" });
  expect(await writing).toMatchObject({ revision: 3, version: 1, updatedAtMs: reader.get("a")?.updatedAtMs });
  expect(reader.revision).toBe(3);
});

test("a write that is made while another is decided follows it", async () => {
  const inner: Promise<unknown>[] = [];
  const store = await openStore({
    functions: {
      double({ a }) {
        if (a === 7) inner.push(store.setVariable("s", "b", 9));
        return Number(a) * 2;
      },
    },
  });
  const derivation = { kind: "function", name: "double" } as const;
  await store.registerVariable("s", { name: "c", type: "float", dependencies: ["a"], derivation });
  const outer = await store.setVariable("s", "a", 7);
  expect(inner).toHaveLength(1);
  expect(await inner[0]).toMatchObject({ revision: outer.revision + 1, version: 1 });
  expect(await store.getVariable("s", "c")).toMatchObject({ value: 14, revision: outer.revision });
  const commits = await store.listCommits("s");
  expect(commits.items.map(({ revision }) => revision)).toEqual([5, 4, 3, 2, 1]);
});

test("a session that is deleted at once leaves nothing behind, and can be made anew", async () => {
  const store = await openStore();
  await store.deleteSession("s");
  await expect(store.setVariable("s", "a", 2)).rejects.toMatchObject({ reason: "session_not_found" });
  await store.createSession({ id: "s" });
  expect((await store.listVariables("s")).items).toEqual([]);
});

test("whoever is told of appends is told of those to the store's own log", async () => {
  const told: number[] = [];
  const appends: StoreOptions["appends"] = {
    current: () => undefined,
    append(what, run) {
      told.push(what.commits);
      return run();
    },
  };
  const store = await openStore({ appends });
  await Promise.all([store.setVariable("s", "a", 2), store.setVariable("s", "b", 2)]);
  expect(told.reduce((sum, commits) => sum + commits, 0)).toBe(4);
});
