import type { DatabaseSync } from "node:sqlite";
import { checksumOf } from "./checksum.ts";
import { chunkHash, hashBytes } from "./chunk-hash.ts";
import { cut, inlineBytes } from "./cut.ts";
import { type Section, type Sections, sectionOf } from "./packed-data.ts";

/** Data as a row holds it: as it is where `whole` is 0, and else as the list of the hashes of its chunks. */
export interface StoredData {
  readonly data: Uint8Array;
  /** Bytes of the whole, where it is cut into chunks. */
  readonly whole: number;
}

/** Stores large data once, however many rows hold it; everything within the transaction of whoever calls. */
export interface ChunkWriter {
  /** Gives what a row is to hold of the data, having stored its chunks where it is large or comes in sections. */
  store(data: Uint8Array | Sections): StoredData;
  /** Says that a row goes away; chunks that nobody else holds go with it. */
  release(stored: StoredData): void;
}

/** Makes the writer of chunks. */
export function createChunkWriter(db: DatabaseSync): ChunkWriter {
  const addUse = db.prepare("UPDATE chunk SET uses = uses + 1 WHERE hash = ?");
  const insert = db.prepare("INSERT INTO chunk (hash, uses) VALUES (?, 1)");
  // Apart from the count, which changes: SQLite writes a changed row anew, all of it.
  const insertData = db.prepare("INSERT INTO chunk_data (id, data) VALUES (?, ?)");
  const dropUse = db.prepare("UPDATE chunk SET uses = uses - 1 WHERE hash = ?");
  const unused = db.prepare("SELECT id FROM chunk WHERE hash = ? AND uses <= 0");
  const remove = db.prepare("DELETE FROM chunk WHERE id = ?");
  const removeData = db.prepare("DELETE FROM chunk_data WHERE id = ?");

  const storeChunks = (sections: Iterable<Section>, whole: number): StoredData => {
    const hashes: Uint8Array[] = [];
    for (const { chunk, hash } of sections) {
      if (addUse.run(hash).changes === 0) insertData.run(insert.run(hash).lastInsertRowid, chunk);
      hashes.push(hash);
    }
    return { data: Buffer.concat(hashes), whole };
  };

  return {
    store(data) {
      if (!(data instanceof Uint8Array)) return storeChunks(data.each, data.bytes);
      return data.length <= inlineBytes
        ? { data, whole: 0 }
        : storeChunks(cut(data).values().map(sectionOf), data.length);
    },
    release(stored) {
      for (const hash of hashesIn(stored)) {
        dropUse.run(hash);
        const id = unused.get(hash)?.["id"];
        if (id === undefined) continue;
        remove.run(Number(id));
        removeData.run(Number(id));
      }
    },
  };
}

/** Makes the function that gives the data of a row; `undefined` where it is not what was written. */
export function createDataReader(db: DatabaseSync): (row: Row) => Uint8Array | undefined {
  const find = db.prepare("SELECT data FROM chunk_data WHERE id = (SELECT id FROM chunk WHERE hash = ?)");
  return (row) => {
    if (!isIntactRow(row)) return undefined;
    const { data, whole } = row;
    if (whole === 0) return data;
    const found = new Uint8Array(whole);
    let at = 0;
    for (const hash of hashesIn({ data, whole })) {
      const chunk = find.get(hash)?.["data"];
      if (!(chunk instanceof Uint8Array) || !isChunk(chunk, hash) || at + chunk.length > whole) return undefined;
      found.set(chunk, at);
      at += chunk.length;
    }
    return at === whole ? found : undefined;
  };
}

/** What a row of a stream says of its data. */
export interface Row {
  readonly stream: string;
  readonly number: number;
  readonly checksum: unknown;
  readonly data: unknown;
  readonly whole: number;
}

/** Says whether a row holds what was written: its data, or the list of its chunks. */
export const isIntactRow = (row: Row): row is Row & StoredData =>
  row.data instanceof Uint8Array &&
  rowChecksum(row.stream, row.number, { data: row.data, whole: row.whole }) === row.checksum;

/** The CRC-32 of a row: of what it holds, and that it is a list of chunks, where it is one. */
export const rowChecksum = (stream: string, number: number, { data, whole }: StoredData): number =>
  checksumOf(whole === 0 ? stream : `${stream}/${whole}`, number, data);

/** The hashes of the chunks that a row holds. */
export function hashesIn({ data, whole }: StoredData): Uint8Array[] {
  if (whole === 0) return [];
  return Array.from({ length: data.length / hashBytes }, (_, i) => data.subarray(i * hashBytes, (i + 1) * hashBytes));
}

/** Says whether a chunk is the one of this hash. */
export const isChunk = (chunk: Uint8Array, hash: Uint8Array): boolean => chunkHash(chunk).equals(hash);
