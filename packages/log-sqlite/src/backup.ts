import { closeSync, constants, existsSync, fsyncSync, openSync, renameSync, rmSync, statSync } from "node:fs";
import type { DataFolder } from "./data-folder.ts";
import { EngineError } from "./failure.ts";
import { flushDirectory, makeDirectory } from "./open-database.ts";
import { checkSchema, openForReading, readPosition } from "./schema.ts";
import { openWatermark } from "./watermark.ts";
import { reached } from "./write-point.ts";

/**
 * Copies what is stored at one moment into a folder that holds no log yet, while the source is written to. The copy is
 * a data folder of its own, and is there whole or not at all, and on disk, when this returns.
 */
export function backUp(source: DataFolder, target: DataFolder): { bytes: number } {
  if (existsSync(target.database)) {
    const { directory } = target;
    throw new EngineError("in_use", `${directory} holds a log already; a backup goes into a folder of its own`, {
      directory,
    });
  }
  const unfinished = `${target.database}.unfinished`;
  const db = openForReading(source.database);
  try {
    checkSchema(db, source.database);
    makeDirectory(target.directory);
    rmSync(unfinished, { force: true });
    db.prepare("VACUUM INTO ?").run(unfinished);
  } catch (error) {
    rmSync(unfinished, { force: true });
    throw error;
  } finally {
    db.close();
  }
  reached("backup copied");
  flushFile(unfinished);
  reached("backup flushed");
  noteAcknowledged(unfinished, target);
  reached("backup noted");
  renameSync(unfinished, target.database);
  reached("backup named");
  flushDirectory(target.directory);
  return { bytes: statSync(target.database).size };
}

function noteAcknowledged(database: string, target: DataFolder): void {
  const db = openForReading(database);
  const position = readPosition(db);
  db.close();
  const watermark = openWatermark(target.watermark);
  watermark.set(position);
  watermark.flush();
  watermark.close();
}

function flushFile(path: string): void {
  const handle = openSync(path, constants.O_RDWR);
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}
