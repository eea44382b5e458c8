import {
  closeSync,
  constants,
  existsSync,
  fsyncSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
} from "node:fs";
import { basename } from "node:path";
import type { DataFolder } from "./data-folder.ts";
import { flushDirectory, makeDirectory } from "./directories.ts";
import { EngineError } from "./failure.ts";
import { checkSchema, openForReading, readPosition } from "./schema.ts";
import { openWatermark } from "./watermark.ts";
import { reached } from "./write-point.ts";

/**
 * Copies what is stored at one moment into a folder that holds nothing yet, while the source is written to. The copy is
 * a data folder of its own, and is there whole or not at all, and on disk, when this returns.
 */
export function backUp(source: DataFolder, target: DataFolder): { bytes: number } {
  const unfinished = `${target.database}.unfinished`;
  refuseUnlessEmpty(target, unfinished);
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

/**
 * Refuses a folder, where there is one, that holds a log or anything else but what a backup that was broken off, or a data folder without
 * its log, has left. A write-ahead log is none of these: SQLite would take it for the copy's own.
 */
function refuseUnlessEmpty(target: DataFolder, unfinished: string): void {
  const { directory, database, watermark, lock, owner } = target;
  const refuse = (what: string): EngineError =>
    new EngineError("in_use", `${directory} holds ${what}; a backup goes into a folder of its own`, { directory });
  if (!statSync(directory, { throwIfNoEntry: false })?.isDirectory()) return;
  if (existsSync(database)) throw refuse("a log already");
  const ours = [unfinished, watermark, lock, owner].map((path) => basename(path));
  // The last is in every new file system, where a folder of its own is a volume of its own.
  const expected = [...ours, `${basename(unfinished)}-journal`, "lost+found"];
  const others = readdirSync(directory).filter((name) => !expected.includes(name));
  if (others.length === 0) return;
  const named = others.sort().slice(0, namedFiles).join(", ");
  throw refuse(others.length > namedFiles ? `${named} and ${others.length - namedFiles} more` : named);
}

/** Files that are named of those that are in the way. */
const namedFiles = 5;

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
