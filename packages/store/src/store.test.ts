import { describeStore } from "@trimtab/core/conformance";
import { createMemoryLog, createMemorySnapshots } from "@trimtab/log";
import { builtinTypes } from "@trimtab/types";
import { createStore, type StoreOptions } from "./create-store.ts";

/** A store whose clock can be moved and whose history is short enough to be outrun. */
function openStore(options: Partial<StoreOptions>) {
  let ahead = 0;
  const clock = { now: () => Date.now() + ahead, elapsed: () => performance.now() + ahead };
  const store = createStore({
    types: builtinTypes,
    clock,
    historyCommits: 20,
    snapshotEvery: 10,
    recentCommits: 16,
    bookmarkIntervalMs: 20,
    ...options,
  });
  const advance = (ms: number) => {
    ahead += ms;
  };
  return { store, advance, close: () => store.close() };
}

const facts = { historyCommits: 20, bookmarkIntervalMs: 20 };

describeStore("in process, on a log of its own", async () => openStore({}), facts);

describeStore(
  "in process, on a log that others may write to",
  async () => openStore({ log: createMemoryLog(), snapshots: createMemorySnapshots() }),
  facts,
);
