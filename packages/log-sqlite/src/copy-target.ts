import { existsSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import type { DataFolder } from "./data-folder.ts";
import { makeDirectory } from "./directories.ts";
import { EngineError } from "./failure.ts";
import { flushDirectory } from "./flush.ts";
import { takeFolder } from "./owner-lock.ts";
import { reached } from "./write-point.ts";

/** A folder that a copy is being made in. */
export interface CopyTarget {
  /** Takes away what was made here, since the copy does not come to be. */
  abandon(): void;
  /** Lets go of the folder. */
  release(): void;
}

/**
 * Takes a folder for a copy, and notes in it that one is being made, until the copy takes the place of that note: so it is never taken
 * for a log, nor for an empty folder. Throws `in_use` where the folder holds anything but what a copy that was broken off has left, or
 * where somebody has it.
 *
 * @param within folders in it that are part of the copy
 */
export function takeCopyTarget(target: DataFolder, within: readonly string[] = []): CopyTarget {
  refuseUnlessEmpty(target);
  makeDirectory(target.directory);
  const { release } = takeFolder(target);
  const clear = (): void => {
    for (const name of within) rmSync(join(target.directory, name), { recursive: true, force: true });
  };
  const isBegun = isUnfinished(target);
  try {
    // Whoever had it until now may have made one.
    if (existsSync(target.database)) throw inTheWay(target, "a log already");
    // Of a copy that was broken off, since nothing else was there when that was begun.
    if (isBegun) clear();
    writeFileSync(target.unfinished, "");
    flushDirectory(target.directory);
    reached("backup begun");
  } catch (error) {
    release();
    throw error;
  }
  return {
    abandon() {
      clear();
      // There may be more of what was begun before.
      if (isBegun) writeFileSync(target.unfinished, "");
      else rmSync(target.unfinished, { force: true });
    },
    release,
  };
}

/** Says whether a folder holds a copy that is not whole. */
export const isUnfinished = ({ unfinished }: DataFolder): boolean => existsSync(unfinished);

/**
 * Refuses a folder, where there is one, that holds a log or anything else but what a backup that was broken off, or a data folder without
 * its log, has left. A write-ahead log is none of these: SQLite would take it for the copy's own.
 */
function refuseUnlessEmpty(target: DataFolder): void {
  const { directory, database, watermark, lock, owner } = target;
  if (!statSync(directory, { throwIfNoEntry: false })?.isDirectory()) return;
  if (existsSync(database)) throw inTheWay(target, "a log already");
  if (isUnfinished(target)) return;
  const ours = [watermark, lock, `${lock}-journal`, owner].map((path) => basename(path));
  // The last is in every new file system, where a folder of its own is a volume of its own.
  const expected = [...ours, "lost+found"];
  const others = readdirSync(directory).filter((name) => !expected.includes(name));
  if (others.length === 0) return;
  const named = others.sort().slice(0, namedFiles).join(", ");
  throw inTheWay(target, others.length > namedFiles ? `${named} and ${others.length - namedFiles} more` : named);
}

/** Files that are named of those that are in the way. */
const namedFiles = 5;

const inTheWay = ({ directory }: DataFolder, what: string): EngineError =>
  new EngineError("in_use", `${directory} holds ${what}; a copy goes into a folder of its own`, { directory });
