import type { DatabaseSync } from "node:sqlite";

/**
 * When the write-ahead log is moved into the database. SQLite does so within a commit once the log has 1000 pages, and whoever waits for
 * the commit waits for that as well: after a large write for nearly as long again as for the write itself.
 */
export interface Checkpoints {
  /** Lets the next commit go without. */
  putOff(): void;
  /** Does what was put off, where anything was; lets commits do it again. */
  catchUp(): void;
}

/** SQLite's own number of pages from which on a commit does it. */
const pages = 1000;

/** Makes the checkpoints of a database, which its commits do. */
export function createCheckpoints(db: DatabaseSync): Checkpoints {
  let isPutOff = false;
  return {
    putOff() {
      if (isPutOff) return;
      isPutOff = true;
      db.exec("PRAGMA wal_autocheckpoint = 0");
    },
    catchUp() {
      if (!isPutOff) return;
      isPutOff = false;
      db.exec(`PRAGMA wal_autocheckpoint = ${pages}`);
      try {
        db.exec("PRAGMA wal_checkpoint(PASSIVE)");
      } catch {
        // All of it is durable where it is, and the next commits try again.
      }
    },
  };
}
