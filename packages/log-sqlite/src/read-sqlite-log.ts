import type { PartsLog, PartsSnapshots } from "@trimtab/log";
import { folderPath } from "./folder-path.ts";
import { createLogReads } from "./sqlite-commit-log.ts";
import { createSnapshotReads } from "./sqlite-snapshots.ts";
import { startThread } from "./thread.ts";

/** A folder's log as somebody sees it who only reads. */
export interface SqliteLogReads {
  readonly log: Pick<PartsLog, "read" | "before" | "streams">;
  readonly snapshots: Pick<PartsSnapshots, "load">;
  close(): Promise<void>;
}

/**
 * Reads the log in a folder, whether a process has it open or not. Rejects with a `LogError`: `unavailable` where there is none,
 * `unsupported` where it is of another version, `damaged` where it is broken.
 */
export async function readSqliteLog(directory: string): Promise<SqliteLogReads> {
  const thread = await startThread({
    role: "reader",
    directory: folderPath("directory", directory),
    acceptLoss: false,
  });
  const { load } = createSnapshotReads(thread);
  return { log: createLogReads(thread), snapshots: { load }, close: thread.close };
}
