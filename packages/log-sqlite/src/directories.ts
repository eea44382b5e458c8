import { mkdirSync, statSync } from "node:fs";
import { dirname } from "node:path";
import { systemFailure } from "./failure.ts";
import { flushDirectory } from "./flush.ts";

/** What is in a log is for whoever runs it: others are let in by them, or not at all. */
const forTheOwner = 0o700;

/**
 * Makes a folder for its owner alone, that survives a power failure: a new name is durable only once its folder is flushed. One that is
 * there stays as it is. Throws where a part of its path is no folder, or a file system makes none.
 */
export function makeDirectory(directory: string): void {
  // Node makes the folders above as well, and tries for ever where a file system says that the one above is not there, as that of /proc does.
  const missing: string[] = [];
  for (let path = directory; !isThere(path) && path !== dirname(path); path = dirname(path)) missing.push(path);
  for (const path of missing.reverse()) {
    make(path);
    flushDirectory(dirname(path));
  }
  if (!statSync(directory).isDirectory()) throw systemFailure(directory, "is a file, and no folder for data");
}

const isThere = (path: string): boolean => statSync(path, { throwIfNoEntry: false }) !== undefined;

function make(path: string): void {
  try {
    mkdirSync(path, { mode: forTheOwner });
  } catch (error) {
    // Somebody else was first.
    if (isThere(path)) return;
    throw systemFailure(path, "cannot be made as a folder", error);
  }
}
