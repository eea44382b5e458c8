import { cel } from "@trimtab/expressions";
import { createEncodedLog, createEncodedSnapshots, createEncodedSummaries } from "@trimtab/log";
import { openSqliteLog } from "@trimtab/log-sqlite";
import { createStore, type LocalStore } from "@trimtab/store";
import { builtinTypes } from "@trimtab/types";
import {
  decodeCheckpoint,
  decodeCommit,
  decodeSummary,
  encodeCheckpoint,
  encodeCommit,
  encodeSummary,
  noteOfCommit,
} from "@trimtab/wire/log";

/** A store on a data folder, as the server opens it. */
export interface OpenFolder {
  readonly store: LocalStore;
  /** Closes the log and not the store, so that what the store writes when it is closed is missing, as after a kill. */
  cut(): Promise<void>;
  close(): Promise<void>;
}

/** Opens a data folder. */
export async function openFolder(directory: string): Promise<OpenFolder> {
  const disk = await openSqliteLog({ directory });
  const store = createStore({
    types: builtinTypes,
    expressions: cel,
    log: createEncodedLog(disk.log, { encode: encodeCommit, decode: decodeCommit, note: noteOfCommit }),
    snapshots: createEncodedSnapshots(disk.snapshots, { encode: encodeCheckpoint, decode: decodeCheckpoint }),
    summaries: createEncodedSummaries(disk.summaries, { encode: encodeSummary, decode: decodeSummary }),
    shared: false,
  });
  return {
    store,
    cut: () => disk.close(),
    async close() {
      await store.close();
      await disk.close();
    },
  };
}
