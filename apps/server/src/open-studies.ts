import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Store, TypeRegistry } from "@trimtab/core";
import {
  type CommitLog,
  createEncodedLog,
  createEncodedSnapshots,
  createMemoryLog,
  createMemorySnapshots,
  type SnapshotStore,
} from "@trimtab/log";
import { createSealedLog, createSealedSnapshots, createSealer, unlessSealed } from "@trimtab/log-sealed";
import { openSqliteLog, type SqliteLogDamage } from "@trimtab/log-sqlite";
import { type Clock, createSteadyClock } from "@trimtab/store";
import {
  createKernelThread,
  createStudies,
  type Studies,
  type StudiesOptions,
  type StudyEntry,
  type StudySnapshot,
  studyCodec,
  studySnapshotCodec,
} from "@trimtab/studies";
import { toLimits } from "./limit-settings.ts";
import type { Settings } from "./settings.ts";

/** Studies, and what closes them and the log that they are in. */
export interface OpenedStudies {
  readonly studies: Studies;
  close(): Promise<void>;
}

/** What studies are opened with, beside the settings. */
export interface StudiesMeans {
  readonly store: Store;
  readonly types: TypeRegistry;
  readonly parts: Pick<StudiesOptions, "samplers" | "pruners">;
  readonly onError: (error: unknown) => void;
  /** What the store goes by. */
  readonly clock: Clock;
  /** Sees to it that what is entered in a log of studies is audited; it is not unless given. */
  readonly follow: ((log: CommitLog<StudyEntry>) => Promise<CommitLog<StudyEntry>>) | undefined;
  /** Resolves once logs that are followed need not be read any more for what a process before did. */
  readonly recovered: (() => Promise<void>) | undefined;
}

/** The folder of the studies, in the data folder. */
export const studiesFolder = (data: string): string => join(data, "studies");

/**
 * Opens the studies that the settings describe, sealed where sessions are. Their folder is opened with the first call about
 * a study, which fails where it cannot be had, as `onError` is told once; the next one tries again. Where it is audited and is there already it is opened at once,
 * since a process before may have had no time to enter what it did.
 */
export function openStudies(
  settings: Settings,
  { store, types, parts, clock, onError, follow, recovered }: StudiesMeans,
): OpenedStudies {
  const isOnDisk = settings.log === "sqlite";
  const place = createLazy(async (): Promise<Place> => {
    const { log, snapshots, close } = isOnDisk ? await openDisk(settings, onError) : inMemory();
    const encoded = createEncodedLog(log, { ...studyCodec, decode: unlessSealed(studyCodec.decode) });
    const following = follow?.(encoded) ?? Promise.resolve(encoded);
    const followed = await following.catch(async (error: unknown) => {
      await close();
      throw error;
    });
    const snapshotCodec = { ...studySnapshotCodec, decode: unlessSealed(studySnapshotCodec.decode) };
    return { log: followed, snapshots: createEncodedSnapshots(snapshots, snapshotCodec), close };
  }, onError);
  if (isOnDisk && follow !== undefined && existsSync(studiesFolder(settings.data))) place.get().catch(() => {});
  const kernels = createKernelThread();
  const studies = createStudies({
    store,
    types,
    ...toLazyPlace(place.get),
    shared: false,
    now: createSteadyClock(clock).now,
    bookmarkIntervalMs: settings.bookmarkIntervalMs,
    limits: toLimits(settings),
    onDamage: onError,
    fitKernel: kernels.fitKernel,
    ...parts,
  });
  return {
    studies,
    async close() {
      studies.close();
      await kernels.close();
      const opened = await place.opened();
      // It may have been opened just now, for that alone.
      await recovered?.();
      await opened?.close();
    },
  };
}

interface Place {
  readonly log: CommitLog<StudyEntry>;
  readonly snapshots: SnapshotStore<StudySnapshot>;
  close(): Promise<void>;
}

interface PlaceOfBytes {
  readonly log: CommitLog;
  readonly snapshots: SnapshotStore;
  close(): Promise<void>;
}

const inMemory = (): PlaceOfBytes => ({
  log: createMemoryLog(),
  snapshots: createMemorySnapshots(),
  close: async () => {},
});

async function openDisk(settings: Settings, onError: StudiesMeans["onError"]): Promise<PlaceOfBytes> {
  const { encryptionKeys: keys, encryptionAcceptsPlain: acceptPlain } = settings;
  const directory = studiesFolder(settings.data);
  const onDamage = (damage: SqliteLogDamage) => onError(new Error(`damage in ${directory}: ${JSON.stringify(damage)}`));
  const { log, snapshots, close } = await openSqliteLog({ directory, onDamage });
  if (keys === undefined) return { log, snapshots, close };
  const sealer = createSealer({ keys, acceptPlain });
  return { log: createSealedLog(log, sealer), snapshots: createSealedSnapshots(snapshots, sealer), close };
}

/** Opens something when it is first asked for. That it cannot be opened is told once, however often that is tried. */
function createLazy<T>(open: () => Promise<T>, onError: (error: unknown) => void) {
  let opening: Promise<T> | undefined;
  let isTold = false;
  return {
    get(): Promise<T> {
      opening ??= open().catch((error: unknown) => {
        opening = undefined;
        if (!isTold) onError(error);
        isTold = true;
        throw error;
      });
      return opening;
    },
    /** What is open, if anything is. */
    opened: async (): Promise<T | undefined> => opening?.catch(() => undefined),
  };
}

/** A log and its snapshots that are opened by their first use. */
const toLazyPlace = (get: () => Promise<Place>): Pick<Place, "log" | "snapshots"> => ({
  log: {
    append: async (...call) => (await get()).log.append(...call),
    read: async (...call) => (await get()).log.read(...call),
    async *follow(...call) {
      yield* (await get()).log.follow(...call);
    },
    trim: async (...call) => (await get()).log.trim(...call),
    before: async (...call) => (await get()).log.before(...call),
    async *streams() {
      yield* (await get()).log.streams();
    },
  },
  snapshots: {
    save: async (...call) => (await get()).snapshots.save(...call),
    load: async (...call) => (await get()).snapshots.load(...call),
    trim: async (...call) => (await get()).snapshots.trim(...call),
    drop: async (...call) => (await get()).snapshots.drop(...call),
  },
});
