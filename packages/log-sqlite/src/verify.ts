import type { DatabaseSync } from "node:sqlite";
import { streamChecksum } from "./checksum.ts";
import { createDataReader } from "./chunks.ts";
import type { DataFolder } from "./data-folder.ts";
import { EngineError, toFailure } from "./failure.ts";
import { inView } from "./in-view.ts";
import { positionIn, refuseLostDatabase } from "./loss.ts";
import { openForReading } from "./open-for-reading.ts";
import { createScan, inlineData, summaryOf } from "./reader.ts";
import type { SqliteLogDamage, SqliteLogReport } from "./report.ts";
import { checkSchema, isEmpty } from "./schema.ts";
import { checkChunks } from "./verify-chunks.ts";
import { readWatermark } from "./watermark.ts";

const damageListed = 1000;

/** Checks everything in a data folder, whether it is in use or not; throws where there is no log, or a foreign one. */
export function verify(folder: DataFolder): SqliteLogReport {
  const tally = createTally();
  // Read first, since it only grows, and never runs ahead of the database.
  const acknowledged = readWatermark(folder.watermark);
  const attempt = (check: () => void): void => {
    try {
      check();
    } catch (error) {
      const { code, message, details } = toFailure(error, folder.database);
      if (code !== "damaged") throw new EngineError(code, message, details);
      tally.damaged({ kind: "file", message });
    }
  };
  attempt(() => {
    refuseLostDatabase(folder, acknowledged);
    const db = openForReading(folder.database);
    const checkEnd = (): void => {
      const missing = acknowledged - positionIn(db, folder);
      if (missing > 0) tally.damaged({ kind: "missing", entries: missing });
    };
    try {
      if (isEmpty(db)) return checkEnd();
      const version = checkSchema(db, folder.database);
      const stored: Stored = { db, whole: version > 2 ? "whole" : "0" };
      // Each goes as far as it can, whatever the others found.
      for (const check of [checkEntries, checkSnapshots]) attempt(() => check(stored, tally));
      for (const check of [checkPosition, checkStructure]) attempt(() => check(db, tally));
      if (version > 1) attempt(() => checkSummaries(db, tally));
      if (version > 2) attempt(() => checkChunks(db, tally));
      attempt(checkEnd);
    } finally {
      db.close();
    }
  });
  return tally.report();
}

/** A database, and the column that tells how large data is that is cut into chunks. */
interface Stored {
  readonly db: DatabaseSync;
  readonly whole: "whole" | "0";
}

/** Collects what a check finds. */
export type Tally = ReturnType<typeof createTally>;

function createTally() {
  const count = { streams: 0, entries: 0, bytes: 0, snapshots: 0, chunks: 0, damages: 0 };
  const damage: SqliteLogDamage[] = [];
  return {
    count,
    damaged(one: SqliteLogDamage): void {
      count.damages++;
      if (damage.length < damageListed) damage.push(one);
    },
    report: (): SqliteLogReport => ({ ...count, damage }),
  };
}

/** Numbers are never used twice, so the streams' last numbers add up to all that was ever appended. */
function checkPosition(db: DatabaseSync, tally: Tally): void {
  const row = db
    .prepare(
      `SELECT position - (SELECT coalesce(sum(max(trimmed, last)), 0) FROM (
         SELECT trimmed, coalesce((SELECT max(number) FROM entry WHERE entry.stream = stream.id), 0) AS last FROM stream
       )) AS missing FROM log`,
    )
    .get();
  const missing = Number(row?.["missing"]);
  if (missing !== 0) tally.damaged({ kind: "missing", entries: missing });
}

/** Goes part by part, so that the write-ahead log can be emptied in between. */
function checkEntries(stored: Stored, tally: Tally): void {
  const checkPart = createPartCheck(stored, tally);
  for (let at: Place | undefined = { stream: 0, entry: 0 }; at !== undefined; ) at = checkPart(at);
}

/** Where a part begins: at the first stream from an id on, after an entry of it. */
interface Place {
  readonly stream: number;
  readonly entry: number;
}

/** Makes the function that checks some of a stream and gives where the next part begins; `undefined` after the last stream. */
function createPartCheck({ db, whole }: Stored, tally: Tally): (from: Place) => Place | undefined {
  const find = db.prepare(
    `SELECT id, name, trimmed, checksum, (SELECT max(number) FROM entry WHERE entry.stream = stream.id) AS last
     FROM stream WHERE id >= ? ORDER BY id LIMIT 1`,
  );
  const scan = createScan(db, whole);
  return (from) =>
    // Where a stream begins and what it holds are of one moment: it may be trimmed meanwhile.
    inView(db, () => {
      const row = find.get(from.stream);
      if (row === undefined) return undefined;
      const [id, stream, trimmed] = [Number(row["id"]), String(row["name"]), Number(row["trimmed"])];
      const isBegun = id === from.stream && from.entry > 0;
      if (!isBegun) tally.count.streams++;
      if (!isBegun && row["checksum"] !== streamChecksum(id, stream, trimmed))
        tally.damaged({ kind: "stream", stream, number: 0 });
      const after = isBegun ? Math.max(from.entry, trimmed) : trimmed;
      if (after >= Number(row["last"] ?? 0)) return { stream: id + 1, entry: 0 };
      const through = checkSome({ stream, after, ...scan({ id, stream, after, limit: 1000 }) }, tally);
      return through === undefined ? { stream: id + 1, entry: 0 } : { stream: id, entry: through };
    });
}

interface Scanned extends ReturnType<ReturnType<typeof createScan>> {
  readonly stream: string;
  readonly after: number;
}

/** Gives the entry after which the stream goes on; `undefined` where it cannot be read any further. */
function checkSome({ stream, after, entries, damage }: Scanned, tally: Tally): number | undefined {
  tally.count.entries += entries.length;
  for (const { length } of entries) tally.count.bytes += length;
  const through = after + entries.length;
  if (damage === undefined) return entries.length === 0 ? undefined : through;
  if (damage !== "unreadable") {
    tally.damaged({ kind: "entry", stream, number: through + 1, reason: damage });
    return through + 1;
  }
  tally.damaged({ kind: "stream", stream, number: through + 1 });
  return undefined;
}

function checkSnapshots({ db, whole }: Stored, tally: Tally): void {
  const dataOf = whole === "0" ? inlineData : createDataReader(db);
  const rows = db.prepare(
    `SELECT name, number, snapshot.checksum, data, ${whole} AS whole FROM snapshot JOIN stream ON stream.id = snapshot.stream`,
  );
  for (const { name, number: at, checksum, data, whole: size } of rows.iterate()) {
    const [stream, number] = [String(name), Number(at)];
    if (dataOf({ stream, number, checksum, data, whole: Number(size) }) !== undefined) tally.count.snapshots++;
    else tally.damaged({ kind: "snapshot", stream, number });
  }
}

function checkSummaries(db: DatabaseSync, tally: Tally): void {
  const rows = db.prepare(
    "SELECT name, number, summary.checksum, data FROM summary JOIN stream ON stream.id = summary.stream",
  );
  for (const row of rows.iterate()) {
    if (summaryOf(row) === undefined) tally.damaged({ kind: "summary", stream: String(row["name"]) });
  }
}

function checkStructure(db: DatabaseSync, tally: Tally): void {
  for (const row of db.prepare(`PRAGMA integrity_check(${damageListed})`).iterate()) {
    const message = String(row["integrity_check"]);
    if (message !== "ok") tally.damaged({ kind: "file", message });
  }
}
