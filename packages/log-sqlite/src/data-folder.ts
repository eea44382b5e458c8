import { join } from "node:path";

/** The files of a data folder. */
export interface DataFolder {
  readonly directory: string;
  /** The database; SQLite keeps `-wal` and `-shm` files beside it while it is open. */
  readonly database: string;
  /** Where SQLite writes what it has not moved into the database yet. */
  readonly writeAheadLog: string;
  /** How far appends were acknowledged: see {@link openWatermark}. */
  readonly watermark: string;
  /** Locked by the process that has the folder open; always empty. */
  readonly lock: string;
  /** Who that process is, for people and for the message to a second one. */
  readonly owner: string;
  /** A copy of a log that is being made here, or was broken off. */
  readonly unfinished: string;
  /** Written, and removed, to find out whether the disk can be written to. */
  readonly probe: string;
}

/** Names the files of a data folder. */
export const dataFolder = (directory: string): DataFolder => ({
  directory,
  database: join(directory, "log.sqlite"),
  writeAheadLog: join(directory, "log.sqlite-wal"),
  watermark: join(directory, "log.acknowledged"),
  lock: join(directory, "owner.lock"),
  owner: join(directory, "owner.json"),
  unfinished: join(directory, "log.sqlite.unfinished"),
  probe: join(directory, "probe"),
});
