import type { DatabaseSync } from "node:sqlite";

/**
 * When the write-ahead log is moved into the database. SQLite does so within a commit once the log has 1000 pages, and whoever waits for
 * the commit waits for that as well: after a large write for half as long again as for the write itself. So a write that is as large as
 * that by itself goes without, and what it left is moved a moment later, when whoever waited for it has what it asks for next.
 */
export interface Checkpoints {
  /** Told before each commit how much large data it holds, in bytes; moves first what was put off before, where there would be more. */
  beforeCommit(largeBytes: number): void;
  /** Something was put off, and is to be moved. */
  areDue(): boolean;
  /** Moves what was put off where it is time to; gives the milliseconds until it is. */
  catchUp(): number;
}

/** SQLite's own number of pages from which on a commit does it. */
const pages = 1000;
const pageBytes = 4096;

/** How long it is put off, in milliseconds. */
const putOffMs = 100;

/** Makes the checkpoints of a database, which its commits do. */
export function createCheckpoints(db: DatabaseSync): Checkpoints {
  let dueAt = Number.POSITIVE_INFINITY;
  const checkpoint = (): void => {
    dueAt = Number.POSITIVE_INFINITY;
    db.exec(`PRAGMA wal_autocheckpoint = ${pages}`);
    try {
      db.exec("PRAGMA wal_checkpoint(PASSIVE)");
    } catch {
      // All of it is durable where it is, and the next commits try again.
    }
  };
  const catchUp = (): number => {
    if (dueAt === Number.POSITIVE_INFINITY) return dueAt;
    const now = performance.now();
    if (now >= dueAt) checkpoint();
    return dueAt - now;
  };
  return {
    beforeCommit(largeBytes) {
      if (largeBytes < pages * pageBytes) return void catchUp();
      if (dueAt < Number.POSITIVE_INFINITY) checkpoint();
      dueAt = performance.now() + putOffMs;
      db.exec("PRAGMA wal_autocheckpoint = 0");
    },
    areDue: () => dueAt < Number.POSITIVE_INFINITY,
    catchUp,
  };
}
