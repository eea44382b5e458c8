import type { DatabaseSync } from "node:sqlite";
import { hashesIn, isChunk } from "./chunks.ts";
import { inView } from "./in-view.ts";
import type { Tally } from "./verify.ts";

/** Checks that every chunk is what its hash says, and is counted as often as it is used. */
export function checkChunks(db: DatabaseSync, tally: Tally): void {
  const miscounted = checkCounts(db);
  for (const hash of miscounted) tally.damaged({ kind: "chunk", hash });
  // Page by page, so that the write-ahead log can be emptied in between.
  const page = db.prepare(
    `SELECT chunk.id, hash, data FROM chunk LEFT JOIN chunk_data ON chunk_data.id = chunk.id
     WHERE chunk.id > ? ORDER BY chunk.id LIMIT 32`,
  );
  for (let after = 0; ; ) {
    const rows = page.all(after);
    for (const { id, hash, data } of rows) {
      after = Number(id);
      const name = nameOf(hash);
      const isIntact = data instanceof Uint8Array && hash instanceof Uint8Array && isChunk(data, hash);
      if (!isIntact) tally.damaged({ kind: "chunk", hash: name });
      else if (!miscounted.has(name)) tally.count.chunks++;
    }
    if (rows.length === 0) return;
  }
}

/** A chunk by its hash, in hexadecimal. */
export const nameOf = (hash: unknown): string => (hash instanceof Uint8Array ? Buffer.from(hash).toString("hex") : "");

/** Finds chunks that are counted wrongly, in one view of the database. */
const checkCounts = (db: DatabaseSync): ReadonlySet<string> =>
  inView(db, () => {
    const uses = countUses(db);
    const wrong = new Set<string>();
    for (const { hash, uses: counted } of db.prepare("SELECT hash, uses FROM chunk").iterate()) {
      if (uses.get(nameOf(hash)) !== counted) wrong.add(nameOf(hash));
    }
    return wrong;
  });

/** How often each chunk is listed, by hash; entries that are forgotten and not deleted yet still count. */
export function countUses(db: DatabaseSync): Map<string, number> {
  const uses = new Map<string, number>();
  for (const table of ["entry", "snapshot"]) {
    for (const { data, whole } of db.prepare(`SELECT data, whole FROM ${table} WHERE whole > 0`).iterate()) {
      if (!(data instanceof Uint8Array)) continue;
      for (const hash of hashesIn({ data, whole: Number(whole) })) {
        const name = nameOf(hash);
        uses.set(name, (uses.get(name) ?? 0) + 1);
      }
    }
  }
  return uses;
}
