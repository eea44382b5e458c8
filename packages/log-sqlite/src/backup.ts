import { renameSync, statSync } from "node:fs";
import type { DatabaseSync } from "node:sqlite";
import { collectUnlisted } from "./collect-unlisted.ts";
import { takeCopyTarget } from "./copy-target.ts";
import type { DataFolder } from "./data-folder.ts";
import { EngineError, toFailure } from "./failure.ts";
import { flushDirectory, flushFile } from "./flush.ts";
import { openToCopy } from "./loss.ts";
import { openForReading } from "./open-for-reading.ts";
import { readPosition } from "./schema.ts";
import { openWatermark } from "./watermark.ts";
import { reached } from "./write-point.ts";

/**
 * Copies what is stored at one moment into a folder that holds nothing yet, while the source is written to. The copy is
 * a data folder of its own, and is there whole or not at all, and on disk, when this returns. Until then this process has it.
 */
export function backUp(source: DataFolder, target: DataFolder): { bytes: number } {
  const db = openToCopy(source);
  try {
    const { abandon, release } = inTarget(target, () => takeCopyTarget(target));
    try {
      inTarget(target, () => copyInto(db, target));
    } catch (error) {
      abandon();
      throw error;
    } finally {
      release();
    }
    return { bytes: statSync(target.database).size };
  } finally {
    db.close();
  }
}

/** Works on the target: where there is no room, or nothing may be written, it is there, and of any other failure the source is named. */
function inTarget<T>({ unfinished }: DataFolder, work: () => T): T {
  try {
    return work();
  } catch (error) {
    const { code, message, details } = toFailure(error, unfinished);
    throw code === "full" || code === "read_only" ? new EngineError(code, message, details) : error;
  }
}

function copyInto(db: DatabaseSync, target: DataFolder): void {
  const { directory, database, unfinished } = target;
  // SQLite copies into a file that is empty, and no other.
  db.prepare("VACUUM INTO ?").run(unfinished);
  reached("backup copied");
  collectUnlisted(unfinished);
  flushFile(unfinished);
  reached("backup flushed");
  noteAcknowledged(unfinished, target);
  reached("backup noted");
  renameSync(unfinished, database);
  reached("backup named");
  flushDirectory(directory);
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
