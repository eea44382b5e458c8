import type { DatabaseSync } from "node:sqlite";

/** Gives a database that was just opened once it is prepared; closes it where that fails. */
export function prepared(db: DatabaseSync, prepare: () => void): DatabaseSync {
  try {
    prepare();
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}
