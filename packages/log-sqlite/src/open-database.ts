import { accessSync, constants, existsSync } from "node:fs";
import type { DatabaseSync } from "node:sqlite";
import { isUnfinished } from "./copy-target.ts";
import type { DataFolder } from "./data-folder.ts";
import { makeDirectory } from "./directories.ts";
import { EngineError } from "./failure.ts";
import { sizeOf } from "./file-size.ts";
import { flushFile } from "./flush.ts";
import { refuseLoss, refuseLossUnopened } from "./loss.ts";
import { takeFolder } from "./owner-lock.ts";
import { prepared } from "./prepared.ts";
import { createSchema, isEmpty, openForWriting, readPosition, upgradeSchema } from "./schema.ts";
import { openWatermark, readWatermark, type Watermark } from "./watermark.ts";
import { reached } from "./write-point.ts";

/** A data folder that this process has open for writing. */
export interface OpenDatabase {
  readonly db: DatabaseSync;
  readonly watermark: Watermark;
  close(): void;
}

/**
 * Takes a data folder and opens its database, making both where they are not there. Throws `in_use`, `read_only`,
 * `unsupported`, or `damaged` where acknowledged entries are missing; `acceptLoss` opens what is left of them.
 */
export function openDatabase(folder: DataFolder, { acceptLoss }: { acceptLoss: boolean }): OpenDatabase {
  makeDirectory(folder.directory);
  refuseUnwritable(folder);
  const lock = takeFolder(folder);
  try {
    reached("opening");
    const acknowledged = acceptLoss ? 0 : readWatermark(folder.watermark);
    const db = openChecked(folder, acknowledged);
    reached("schema made");
    const watermark = openWatermark(folder.watermark);
    reached("watermark opened");
    watermark.set(readPosition(db));
    return {
      db,
      watermark,
      close() {
        // The last connection moves everything into the database file and removes the write-ahead log.
        reached("about to close");
        db.close();
        reached("database closed");
        try {
          watermark.flush();
        } finally {
          watermark.close();
          lock.release();
        }
      },
    };
  } catch (error) {
    lock.release();
    throw error;
  }
}

/** SQLite opens what may be read alone, without a word until something is written, and says of no file which one it cannot open. */
function refuseUnwritable({ directory, database, lock }: DataFolder): void {
  accessSync(directory, constants.W_OK);
  for (const path of [database, lock]) if (existsSync(path)) accessSync(path, constants.R_OK | constants.W_OK);
}

function openChecked(folder: DataFolder, acknowledged: number): DatabaseSync {
  if (!existsSync(folder.database) && isUnfinished(folder)) throw brokenOff(folder);
  refuseLossUnopened(folder, acknowledged);
  // A process that was killed before its flush may have left more than is durable, which is served from now on.
  if (sizeOf(folder.writeAheadLog) > 0) flushFile(folder.writeAheadLog);
  const db = openForWriting(folder.database);
  return prepared(db, () => {
    refuseLoss(db, folder, acknowledged);
    if (isEmpty(db)) createSchema(db);
    else upgradeSchema(db);
  });
}

function brokenOff({ directory }: DataFolder): EngineError {
  const message = `${directory} holds a copy that was broken off before it was whole; make it again, into the same folder`;
  return new EngineError("damaged", message, { directory });
}
