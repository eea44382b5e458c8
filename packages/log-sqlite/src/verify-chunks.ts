import type { DatabaseSync } from "node:sqlite";
import { hashesIn, isChunk } from "./chunks.ts";
import type { Tally } from "./verify.ts";

/** Checks that every chunk is what its hash says, and is counted as often as it is used. */
export function checkChunks(db: DatabaseSync, tally: Tally): void {
  const uses = countUses(db);
  const rows = db.prepare("SELECT hash, uses, data FROM chunk LEFT JOIN chunk_data ON chunk_data.id = chunk.id");
  for (const { hash, uses: counted, data } of rows.iterate()) {
    if (!(hash instanceof Uint8Array)) continue;
    const name = Buffer.from(hash).toString("hex");
    const isIntact = data instanceof Uint8Array && isChunk(data, hash) && uses.get(name) === counted;
    if (isIntact) tally.count.chunks++;
    else tally.damaged({ kind: "chunk", hash: name });
  }
}

/** How often each chunk is listed, by hash; entries that are forgotten and not deleted yet still count. */
function countUses(db: DatabaseSync): Map<string, number> {
  const uses = new Map<string, number>();
  for (const table of ["entry", "snapshot"]) {
    for (const { data, whole } of db.prepare(`SELECT data, whole FROM ${table} WHERE whole > 0`).iterate()) {
      if (!(data instanceof Uint8Array)) continue;
      for (const hash of hashesIn({ data, whole: Number(whole) })) {
        const name = Buffer.from(hash).toString("hex");
        uses.set(name, (uses.get(name) ?? 0) + 1);
      }
    }
  }
  return uses;
}
