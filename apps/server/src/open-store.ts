import { createAccessControl } from "@trimtab/access-control";
import type { Commit, SessionCheckpoint, TypeRegistry } from "@trimtab/core";
import { cel } from "@trimtab/expressions";
import {
  byteLengthOf,
  type CommitLog,
  createEncodedLog,
  createEncodedSnapshots,
  createEncodedSummaries,
  createMemoryLog,
  createMemorySnapshots,
} from "@trimtab/log";
import {
  checkKeys,
  createSealedLog,
  createSealedSnapshots,
  createSealedSummaries,
  createSealer,
  type Sealer,
  unlessSealed,
} from "@trimtab/log-sealed";
import { openSqliteLog, type SqliteLog, type SqliteLogDamage } from "@trimtab/log-sqlite";
import { createStore, type LocalStore, type StoreOptions } from "@trimtab/store";
import {
  decodeCheckpoint,
  decodeCommit,
  decodeSummary,
  encodeCheckpointParts,
  encodeCommitParts,
  encodeSummary,
  noteOfCommit,
} from "@trimtab/wire/log";
import { toLimits } from "./limit-settings.ts";
import { defaultMemoryBytes } from "./memory-guard.ts";
import type { Settings } from "./settings.ts";

/** What a store is opened with, beside the settings. */
export interface StoreMeans {
  readonly types: TypeRegistry;
  /** Parts of the store that settings cannot say; a log among them takes the place of the one on disk. */
  readonly parts: { readonly store?: Partial<Omit<StoreOptions, "types">> };
  readonly onError: (error: unknown) => void;
  /** What an audit makes of the log, where there is one. */
  readonly follow?: ((log: CommitLog<Commit>) => Promise<CommitLog<Commit>>) | undefined;
  /** Told how many sessions were found so far, while a folder is opened. */
  readonly onProgress: (sessions: number) => void;
  readonly appends?: StoreOptions["appends"];
}

/** A store, and what closes it and the log that it stands on. */
export interface OpenedStore {
  readonly store: LocalStore;
  close(): Promise<void>;
}

/**
 * Opens the store that the settings describe. Rejects with a `LogError` where its folder cannot be had: another server
 * has it open, the disk refuses, what is there is damaged or of a later version, or the keys are not those that it was sealed with.
 */
export async function openStore(
  settings: Settings,
  { types, parts, onError, onProgress, appends, follow = async (log) => log }: StoreMeans,
): Promise<OpenedStore> {
  const isOnDisk = settings.log === "sqlite" && parts.store?.log === undefined;
  const disk = isOnDisk ? await openDisk(settings, onError) : undefined;
  const commits = parts.store?.log ?? disk?.log ?? createMemoryLog<Commit>({ sizeOf: sizeOfCommit });
  const log = await follow(commits).catch(async (error: unknown) => {
    await disk?.close();
    throw error;
  });
  const store = createStore({
    types,
    expressions: cel,
    access: createAccessControl({ expressions: cel }),
    maxSessions: settings.maxSessions,
    sessionTtlMs: settings.sessionTtlMs,
    historyCommits: settings.historyCommits,
    ...(settings.historyAgeMs !== undefined && { historyAgeMs: settings.historyAgeMs }),
    ...(settings.historyBytes !== undefined && { historyBytes: settings.historyBytes }),
    sweepIntervalMs: settings.sweepIntervalMs,
    bookmarkIntervalMs: settings.bookmarkIntervalMs,
    // An eighth of what there is, so that they leave room where there is little of it; at worst it is a quarter.
    recentTotalBytes: Math.min(256 << 20, Math.floor((settings.maxMemoryBytes ?? defaultMemoryBytes()) / 8)),
    maxLoadedSessions: settings.maxLoadedSessions,
    idleSessionMs: settings.idleSessionMs,
    ...(appends !== undefined && { appends }),
    onProgress,
    onDamage: onError,
    limits: toLimits(settings),
    maxWaitingWrites: settings.maxWaitingWrites,
    shared: false,
    ...(parts.store?.log === undefined && { snapshots: createMemorySnapshots<SessionCheckpoint>() }),
    ...(disk !== undefined && { snapshots: disk.snapshots, summaries: disk.summaries }),
    ...parts.store,
    log,
  });
  return {
    store,
    async close() {
      await store.close();
      await disk?.close();
    },
  };
}

const sizeOfCommit = (commit: Commit) => byteLengthOf(encodeCommitParts(commit));

async function openDisk(settings: Settings, onError: StoreMeans["onError"]) {
  const { data: directory, encryptionKeys: keys, encryptionAcceptsPlain: acceptPlain } = settings;
  const onDamage = (damage: SqliteLogDamage) => onError(new Error(`damage in ${directory}: ${JSON.stringify(damage)}`));
  const { close, ...disk } = await openSqliteLog({ directory, onDamage });
  const sealer = keys && createSealer({ keys, acceptPlain });
  await checkKeys(disk.log, sealer).catch(async (error: unknown) => {
    await close();
    throw error;
  });
  const { log, snapshots, summaries } = sealer === undefined ? disk : sealed(disk, sealer);
  return {
    log: createEncodedLog(log, { encode: encodeCommitParts, decode: unlessSealed(decodeCommit), note: noteOfCommit }),
    snapshots: createEncodedSnapshots(snapshots, {
      encode: encodeCheckpointParts,
      decode: unlessSealed(decodeCheckpoint),
    }),
    summaries: createEncodedSummaries(summaries, { encode: encodeSummary, decode: decodeSummary }),
    close,
  };
}

const sealed = (disk: Pick<SqliteLog, "log" | "snapshots" | "summaries">, sealer: Sealer) => ({
  log: createSealedLog(disk.log, sealer),
  snapshots: createSealedSnapshots(disk.snapshots, sealer),
  summaries: createSealedSummaries(disk.summaries, sealer),
});
