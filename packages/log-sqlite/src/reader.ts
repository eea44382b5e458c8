import type { DatabaseSync } from "node:sqlite";
import type { StreamEnd, StreamSummary } from "@trimtab/log";
import { checksumOf } from "./checksum.ts";
import { createDataReader, type Row } from "./chunks.ts";
import type { DataFolder } from "./data-folder.ts";
import { EngineError, isCorrupt } from "./failure.ts";
import { type Packed, pack, packOwn } from "./packed.ts";
import type { EntryDamage } from "./report.ts";
import { createStreamFinder } from "./stream-rows.ts";

/** What is asked of a stream. */
export interface ReadRequest {
  readonly stream: string;
  readonly after: number;
  readonly limit: number;
}

/** What was found; the entries as one buffer. */
export type ReadAnswer =
  | { readonly kind: "entries"; readonly first: number; readonly packed: Packed }
  | { readonly kind: "trimmed"; readonly through: number };

/** Which snapshot is wanted: the latest that was taken no later than after entry `through`. */
export interface SnapshotRequest {
  readonly stream: string;
  readonly through: number;
}

/** A stream's snapshot; `damaged` where what is stored is not what was saved. */
export type SnapshotAnswer =
  | { readonly kind: "snapshot"; readonly number: number; readonly packed: Packed }
  | { readonly kind: "damaged"; readonly number: number }
  | { readonly kind: "none" };

/** Some of the streams that hold an entry, in the order of `id`. */
export interface StreamsPage {
  readonly ends: readonly StreamEnd[];
  /** Where the next page starts; missing on the last one. */
  readonly next?: number;
}

/** Some of the streams' summaries, in the order of `id`; those that are damaged are left out. */
export interface SummariesPage {
  readonly streams: readonly Omit<StreamSummary, "data">[];
  readonly packed: Packed;
  /** Where the next page starts; missing on the last one. */
  readonly next?: number;
}

/** Reads from the database of one folder, within one thread, beside the writer. Only durable data is seen. */
export interface Reader {
  read(request: ReadRequest): ReadAnswer;
  /** The number through which a stream may be trimmed so that at most so many bytes stay. */
  before(request: { readonly stream: string; readonly bytes: number }): number;
  streams(afterId: number): StreamsPage;
  summaries(afterId: number): SummariesPage;
  snapshot(request: SnapshotRequest): SnapshotAnswer;
}

/** An answer is not made larger than this by a further entry. */
const answerBytes = 16 << 20;
const streamsPerPage = 1000;

/** Makes the reader of an open database. */
export function createReader(db: DatabaseSync, folder: DataFolder): Reader {
  const begin = db.prepare("BEGIN");
  const end = db.prepare("COMMIT");
  const findStream = createStreamFinder(db);
  const listStreams = db.prepare(
    `SELECT * FROM (
       SELECT id, name, trimmed, (SELECT max(number) FROM entry WHERE entry.stream = stream.id) AS last FROM stream
     ) WHERE id > ? AND last > trimmed ORDER BY id LIMIT ?`,
  );
  const listSummaries = db.prepare(
    `SELECT summary.stream AS id, name, number, summary.checksum, data FROM summary JOIN stream ON stream.id = summary.stream
     WHERE summary.stream > ? ORDER BY summary.stream LIMIT ?`,
  );
  const findSnapshot = db.prepare(
    `SELECT number, checksum, data, whole FROM snapshot
     WHERE stream = (SELECT id FROM stream WHERE name = ?) AND number <= ?
     ORDER BY number DESC LIMIT 1`,
  );
  const newestFirst = db.prepare(
    `SELECT number, iif(whole = 0, length(data), whole) AS bytes FROM entry WHERE stream = ? AND number > ?
     ORDER BY number DESC`,
  );
  const dataOf = createDataReader(db);
  const scan = createScan(db, "whole");

  const before = (stream: string, bytes: number): number => {
    const { id, trimmed } = findStream(stream) ?? { id: 0, trimmed: 0 };
    let kept = 0;
    for (const row of newestFirst.iterate(id, trimmed)) {
      kept += Number(row["bytes"]);
      if (kept > bytes) return Number(row["number"]);
    }
    return trimmed;
  };

  const inTransaction = <T>(work: () => T): T => {
    begin.run();
    try {
      return work();
    } finally {
      if (db.isTransaction) end.run();
    }
  };

  const read = ({ stream, after, limit }: ReadRequest): ReadAnswer => {
    const row = findStream(stream);
    if (row === undefined) return { kind: "entries", first: 1, packed: pack([]) };
    const { id, trimmed, last } = row;
    if (after < trimmed) return { kind: "trimmed", through: trimmed };
    const { entries, damage } = scan({ id, stream, after, limit });
    // What is intact before the damage is served; who goes on from there is told.
    if (entries.length > 0) return { kind: "entries", first: after + 1, packed: packOwn(entries) };
    if (damage !== undefined) throw damagedEntry(folder, stream, after + 1, damage);
    return { kind: "entries", first: Math.min(after, last) + 1, packed: pack([]) };
  };

  const snapshot = ({ stream, through }: SnapshotRequest): SnapshotAnswer => {
    const row = findSnapshot.get(stream, through);
    if (row === undefined) return { kind: "none" };
    const number = Number(row["number"]);
    const { checksum, data: stored } = row;
    const data = dataOf({ stream, number, checksum, data: stored, whole: Number(row["whole"]) });
    return data === undefined ? { kind: "damaged", number } : { kind: "snapshot", number, packed: packOwn([data]) };
  };

  return {
    read: (request) => inTransaction(() => read(request)),
    before: ({ stream, bytes }) => inTransaction(() => before(stream, bytes)),
    streams(afterId) {
      const rows = listStreams.all(afterId, streamsPerPage);
      const ends = rows.map((row) => ({ stream: String(row["name"]), last: Number(row["last"]) }));
      const last = rows.at(-1)?.["id"];
      return rows.length < streamsPerPage ? { ends } : { ends, next: Number(last) };
    },
    summaries(afterId) {
      const rows = listSummaries.all(afterId, streamsPerPage);
      const intact = rows.map(summaryOf).filter((summary) => summary !== undefined);
      const streams = intact.map(({ stream, number }) => ({ stream, number }));
      const packed = pack(intact.map(({ data }) => data));
      const last = rows.at(-1)?.["id"];
      return rows.length < streamsPerPage ? { streams, packed } : { streams, packed, next: Number(last) };
    },
    // A row and its chunks are of one moment, whatever is written meanwhile.
    snapshot: (request) => inTransaction(() => snapshot(request)),
  };
}

