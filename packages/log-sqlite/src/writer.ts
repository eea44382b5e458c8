import { rmSync, writeFileSync } from "node:fs";
import type { DatabaseSync } from "node:sqlite";
import type { EntryNote } from "@trimtab/log";
import { createCheckpoints } from "./checkpoints.ts";
import { checksumOf, streamChecksum } from "./checksum.ts";
import { type ChunkWriter, createChunkWriter, rowChecksum } from "./chunks.ts";
import type { DataFolder } from "./data-folder.ts";
import { type Failure, isConstraint, toFailure } from "./failure.ts";
import { createHeads, type Head, type Heads } from "./heads.ts";
import type { Sections } from "./packed-data.ts";
import { readPosition } from "./schema.ts";
import { createSnapshotWriter } from "./snapshot-writer.ts";
import { createSweeper } from "./sweeper.ts";
import type { Watermark } from "./watermark.ts";
import { reached } from "./write-point.ts";

/** One change to what is stored; `data` comes beside it. */
export type Write =
  | {
      readonly kind: "append";
      readonly stream: string;
      readonly after: number;
      readonly count: number;
      /** An array of an `EntryNote` for each entry, as JSON: objects take several times as long from thread to thread. */
      readonly notes: string | undefined;
    }
  | { readonly kind: "trim"; readonly stream: string; readonly through: number }
  | { readonly kind: "save"; readonly stream: string; readonly number: number }
  /** Forgets the snapshots of a stream, those taken before an entry or all of them. */
  | { readonly kind: "drop"; readonly stream: string; readonly before?: number }
  /** Keeps a stream's summary in the place of the one before. */
  | { readonly kind: "summarize"; readonly stream: string; readonly number: number }
  | { readonly kind: "drop-summary"; readonly stream: string };

/** What a write came to: whether an append won its number (others are always `true`), or why it was not made. */
export type Outcome = boolean | Failure;

/** Writes to the database of one folder, within one thread. */
export interface Writer {
  /**
   * Makes the writes in order and returns what each came to, once all are on disk. They share one transaction and
   * one flush; where that fails and there are several each is tried alone, so that only those fail which cannot be made. `data` holds
   * what each entry appended and each snapshot or summary saved is to hold, in the order of the writes; what comes in sections belongs to
   * a write that is made by itself.
   */
  commit(writes: readonly Write[], data: readonly Data[]): Outcome[];
  /** Deletes a bounded part of what trims left behind; `false` where nothing is left. */
  sweep(): boolean;
  /** Moves what large writes left in the write-ahead log into the database, when it is time to; gives the milliseconds until then. */
  checkpoint(): number;
}

/** What is written, whole or as it comes. */
type Data = Uint8Array | Sections;

interface Prepared {
  readonly write: Write;
  readonly data: readonly Data[];
}

/** Makes the writer of an open database. */
export function createWriter(db: DatabaseSync, folder: DataFolder, watermark: Watermark): Writer {
  const begin = db.prepare("BEGIN IMMEDIATE");
  const commit = db.prepare("COMMIT");
  const setPosition = db.prepare("UPDATE log SET position = ?");
  const heads = createHeads(db);
  const chunks = createChunkWriter(db);
  const sweeper = createSweeper(db, chunks);
  const apply = createApply(db, { heads, chunks, sweepLater: sweeper.add });
  const checkpoints = createCheckpoints(db);
  let position = readPosition(db);

  const transact = <T>(work: () => T): T => {
    begin.run();
    reached("transaction begun");
    try {
      const result = work();
      reached("transaction about to commit");
      commit.run();
      reached("transaction committed");
      return result;
    } catch (error) {
      heads.forget();
      // SQLite has rolled back by itself after some errors.
      if (db.isTransaction) db.exec("ROLLBACK");
      throw error;
    }
  };

  const commitTogether = (group: readonly Prepared[]): boolean[] => {
    const { results, next } = transact(() => {
      let next = position;
      const results = group.map(({ write, data }) => {
        const made = apply(write, data);
        reached("write applied");
        if (made && write.kind === "append") next += data.length;
        return made;
      });
      if (next !== position) setPosition.run(next);
      return { results, next };
    });
    if (next !== position) {
      position = next;
      noteAcknowledged(watermark, position);
      reached("watermark set");
    }
    return results;
  };

  const commitAlone = (one: Prepared): Outcome => {
    try {
      return commitTogether([one])[0] ?? false;
    } catch (error) {
      // Somebody wrote to the file by other means, and has the number: the race is lost.
      if (one.write.kind === "append" && isConstraint(error)) return false;
      return explain(toFailure(error, folder.database), folder);
    }
  };

  return {
    commit(writes, data) {
      const group = distribute(writes, data);
      checkpoints.beforeCommit(largeBytesIn(data));
      const [only] = group;
      if (group.length === 1 && only !== undefined) return [commitAlone(only)];
      try {
        return commitTogether(group);
      } catch {
        return group.map(commitAlone);
      }
    },
    sweep: () => transact(sweeper.step),
    checkpoint: checkpoints.catchUp,
  };
}

/** What comes in sections, in bytes. */
function largeBytesIn(data: readonly Data[]): number {
  let sum = 0;
  for (const each of data) if (!(each instanceof Uint8Array)) sum += each.bytes;
  return sum;
}

/** The write is durable without it, so that this number cannot be written is no failure of the write. */
function noteAcknowledged(watermark: Watermark, position: number): void {
  try {
    watermark.set(position);
  } catch {
    // It lags behind until the next write, as it may.
  }
}

/** SQLite calls a disk that became read-only an input/output error; asking it tells. */
function explain(failure: Failure, { probe, database }: DataFolder): Failure {
  if (failure.code !== "unavailable") return failure;
  try {
    writeFileSync(probe, "");
    rmSync(probe);
    return failure;
  } catch (error) {
    return toFailure(error, database);
  }
}

function distribute(writes: readonly Write[], data: readonly Data[]): Prepared[] {
  let offset = 0;
  return writes.map((write) => {
    const count = write.kind === "append" ? write.count : write.kind === "save" || write.kind === "summarize" ? 1 : 0;
    offset += count;
    return { write, data: data.slice(offset - count, offset) };
  });
}

interface Parts {
  readonly heads: Heads;
  readonly chunks: ChunkWriter;
  readonly sweepLater: (head: Head) => void;
}

/** Makes the function that makes one write within a transaction. */
function createApply(db: DatabaseSync, { heads, chunks, sweepLater }: Parts) {
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
    const head = heads.find(stream);
    if (head === undefined) return true;
    const wanted = Math.min(through, head.last);
    if (wanted <= head.trimmed) return true;
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
