import type { DatabaseSync } from "node:sqlite";
import type { EntryNote } from "@trimtab/log";
import { checksumOf, streamChecksum } from "./checksum.ts";
import { type ChunkWriter, rowChecksum } from "./chunks.ts";
import type { Head, Heads } from "./heads.ts";
import { createSnapshotWriter } from "./snapshot-writer.ts";
import type { Data, Write } from "./writer.ts";

interface Parts {
  readonly heads: Heads;
  readonly chunks: ChunkWriter;
  readonly sweepLater: (head: Head) => void;
}

/** Makes the function that makes one write within a transaction; `false` for an append that lost its race. */
export function createApply(db: DatabaseSync, { heads, chunks, sweepLater }: Parts) {
  const insert = db.prepare(
    `INSERT INTO entry (stream, number, written_ms, checksum, data, whole, actor, kind, subject)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  const setTrimmed = db.prepare("UPDATE stream SET trimmed = ?, checksum = ? WHERE id = ?");
  const snapshots = createSnapshotWriter(db, chunks);
  const summarize = db.prepare("INSERT OR REPLACE INTO summary (stream, number, checksum, data) VALUES (?, ?, ?, ?)");
  const dropSummary = db.prepare("DELETE FROM summary WHERE stream = (SELECT id FROM stream WHERE name = ?)");

  const append = ({ stream, after, notes }: Extract<Write, { kind: "append" }>, data: readonly Data[]): boolean => {
    const known = heads.find(stream);
    if (after !== (known?.last ?? 0)) return false;
    if (data.length === 0) return true;
    const head = known ?? heads.make(stream);
    const now = Date.now();
    const noted: readonly EntryNote[] = notes === undefined ? [] : JSON.parse(notes);
    for (const [i, entry] of data.entries()) {
      const number = head.last + 1;
      const stored = chunks.store(entry);
      const checksum = rowChecksum(stream, number, stored);
      const { actor = null, kind = null, subject = null } = noted[i] ?? {};
      insert.run(head.id, number, now, checksum, stored.data, stored.whole, actor, kind, subject);
      head.last = number;
    }
    return true;
  };

  const trim = (stream: string, through: number): boolean => {
    const isWhole = through === Number.MAX_SAFE_INTEGER;
    const head = isWhole ? heads.findAnyhow(stream) : heads.find(stream);
    if (head === undefined) return true;
    const wanted = Math.min(through, head.last);
    if (wanted <= head.trimmed && !isWhole) return true;
    setTrimmed.run(wanted, streamChecksum(head.id, stream, wanted), head.id);
    head.trimmed = wanted;
    sweepLater(head);
    return true;
  };

  return (write: Write, data: readonly Data[]): boolean => {
    switch (write.kind) {
      case "append":
        return append(write, data);
      case "trim":
        return trim(write.stream, write.through);
      case "save": {
        const { id } = heads.find(write.stream) ?? heads.make(write.stream);
        const [snapshot = new Uint8Array()] = data;
        snapshots.save({ ...write, id }, snapshot);
        return true;
      }
      case "drop":
        snapshots.drop(write.stream, 0, write.before ?? Number.MAX_SAFE_INTEGER);
        return true;
      case "summarize": {
        const { id } = heads.find(write.stream) ?? heads.make(write.stream);
        const [summary] = data;
        if (!(summary instanceof Uint8Array)) throw new TypeError("a summary comes as a whole");
        summarize.run(id, write.number, checksumOf(write.stream, write.number, summary), summary);
        return true;
      }
      case "drop-summary":
        dropSummary.run(write.stream);
        return true;
    }
  };
}
