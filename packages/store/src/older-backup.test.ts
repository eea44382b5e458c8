import type { Commit, Store, WatchEvent } from "@trimtab/core";
import { type CommitLog, createMemoryLog } from "@trimtab/log";
import { builtinTypes } from "@trimtab/types";
import { expect, onTestFinished, test } from "vitest";
import { systemClock } from "./clock.ts";
import { createStore } from "./create-store.ts";

function openStore(log: CommitLog<Commit>, recentCommits: number, laterMs = 0): Store {
  const clock = { ...systemClock, now: () => systemClock.now() + laterMs };
  const store = createStore({ types: builtinTypes, log, shared: false, recentCommits, clock });
  onTestFinished(() => store.close());
  return store;
}

async function copyOf(log: CommitLog<Commit>): Promise<CommitLog<Commit>> {
  const copy = createMemoryLog<Commit>();
  const read = await log.read("s", 0);
  if (read.kind === "entries") await copy.append("s", 0, read.entries);
  return copy;
}

/** Begins a session and copies its log; then both go on, the copy with so many writes. Gives tokens of the first. */
async function diverge(writes: number, recentCommits: number) {
  const log = createMemoryLog<Commit>();
  const first = openStore(log, recentCommits);
  await first.createSession({ id: "s" });
  await first.registerVariables("s", [
    { name: "a", type: "integer", value: 0 },
    { name: "b", type: "integer", value: 0 },
  ]);
  const watch = first.watch("s")[Symbol.asyncIterator]();
  const common = (await watch.next()).value?.token ?? "";
  const restored = openStore(await copyOf(log), recentCommits, 60_000);
  let lost = "";
  for (const value of [1, 2, 3]) {
    await first.setVariable("s", "a", value);
    lost = (await watch.next()).value?.token ?? "";
  }
  await watch.return?.();
  for (let value = 1; value <= writes; value++) await restored.setVariable("s", "b", value);
  return { restored, common, lost };
}

async function firstOf(store: Store, after: string): Promise<WatchEvent | undefined> {
  for await (const event of store.watch("s", {}, { after })) return event;
  return undefined;
}

test.each([
  [1, 1000],
  [3, 1000],
  [5, 1000],
  [5, 1],
])(
  "a backup that has gone on by %i writes tells a watch from what it never had everything (%i at hand)",
  async (writes, recent) => {
    const { restored, lost } = await diverge(writes, recent);
    expect(await firstOf(restored, lost)).toMatchObject({
      kind: "reset",
      cause: "history_lost",
      variables: [
        { name: "a", value: 0 },
        { name: "b", value: writes },
      ],
    });
  },
);

test.each([1000, 1])("a watch from what a backup has goes on in it (%i at hand)", async (recent) => {
  const { restored, common } = await diverge(5, recent);
  expect(await firstOf(restored, common)).toMatchObject({ kind: "changes", changes: [{ name: "b", value: 1 }] });
});
