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
import { createSealedLog, createSealedSnapshots, createSealer } from "@trimtab/log-sealed";
import { openSqliteLog, type SqliteLogDamage } from "@trimtab/log-sqlite";
import { createStudies, type Studies, type StudiesOptions, studyCodec, studySnapshotCodec } from "@trimtab/studies";
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
}

/** The folder of the studies, in the data folder. */
export const studiesFolder = (data: string): string => join(data, "studies");

/**
 * Opens the studies that the settings describe, sealed where sessions are. Their folder is opened with the first call about
 * a study, which fails where it cannot be had; the next one tries again.
 */
export function openStudies(settings: Settings, { store, types, parts, onError }: StudiesMeans): OpenedStudies {
  const disk = settings.log === "sqlite" ? createLazy(() => openDisk(settings, onError)) : undefined;
  const memory = { log: createMemoryLog(), snapshots: createMemorySnapshots() };
  const { log, snapshots } = disk === undefined ? memory : toLazyPlace(disk.get);
  const studies = createStudies({
    store,
    types,
    log: createEncodedLog(log, studyCodec),
    snapshots: createEncodedSnapshots(snapshots, studySnapshotCodec),
    shared: false,
    bookmarkIntervalMs: settings.bookmarkIntervalMs,
    ...parts,
  });
  return {
    studies,
    async close() {
      studies.close();
      await (await disk?.opened())?.close();
    },
  };
}

interface Place {
  readonly log: CommitLog;
  readonly snapshots: SnapshotStore;
}

async function openDisk(
  settings: Settings,
  onError: StudiesMeans["onError"],
): Promise<Place & { close(): Promise<void> }> {
  const { encryptionKeys: keys, encryptionAcceptsPlain: acceptPlain } = settings;
  const directory = studiesFolder(settings.data);
  const onDamage = (damage: SqliteLogDamage) => onError(new Error(`damage in ${directory}: ${JSON.stringify(damage)}`));
  const { log, snapshots, close } = await openSqliteLog({ directory, onDamage });
  if (keys === undefined) return { log, snapshots, close };
  const sealer = createSealer({ keys, acceptPlain });
  return { log: createSealedLog(log, sealer), snapshots: createSealedSnapshots(snapshots, sealer), close };
}

/** Opens something when it is first asked for. */
function createLazy<T>(open: () => Promise<T>) {
  let opening: Promise<T> | undefined;
  return {
    get(): Promise<T> {
      opening ??= open().catch((error: unknown) => {
        opening = undefined;
        throw error;
      });
      return opening;
    },
    /** What is open, if anything is. */
    opened: async (): Promise<T | undefined> => opening?.catch(() => undefined),
  };
}

/** A log and its snapshots that are opened by their first use. */
const toLazyPlace = (get: () => Promise<Place>): Place => ({
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
