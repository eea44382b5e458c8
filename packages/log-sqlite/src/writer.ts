import type { DatabaseSync } from "node:sqlite";
import { createApply } from "./apply-write.ts";
import { createCheckpoints } from "./checkpoints.ts";
import { createChunkWriter } from "./chunks.ts";
import type { DataFolder } from "./data-folder.ts";
import { createExpectedTransaction } from "./expected-transaction.ts";
import { type Failure, isConstraint, toFailure } from "./failure.ts";
import { createHeads } from "./heads.ts";
import type { Sections } from "./packed-data.ts";
import { obstacleIn } from "./probe.ts";
import { readPosition } from "./schema.ts";
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
  /** Notes how many entries there are on disk, which is to be done before anybody hears of the last of them. */
  note(): void;
  /** Begins the transaction of a commit that is about to come, which is called off where it does not come soon. */
  expectCommit(): void;
  /** Gives the milliseconds for which a commit is expected still; 0 where none is, and nothing is begun. */
  expectingMs(): number;
  /** Deletes a bounded part of what trims left behind; `false` where nothing is left. */
  sweep(): boolean;
  /** Moves what large writes left in the write-ahead log into the database, when it is time to; gives the milliseconds until then. */
  checkpoint(): number;
}

/** What is written, whole or as it comes. */
export type Data = Uint8Array | Sections;

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
  const expected = createExpectedTransaction(db, begin);
  let position = readPosition(db);
  let noted = position;

  const transact = <T>(work: () => T): T => {
    if (!expected.take()) begin.run();
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
    position = next;
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
      const largeBytes = largeBytesIn(data);
      // The write-ahead log cannot be moved within a transaction.
      if (largeBytes > 0) expected.callOff();
      checkpoints.beforeCommit(largeBytes);
      const [only] = group;
      if (group.length === 1 && only !== undefined) return [commitAlone(only)];
      try {
        return commitTogether(group);
      } catch {
        return group.map(commitAlone);
      }
    },
    note() {
      if (noted === position) return;
      noted = position;
      noteAcknowledged(watermark, position);
      reached("watermark set");
    },
    expectCommit() {
      if (!checkpoints.areDue()) expected.begin();
    },
    expectingMs: expected.leftMs,
    sweep: () => unflushed(db, () => transact(sweeper.step)),
    checkpoint: checkpoints.catchUp,
  };
}

/**
 * Makes a transaction that need not be on disk when it is done, which spares it a flush: the next that must be takes it along, and a
 * checkpoint flushes the write-ahead log first. Lost with the power, it is made again.
 */
function unflushed<T>(db: DatabaseSync, transaction: () => T): T {
  db.exec("PRAGMA synchronous = NORMAL");
  try {
    return transaction();
  } finally {
    db.exec("PRAGMA synchronous = FULL");
  }
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
const explain = (failure: Failure, folder: DataFolder): Failure =>
  failure.code === "unavailable" ? (obstacleIn(folder, 0) ?? failure) : failure;

function distribute(writes: readonly Write[], data: readonly Data[]): Prepared[] {
  let offset = 0;
  return writes.map((write) => {
    const count = write.kind === "append" ? write.count : write.kind === "save" || write.kind === "summarize" ? 1 : 0;
    offset += count;
    return { write, data: data.slice(offset - count, offset) };
  });
}
