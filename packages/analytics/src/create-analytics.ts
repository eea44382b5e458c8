import {
  type AnalyticsStore,
  analyticsArguments,
  checkedCalls,
  checkWhole,
  kinds,
  requireArguments,
  type Store,
} from "@trimtab/core";
import { createReports } from "./reports.ts";
import { createStatistics } from "./statistics.ts";
import type { StudyReads } from "./study-runs.ts";
import { countUses } from "./usage/count-uses.ts";
import { createUses, type UsesOptions } from "./usage/uses.ts";
import { createWatchStats } from "./watch-stats.ts";
import { createWriteWindows, type ReadCommits, type WindowOptions } from "./write-windows.ts";

/** What analytics are made of. */
export interface AnalyticsOptions extends UsesOptions {
  /** Reads the durable commits of a session: `readCommits` of a store in process. */
  readonly readCommits: ReadCommits;
  /** How much of what commits wrote is kept in memory: 10 000 writes of each of 64 sessions unless given. */
  readonly windows?: Partial<WindowOptions>;
}

/** Counts how variables are used, and tells of it. */
export interface Analytics {
  /** Gives a store whose uses are counted. */
  counting(store: Store): Store;
  /**
   * Gives what a store's callers may know: of variables that the store shows, what was counted and what was written, and of studies
   * that they may read what these have measured.
   */
  of(store: Store, studies?: StudyReads): AnalyticsStore;
}

const { absentable, atLeast, callable, having, object, options } = kinds;

const creationArguments = [
  [
    "options",
    object<AnalyticsOptions>({
      readCommits: callable,
      ...absentable({
        windows: options<Partial<WindowOptions>>({ writes: atLeast(1), sessions: atLeast(1) }),
        clock: having("now", "elapsed"),
        maxVariables: atLeast(1),
        sampleEvery: (value: unknown, field: string) => checkWhole(value, field, 1),
      }),
    }),
  ],
] as const;

/** Makes analytics that have counted nothing yet. Throws `invalid_argument` for options of another kind. What commits wrote is read from the log when somebody asks for it. */
export function createAnalytics(how: AnalyticsOptions): Analytics {
  requireArguments(creationArguments, [how]);
  const { readCommits, windows: kept, ...options } = how;
  const uses = createUses(options);
  const windows = createWriteWindows(readCommits, { writes: 10_000, sessions: 64, ...kept });
  return {
    counting: (store) => countUses(store, uses),
    of: (store, studies) =>
      checkedCalls(
        {
          ...createStatistics(store, uses),
          ...createReports({ store, uses, windows, studies }),
          ...createWatchStats({ store, uses, windows }),
        },
        analyticsArguments,
      ),
  };
}
