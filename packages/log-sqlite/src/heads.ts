import type { DatabaseSync } from "node:sqlite";
import { streamChecksum } from "./checksum.ts";
import { createStreamFinder } from "./stream-rows.ts";

/** Where a stream ends, kept in memory by the one who writes. */
export interface Head {
  readonly id: number;
  last: number;
  trimmed: number;
}

/** The ends of the streams written to lately, read from the database when they are not at hand. */
export interface Heads {
  find(stream: string): Head | undefined;
  /** Finds one also where its row is damaged, for whoever is about to write that anew. */
  findAnyhow(stream: string): Head | undefined;
  /** Makes the row of a stream that has none. */
  make(stream: string): Head;
  /** Forgets everything, for what is in memory may be of a transaction that was rolled back. */
  forget(): void;
}

/** Streams remembered at once; more cost a look into the database each. */
const capacity = 10_000;

/** Makes an empty cache of heads. */
export function createHeads(db: DatabaseSync): Heads {
  const findRow = createStreamFinder(db);
  const nextId = db.prepare("SELECT coalesce(max(id), 0) + 1 AS id FROM stream");
  const insert = db.prepare("INSERT INTO stream (id, name, trimmed, checksum) VALUES (?, ?, 0, ?)");
  const known = new Map<string, Head>();

  const remember = (stream: string, head: Head): Head => {
    if (known.size >= capacity) for (const oldest of known.keys()) if (known.delete(oldest)) break;
    known.set(stream, head);
    return head;
  };

  const find = (stream: string, anyhow?: "anyhow"): Head | undefined => {
    const head = known.get(stream);
    if (head !== undefined) return head;
    const row = findRow(stream, anyhow);
    return row === undefined ? undefined : remember(stream, { ...row });
  };

  return {
    find: (stream) => find(stream),
    findAnyhow: (stream) => find(stream, "anyhow"),
    make(stream) {
      const id = Number(nextId.get()?.["id"]);
      insert.run(id, stream, streamChecksum(id, stream, 0));
      return remember(stream, { id, trimmed: 0, last: 0 });
    },
    forget: () => known.clear(),
  };
}