/** A row as a summary, unless it is not what was written: the log has the truth. */
export function summaryOf(row: Record<string, unknown>): StreamSummary | undefined {
  const [stream, number, data] = [String(row["name"]), Number(row["number"]), row["data"]];
  const isIntact = data instanceof Uint8Array && checksumOf(stream, number, data) === row["checksum"];
  return isIntact ? { stream, number, data } : undefined;
}

/** The data of a row from before there were chunks. */
export const inlineData = ({ stream, number, checksum, data }: Row): Uint8Array | undefined =>
  data instanceof Uint8Array && checksumOf(stream, number, data) === checksum ? data : undefined;

interface ScanRequest extends ReadRequest {
  readonly id: number;
}

/**
 * Makes the function that reads entries for as long as they are intact, numbered without a gap, and not too many.
 * `whole` is the column that tells how large data is that is cut into chunks; early versions have none.
 */
export function createScan(db: DatabaseSync, whole: "whole" | "0") {
  const select = db.prepare(
    `SELECT number, checksum, data, ${whole} AS whole FROM entry WHERE stream = ? AND number > ? ORDER BY number LIMIT ?`,
  );
  const dataOf = whole === "0" ? inlineData : createDataReader(db);
  return ({ id, stream, after, limit }: ScanRequest): { entries: Uint8Array[]; damage?: EntryDamage } => {
    const entries: Uint8Array[] = [];
    let bytes = 0;
    try {
      for (const row of select.iterate(id, after, Math.min(limit, Number.MAX_SAFE_INTEGER))) {
        const number = after + entries.length + 1;
        if (row["number"] !== number) return { entries, damage: "missing" };
        const { checksum, data: stored } = row;
        const data = dataOf({ stream, number, checksum, data: stored, whole: Number(row["whole"]) });
        if (data === undefined) return { entries, damage: "checksum" };
        entries.push(data);
        bytes += data.length;
        if (bytes >= answerBytes) break;
      }
    } catch (error) {
      if (!isCorrupt(error)) throw error;
      return { entries, damage: "unreadable" };
    }
    return { entries };
  };
}

const wordings: Readonly<Record<EntryDamage, string>> = {
  checksum: "is not what was written",
  missing: "is missing between others",
  unreadable: "cannot be read",
};

function damagedEntry(folder: DataFolder, stream: string, number: number, damage: EntryDamage): EngineError {
  const message = `${folder.database}: entry ${number} of stream ${stream} ${wordings[damage]}; those before it are intact`;
  return new EngineError("damaged", message, { file: folder.database, stream, number });
}
