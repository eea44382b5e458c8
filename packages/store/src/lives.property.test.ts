import type { Commit, SessionCheckpoint } from "@trimtab/core";
import { describeSessionLives } from "@trimtab/core/conformance";
import { createMemoryLog, createMemorySnapshots } from "@trimtab/log";
import { builtinTypes } from "@trimtab/types";
import { createStore } from "./create-store.ts";
import type { StoreOptions } from "./local-store.ts";
import { createMovingClock } from "./test-parts/moving-clock.ts";

/** A store whose clock can be moved. */
const open = (options: Partial<StoreOptions>) => async () => {
  const { clock, advance } = createMovingClock();
  const store = createStore({ types: builtinTypes, clock, bookmarkIntervalMs: 20, ...options });
  return { store, advance, close: () => store.close() };
};

const kept = () => ({ log: createMemoryLog<Commit>(), snapshots: createMemorySnapshots<SessionCheckpoint>() });

describeSessionLives("in process", open({}));

describeSessionLives(
  "in process, from a log that has to be waited for, leaving memory",
  open({ ...kept(), shared: false, recentCommits: 2, snapshotEvery: 3, maxLoadedSessions: 0 }),
);

describeSessionLives(
  "in process, on a log that others may write to, of which little is kept",
  open({ ...kept(), historyCommits: 5, snapshotEvery: 3, recentCommits: 2, sweepIntervalMs: 1 }),
  { forgets: true },
);
