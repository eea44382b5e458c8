import type { Commit, ListCommitsOptions, Store } from "@trimtab/core";
import { createMemoryLog, LogError } from "@trimtab/log";
import { builtinTypes } from "@trimtab/types";
import { expect, onTestFinished, test } from "vitest";
import { createStore } from "./create-store.ts";

/** A session of 40 commits, in a log whose answers hold so many entries at most, and which cannot read one of them. */
async function open({ atMost = 1000, unreadable = 0 }) {
  const memory = createMemoryLog<Commit>();
  let isDamaged = false;
  const read: typeof memory.read = async (stream, after, limit = 1000) => {
    const most = Math.min(limit, atMost);
    if (!isDamaged || unreadable <= after || unreadable > after + most) return memory.read(stream, after, most);
    throw new LogError("unsupported", "what is stored was sealed with key old", { key: "old" });
  };
  const store = createStore({ types: builtinTypes, log: { ...memory, read }, shared: false });
  onTestFinished(() => store.close());
  await store.createSession({ id: "s" });
  await store.registerVariable("s", { name: "x", type: "integer", value: 0 });
  for (let revision = 3; revision <= 40; revision++) await store.setVariable("s", "x", revision);
  isDamaged = true;
  return store;
}

async function listAll(store: Store, { pageToken, ...options }: ListCommitsOptions): Promise<number[]> {
  const { items, nextPageToken } = await store.listCommits("s", { ...options, ...(pageToken && { pageToken }) });
  const revisions = items.map(({ revision }) => revision);
  return nextPageToken === undefined
    ? revisions
    : [...revisions, ...(await listAll(store, { ...options, pageToken: nextPageToken }))];
}

const down = (from: number, to: number) => Array.from({ length: from - to + 1 }, (_, i) => from - i);

test.each([1, 3, 16])("commits of which a log gives only %d at a time are listed without a gap", async (atMost) => {
  const store = await open({ atMost });
  for (const pageSize of [1, 7, 100]) expect(await listAll(store, { pageSize })).toEqual(down(40, 1));
  expect(await listAll(store, { pageToken: "900" })).toEqual(down(40, 1));
});

test("a page ends before a commit that cannot be read, and the next says which that is and how to go on", async () => {
  const store = await open({ unreadable: 20 });
  const first = await store.listCommits("s");
  expect(first.items.map(({ revision }) => revision)).toEqual(down(40, 21));
  const { nextPageToken: pageToken = "" } = first;
  await expect(store.listCommits("s", { pageToken })).rejects.toMatchObject({
    reason: "data_loss",
    details: { session: "s", key: "old" },
    message: expect.stringMatching(/^commit 20: .*; pageToken "19" lists those before it$/),
  });
  expect(await listAll(store, { pageToken: "19" })).toEqual(down(19, 1));
});
