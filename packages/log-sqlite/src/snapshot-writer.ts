import type { DatabaseSync } from "node:sqlite";
import { type ChunkWriter, rowChecksum } from "./chunks.ts";
import type { Sections } from "./packed-data.ts";

/** Writes snapshots, within the transaction of whoever calls. */
export interface SnapshotWriter {
  /** Keeps a snapshot in the place of one that was taken at the same entry. */
  save(
    at: { readonly id: number; readonly stream: string; readonly number: number },
    data: Uint8Array | Sections,
  ): void;
  /** Forgets a stream's snapshots from one number on and before another. */
  drop(stream: string, from: number, before: number): void;
}

/** Makes the writer of snapshots. */
export function createSnapshotWriter(db: DatabaseSync, chunks: ChunkWriter): SnapshotWriter {
  const insert = db.prepare(
    "INSERT INTO snapshot (stream, number, written_ms, checksum, data, whole) VALUES (?, ?, ?, ?, ?, ?)",
  );
  const where = "WHERE stream = (SELECT id FROM stream WHERE name = ?) AND number >= ? AND number < ?";
  const large = db.prepare(`SELECT data, whole FROM snapshot ${where} AND whole > 0`);
  const remove = db.prepare(`DELETE FROM snapshot ${where}`);

  const drop = (stream: string, from: number, before: number): void => {
    for (const row of large.all(stream, from, before)) {
      if (row["data"] instanceof Uint8Array) chunks.release({ data: row["data"], whole: Number(row["whole"]) });
    }
    remove.run(stream, from, before);
  };

  return {
    save({ id, stream, number }, data) {
      drop(stream, number, number + 1);
      const stored = chunks.store(data);
      insert.run(id, number, Date.now(), rowChecksum(stream, number, stored), stored.data, stored.whole);
    },
    drop,
  };
}
