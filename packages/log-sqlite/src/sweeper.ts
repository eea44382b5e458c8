import type { DatabaseSync } from "node:sqlite";
import type { ChunkWriter } from "./chunks.ts";

/** Deletes forgotten entries in parts, between other writes, so that no write waits long for it. */
export interface Sweeper {
  /** Notes, within the transaction that trims a stream, that there is something to delete. */
  add(stream: { readonly id: number }): void;
  /** Deletes one part, within a transaction; `false` where there was nothing to delete. */
  step(): boolean;
}

/** What one part holds at most; SQLite reads every page of an entry that it deletes. */
const rowsPerStep = 512;
const bytesPerStep = 16 << 20;

/** Makes the sweeper of a database; what an earlier process left is found again. */
export function createSweeper(db: DatabaseSync, chunks: ChunkWriter): Sweeper {
  const note = db.prepare("INSERT OR IGNORE INTO sweep (stream) VALUES (?)");
  const next = db.prepare("SELECT sweep.stream, trimmed FROM sweep JOIN stream ON stream.id = sweep.stream LIMIT 1");
  const oldest = db.prepare(
    "SELECT number, length(data) + whole AS bytes, whole FROM entry WHERE stream = ? AND number <= ? ORDER BY number LIMIT ?",
  );
  const dataOf = db.prepare("SELECT data FROM entry WHERE stream = ? AND number = ?");
  const remove = db.prepare("DELETE FROM entry WHERE stream = ? AND number <= ?");
  const done = db.prepare("DELETE FROM sweep WHERE stream = ?");

  const release = (stream: number, number: number, whole: number): void => {
    const data = dataOf.get(stream, number)?.["data"];
    if (data instanceof Uint8Array) chunks.release({ data, whole });
  };

  return {
    add({ id }) {
      note.run(id);
    },
    step() {
      const row = next.get();
      if (row === undefined) return false;
      const stream = Number(row["stream"]);
      const rows = oldest.all(stream, Number(row["trimmed"]), rowsPerStep);
      let through = 0;
      let count = 0;
      let bytes = 0;
      for (const { number, bytes: size, whole } of rows) {
        if (bytes >= bytesPerStep) break;
        if (whole !== 0) release(stream, Number(number), Number(whole));
        through = Number(number);
        bytes += Number(size);
        count++;
      }
      if (count > 0) remove.run(stream, through);
      if (count === rows.length && rows.length < rowsPerStep) done.run(stream);
      return true;
    },
  };
}
