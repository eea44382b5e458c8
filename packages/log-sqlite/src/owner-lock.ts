import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { DatabaseSync } from "node:sqlite";
import type { DataFolder } from "./data-folder.ts";
import { EngineError, isBusy, isCorrupt } from "./failure.ts";
import { prepared } from "./prepared.ts";

/**
 * Takes the folder for this process until it is released. The lock is the operating system's, by way of SQLite, and
 * goes away with the process however that ends, so there is never a stale one; the file that names the owner is only
 * for people. Throws `in_use` where another process, or this one, has the folder.
 */
export function takeFolder(folder: DataFolder): { release(): void } {
  // A lock is lost when its process closes any handle on the locked file, so nothing else ever opens that file.
  const lock = new DatabaseSync(folder.lock, { timeout: 0 });
  try {
    lock.exec("BEGIN EXCLUSIVE");
  } catch (error) {
    lock.close();
    if (isBusy(error)) throw inUse(folder);
    throw isCorrupt(error) ? noLock(folder) : error;
  }
  nameOwner(folder.owner);
  return {
    release() {
      rmSync(folder.owner, { force: true });
      lock.close();
    },
  };
}

/**
 * Keeps others from taking the folder until it is released, and takes no room and writes nothing for that; others may do the same. Throws
 * where a process has the folder, or none ever had.
 */
export function keepFolder({ lock: path }: DataFolder): { release(): void } {
  const lock = new DatabaseSync(path, { readOnly: true, timeout: 0 });
  prepared(lock, () => lock.exec("BEGIN; SELECT count(*) FROM sqlite_schema"));
  return { release: () => lock.close() };
}

function nameOwner(path: string): void {
  const since = new Date().toISOString();
  try {
    writeFileSync(path, `${JSON.stringify({ pid: process.pid, host: hostname(), since })}\n`);
  } catch {
    // On a full disk a second process is refused all the same, and told less.
  }
}

function noLock({ directory, lock }: DataFolder): EngineError {
  const message = `${lock} is no lock, which is empty; take it away where no process has ${directory}`;
  return new EngineError("damaged", message, { directory, file: lock });
}

function inUse({ directory, owner }: DataFolder): EngineError {
  const { pid, host, since } = readOwner(owner);
  const who = pid === undefined ? "another process" : `process ${pid} on ${host}, since ${since}`;
  return new EngineError("in_use", `the data folder ${directory} is in use by ${who}; one process at a time has it`, {
    directory,
    ...(pid !== undefined && { pid }),
    ...(host !== undefined && { host }),
  });
}

function readOwner(path: string): { pid?: number; host?: string; since?: string } {
  try {
    const { pid, host, since } = JSON.parse(readFileSync(path, "utf8"));
    return { pid: Number(pid), host: String(host), since: String(since) };
  } catch {
    return {};
  }
}
