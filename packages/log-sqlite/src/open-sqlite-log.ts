import { join } from "node:path";
import { checks, LogError, type PartsLog, type PartsSnapshots, type SummaryStore } from "@trimtab/log";
import { type CopyTarget, takeCopyTarget } from "./copy-target.ts";
import { dataFolder } from "./data-folder.ts";
import { createEarlyFlush } from "./early-flush.ts";
import { toFailure } from "./failure.ts";
import { folderNames, folderPath } from "./folder-path.ts";
import { holdsLog } from "./holds-log.ts";
import { openToCopy } from "./loss.ts";
import { createOutflow } from "./outflow.ts";
import type { LogCounts, SqliteLogDamage, SqliteLogReport } from "./report.ts";
import { giveBackHashes } from "./section-hashes.ts";
import { createCommitLog } from "./sqlite-commit-log.ts";
import { createSnapshotStore } from "./sqlite-snapshots.ts";
import { createSummaryStore } from "./sqlite-summaries.ts";
import { startThread, type Thread, toLogError } from "./thread.ts";
import { createWindow } from "./window.ts";
import { createWriteQueue } from "./write-queue.ts";

/** Where the log is and how it is opened. */
export interface SqliteLogOptions {
  /** The data folder; made where it is not there. */
  readonly directory: string;
  /** Opens what is left where entries that were acknowledged are missing, which is refused otherwise. */
  readonly acceptLoss?: boolean;
  /** Called with damage that was found and worked around: a snapshot that cannot be used. */
  readonly onDamage?: (damage: SqliteLogDamage) => void;
}

/** A log and its snapshots in a folder, held by this process until it is closed. */
export interface SqliteLog {
  readonly log: PartsLog;
  readonly snapshots: PartsSnapshots;
  readonly summaries: SummaryStore;
  /** What this process did with the log since it was opened. */
  stats(): SqliteLogStats;
  /** Checks all that is stored, beside reads and writes. */
  verify(): Promise<SqliteLogReport>;
  /**
   * Copies what is stored at one moment into a folder that holds nothing yet, beside reads and writes. The copy is a
   * data folder: restoring is opening it. Rejects with `in_use` where there is anything already, and names it.
   */
  backup(target: string): Promise<{ readonly bytes: number }>;
  /** Waits for writes under way, ends followers and lets go of the folder, also where it rejects since a file could not be closed in order. */
  close(): Promise<void>;
}

/** Counts of one process. */
export interface SqliteLogStats extends LogCounts {
  /** Writes that are not on disk yet. */
  readonly waiting: number;
}

/**
 * Opens the log in a folder, for this process alone. Rejects with a `LogError`: `in_use` where another process has it,
 * naming that; `damaged` where the file is broken or acknowledged entries are missing; `unsupported` where it is of a
 * later version or another program's; `read_only`, `full` or `unavailable` where the disk does not let it. Options of another kind, and
 * those that there are none of, are a `RangeError`.
 */
export async function openSqliteLog(options: SqliteLogOptions): Promise<SqliteLog> {
  checks.options("options", options, {
    directory: checks.filled,
    acceptLoss: checks.flag,
    onDamage: checks.callable,
  });
  const directory = folderPath("directory", options.directory);
  const window = createWindow();
  const start = { directory, acceptLoss: options.acceptLoss ?? false, window };
  const writing = await startThread({ ...start, role: "writer" });
  // Where it ends by itself in the middle of a hash, the other thread would wait for that.
  const onReaderEnd = () => giveBackHashes(window.hashes);
  const reading = await startThread({ ...start, role: "reader" }, onReaderEnd).catch(async (error: unknown) => {
    await writing.close();
    throw error;
  });
  let closing: Promise<void> | undefined;
  const closedError = () => new LogError("closed", `the log in ${directory} is closed`, { directory });
  const early = createEarlyFlush(dataFolder(directory).writeAheadLog);
  const outflow = createOutflow(window, (before) => {
    reading.nudge();
    early.sectionSent(before);
  });
  const queue = createWriteQueue(writing, outflow, closedError);
  const reads: Pick<Thread, "call"> = {
    call: (call, argument) => (closing === undefined ? reading.call(call, argument) : Promise.reject(closedError())),
  };
  const { log, counts, endFollowers } = createCommitLog(queue, reads);

  const close = async (): Promise<void> => {
    await queue.close();
    endFollowers(closedError());
    // The last one lets go of the folder, whatever becomes of the others.
    const failures: unknown[] = [];
    for (const each of [early, reading, writing]) await each.close().catch((error: unknown) => failures.push(error));
    if (failures.length > 0) throw failures[0];
  };
  return {
    log,
    snapshots: createSnapshotStore(queue, reads, options.onDamage),
    summaries: createSummaryStore(queue, reads),
    stats: () => ({ ...counts(), waiting: queue.waiting }),
    verify: () => verifySqliteLog(directory),
    backup: (target) => backUpSqliteLog(directory, target),
    close: () => (closing ??= close()),
  };
}

/** Checks all that is stored in a folder, whether a process has it open or not. */
export async function verifySqliteLog(directory: string): Promise<SqliteLogReport> {
  const path = folderPath("directory", directory);
  const thread = await startThread({ role: "verifier", directory: path, acceptLoss: false });
  try {
    return await thread.call("verify", undefined);
  } finally {
    await thread.close();
  }
}

/** What goes along with a copy. */
export interface BackupOptions {
  /** Names of folders in the folder that hold logs of their own; those that are not there are left out. None unless given. */
  readonly within?: readonly string[];
}

/**
 * Copies a folder's log into another folder, as {@link SqliteLog.backup} does, also from outside the process that has it. Logs within the
 * folder are part of the copy, which is there as a whole or not at all; each is of a moment before the folder's own. A name within that
 * is no folder's, such as `..`, is a `RangeError`.
 */
export async function backUpSqliteLog(
  directory: string,
  target: string,
  options: BackupOptions = {},
): Promise<{ readonly bytes: number }> {
  const [from, to] = [folderPath("directory", directory), folderPath("target", target)];
  const { within = [] } = checks.options("options", options, { within: folderNames });
  if (within.length > 0) await copyWithin(within, from, to);
  return copyAlone(from, to);
}

async function copyAlone(directory: string, target: string): Promise<{ readonly bytes: number }> {
  const thread = await startThread({ role: "backup", directory, acceptLoss: false });
  try {
    return await thread.call("backup", target);
  } finally {
    await thread.close();
  }
}

/** Copies logs within a folder; they are no copy until that of the folder's own is there as well. */
async function copyWithin(within: readonly string[], from: string, to: string): Promise<void> {
  const { abandon, release } = takeTarget(from, to, within);
  try {
    for (const name of within) {
      if (holdsLog(join(from, name))) await copyAlone(join(from, name), join(to, name));
    }
  } catch (error) {
    abandon();
    throw error;
  } finally {
    release();
  }
}

function takeTarget(from: string, to: string, within: readonly string[]): CopyTarget {
  try {
    openToCopy(dataFolder(from)).close();
  } catch (error) {
    throw toLogError(toFailure(error, dataFolder(from).database));
  }
  try {
    return takeCopyTarget(dataFolder(to), within);
  } catch (error) {
    throw toLogError(toFailure(error, dataFolder(to).database));
  }
}
