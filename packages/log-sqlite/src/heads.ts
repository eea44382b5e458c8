import type { DatabaseSync } from "node:sqlite";

/** Where a stream ends, kept in memory by the one who writes. */
export interface Head {
  readonly id: number;
  last: number;
  trimmed: number;
}

/** The ends of the streams written to lately, read from the database when they are not at hand. */
export interface Heads {
  find(stream: string): Head | undefined;
  /** Makes the row of a stream that has none. */
  make(stream: string): Head;
  /** Forgets everything, for what is in memory may be of a transaction that was rolled back. */
  forget(): void;
}

/** Streams remembered at once; more cost a look into the database each. */
const capacity = 10_000;

/** Makes an empty cache of heads. */
export function createHeads(db: DatabaseSync): Heads {
  const select = db.prepare(
    `SELECT id, trimmed, (SELECT max(number) FROM entry WHERE entry.stream = stream.id) AS last
     FROM stream WHERE name = ?`,
  );
  const insert = db.prepare("INSERT INTO stream (name) VALUES (?)");
  const known = new Map<string, Head>();

  const remember = (stream: string, head: Head): Head => {
    if (known.size >= capacity) for (const oldest of known.keys()) if (known.delete(oldest)) break;
    known.set(stream, head);
    return head;
  };

  return {
    find(stream) {
      const head = known.get(stream);
      if (head !== undefined) return head;
      const row = select.get(stream);
      if (row === undefined) return undefined;
      const trimmed = Number(row["trimmed"]);
      return remember(stream, { id: Number(row["id"]), trimmed, last: Math.max(Number(row["last"] ?? 0), trimmed) });
    },
    make(stream) {
      const { lastInsertRowid } = insert.run(stream);
      return remember(stream, { id: Number(lastInsertRowid), trimmed: 0, last: 0 });
    },
    forget: () => known.clear(),
  };
}
