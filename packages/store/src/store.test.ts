import type { Commit, SessionCheckpoint } from "@trimtab/core";
import { describeStore, describeStoreModel } from "@trimtab/core/conformance";
import { cel } from "@trimtab/expressions";
import { createMemoryLog, createMemorySnapshots } from "@trimtab/log";
import { builtinTypes } from "@trimtab/types";
import { createStore } from "./create-store.ts";
import type { LocalStore, StoreOptions } from "./local-store.ts";
import { createMovingClock } from "./test-parts/moving-clock.ts";

/** A store whose clock can be moved and whose history is short enough to be outrun. */
function openStore(options: Partial<StoreOptions>) {
  const { clock, advance } = createMovingClock();
  const store = createStore({
    types: builtinTypes,
    expressions: cel,
    clock,
    historyCommits: 20,
    snapshotEvery: 10,
    recentCommits: 16,
    bookmarkIntervalMs: 20,
    ...options,
  });
  return { store, advance, close: () => store.close() };
}

const facts = { historyCommits: 20, bookmarkIntervalMs: 20, expressions: true };

describeStore("in process, on a log of its own", async () => openStore({}), facts);

describeStore(
  "in process, on a log that others may write to",
  async () => openStore({ log: createMemoryLog(), snapshots: createMemorySnapshots() }),
  facts,
);

describeStoreModel("in process", async () => {
  const store = createStore({ types: builtinTypes, expressions: cel });
  return { store, close: () => store.close() };
});

// So few commits are kept in memory, and snapshots are so frequent, that watches and the past are read from the log, which
// is one that has to be waited for.
describeStoreModel("in process, from its log", async () => {
  const log = createMemoryLog<Commit>();
  const options = { log, shared: false, recentCommits: 2, snapshotEvery: 3 };
  const store = createStore({ types: builtinTypes, expressions: cel, ...options });
  return { store, close: () => store.close() };
});

// What a store had in memory is gone from one moment to the next, and the next one has its log and its snapshots.
describeStoreModel("in process, left behind and opened again", async () => {
  const [log, snapshots] = [createMemoryLog<Commit>(), createMemorySnapshots<SessionCheckpoint>()];
  const opened: LocalStore[] = [];
  const reopen = async () => {
    const kept = { log, snapshots, shared: false, snapshotEvery: 3 };
    const store = createStore({ types: builtinTypes, expressions: cel, ...kept });
    opened.push(store);
    return store;
  };
  const close = async () => {
    for (const each of opened) await each.close();
  };
  return { store: await reopen(), reopen, close };
});

// Each session leaves memory as soon as nobody uses or watches it, and comes back for the next call.
const leaving = { maxLoadedSessions: 0 };

describeStore("in process, with every session leaving memory after every call", async () => openStore(leaving), facts);

describeStore(
  "in process, with sessions leaving memory, on a log that others may write to",
  async () => openStore({ ...leaving, log: createMemoryLog(), snapshots: createMemorySnapshots() }),
  facts,
);

describeStoreModel("in process, with hardly any memory for what sessions keep for watches", async () => {
  const store = createStore({ types: builtinTypes, expressions: cel, recentTotalBytes: 1 });
  return { store, close: () => store.close() };
});

describeStoreModel("in process, with sessions leaving memory", async () => {
  const store = createStore({ types: builtinTypes, expressions: cel, recentBytes: 40, snapshotEvery: 3, ...leaving });
  return { store, close: () => store.close() };
});
