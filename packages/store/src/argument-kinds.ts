import { defaultLimits, type HistoryOptions, kinds, type Principal, storeArguments } from "@trimtab/core";
import type { StoreOptions } from "./local-store.ts";

const { atLeast, callable, entries, flag, having, interval, list, options, optional, record, text, whole } = kinds;

const { getVariable: _read, setVariable: _set, setVariables: _setAll, ...calm } = storeArguments;

/**
 * What the arguments of a store in process are, but for what is called most: that finds out by itself, or once it has failed.
 */
export const localArguments = {
  ...calm,
  readCommits: [
    ["session", text],
    ["after", whole],
  ],
  openReader: [["session", text]],
} as const;

/** What a principal is. */
export const principalArguments = [
  [
    "principal",
    kinds.partOf<Principal>({
      id: text,
      sessions: list(text),
      attributes: optional(record),
      believesSession: optional(flag),
      roles: optional(list(text)),
    }),
  ],
] as const;

const count = atLeast(0);

const limits = Object.fromEntries(Object.keys(defaultLimits).map((name) => [name, count]));

/** What a store is made of. */
export const creationArguments = [
  [
    "options",
    kinds.object<StoreOptions>({
      types: entries,
      ...kinds.absentable({
        log: having("append", "read"),
        snapshots: having("load", "save"),
        shared: flag,
        limits: options(limits),
        expressions: callable,
        access: having("authorize", "explain"),
        functions: record,
        optimizers: kinds.recordOf(callable),
        history: options<Partial<HistoryOptions>>({ versionsPerVariable: atLeast(1), valueBytes: count }),
        clock: having("now", "elapsed"),
        appends: having("append"),
        telemetry: having("emit", "on"),
        maxSessions: count,
        sessionTtlMs: kinds.number,
        maxWaitingWrites: count,
        sweepIntervalMs: interval,
        bookmarkIntervalMs: interval,
        summaries: kinds.anything,
        maxLoadedSessions: count,
        idleSessionMs: count,
        onProgress: callable,
        onDamage: callable,
        recentCommits: count,
        recentBytes: count,
        recentTotalBytes: count,
        snapshotEvery: atLeast(1),
        historyCommits: count,
        historyAgeMs: count,
        historyBytes: count,
      }),
    }),
  ],
] as const;
