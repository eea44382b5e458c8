import type { DatabaseSync } from "node:sqlite";
import { isUnfinished } from "./copy-target.ts";
import type { DataFolder } from "./data-folder.ts";
import { EngineError } from "./failure.ts";
import { sizeOf } from "./file-size.ts";
import { openForReading } from "./open-for-reading.ts";
import { prepared } from "./prepared.ts";
import { checkSchema, isEmpty, readPosition } from "./schema.ts";
import { readWatermark } from "./watermark.ts";

/** Opens a folder's database to be copied. Throws `damaged` where acknowledged entries are missing, `unavailable` where there is no log. */
export function openToCopy(folder: DataFolder): DatabaseSync {
  // Read first, since it only grows, and never runs ahead of the database.
  const acknowledged = readWatermark(folder.watermark);
  refuseLostDatabase(folder, acknowledged);
  const db = openForReading(folder.database);
  return prepared(db, () => {
    refuseLoss(db, folder, acknowledged);
    if (isEmpty(db))
      throw new EngineError("unavailable", `${folder.directory} holds no log yet`, { file: folder.database });
  });
}

/**
 * Throws `damaged` where acknowledged entries are missing, as far as can be told before the database is opened to be written to. Whoever
 * does that moves what is whole of the write-ahead log into the database when it is closed, and removes the rest.
 */
export function refuseLossUnopened(folder: DataFolder, acknowledged: number): void {
  refuseLostDatabase(folder, acknowledged);
  if (acknowledged === 0 || sizeOf(folder.writeAheadLog) === 0) return;
  const db = openForReading(folder.database);
  try {
    refuseLoss(db, folder, acknowledged);
  } finally {
    db.close();
  }
}

/** Throws `damaged` where a database holds fewer entries than were ever acknowledged. */
export function refuseLoss(db: DatabaseSync, folder: DataFolder, acknowledged: number): void {
  const position = positionIn(db, folder);
  if (position < acknowledged) throw lost(folder, acknowledged, position);
}

/** How many entries were ever appended; 0 where there is no schema yet. */
export function positionIn(db: DatabaseSync, { database }: DataFolder): number {
  if (isEmpty(db)) return 0;
  checkSchema(db, database);
  return readPosition(db);
}

/**
 * Throws `damaged` where the database is empty or gone, and was not before: SQLite would make a new one, and delete the write-ahead log.
 * A copy that is not whole has none.
 */
export function refuseLostDatabase(folder: DataFolder, acknowledged: number): void {
  const { database, writeAheadLog, directory } = folder;
  if (sizeOf(database) > 0 || isUnfinished(folder)) return;
  if (acknowledged > 0) throw lost(folder, acknowledged, 0);
  if (sizeOf(writeAheadLog) === 0) return;
  const message = `${database} is empty or gone, and ${writeAheadLog} is what was written to it last; restore a backup, or put it elsewhere to begin anew`;
  throw new EngineError("damaged", message, { directory, file: database });
}

function lost({ database, directory, watermark }: DataFolder, acknowledged: number, position: number): EngineError {
  const missing = acknowledged - position;
  const message =
    `${database}: the last ${missing} of ${acknowledged} acknowledged entries are missing, so the file or its -wal file ` +
    `was damaged, removed or replaced; restore a backup, or accept the loss, as taking ${watermark} away does, to open what is left`;
  return new EngineError("damaged", message, { directory, acknowledged, position, missing });
}
