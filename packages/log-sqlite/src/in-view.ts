import type { DatabaseSync } from "node:sqlite";

/** Works in one view of a database, which may be written to meanwhile; keeps the write-ahead log from being emptied until then. */
export function inView<T>(db: DatabaseSync, work: () => T): T {
  db.exec("BEGIN");
  try {
    return work();
  } finally {
    if (db.isTransaction) db.exec("COMMIT");
  }
}
