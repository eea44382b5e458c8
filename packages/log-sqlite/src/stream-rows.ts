import type { DatabaseSync } from "node:sqlite";
import { streamChecksum } from "./checksum.ts";
import { EngineError } from "./failure.ts";

/** A stream as it is stored. */
export interface StreamRow {
  readonly id: number;
  readonly trimmed: number;
  /** Its last entry, or its last forgotten one. */
  readonly last: number;
}

/** Finds a stream; with `anyhow` also one whose row is not what was written, by the entries that there are of it. */
export type FindStream = (stream: string, anyhow?: "anyhow") => StreamRow | undefined;

/**
 * Makes the function that finds a stream. It throws `damaged` where the row is not what was written, for a stream that
 * seems shorter than it is would take new entries in the place of old ones.
 */
export function createStreamFinder(db: DatabaseSync): FindStream {
  const select = db.prepare(
    `SELECT id, trimmed, checksum, (SELECT max(number) FROM entry WHERE entry.stream = stream.id) AS last
     FROM stream WHERE name = ?`,
  );
  return (stream, anyhow) => {
    const row = select.get(stream);
    if (row === undefined) return undefined;
    const [id, trimmed] = [Number(row["id"]), Number(row["trimmed"])];
    if (row["checksum"] !== streamChecksum(id, stream, trimmed)) {
      const last = Number(row["last"] ?? 0);
      if (anyhow !== undefined) return { id, trimmed: 0, last };
      throw new EngineError("damaged", `the row of stream ${stream} is not what was written`, { stream });
    }
    return { id, trimmed, last: Math.max(Number(row["last"] ?? 0), trimmed) };
  };
}
