// What callers are told, apart from everything that names the engine: these types are the package's interface.

/** Why an entry cannot be served. */
export type EntryDamage = "checksum" | "missing" | "unreadable";

/** One thing that is wrong in a data folder. */
export type SqliteLogDamage =
  /** One entry; the stream's others are intact unless they are named too. */
  | { readonly kind: "entry"; readonly stream: string; readonly number: number; readonly reason: EntryDamage }
  /** From this entry on the stream cannot be read; from number 0 where the stream itself is damaged. */
  | { readonly kind: "stream"; readonly stream: string; readonly number: number }
  /** A snapshot, without which the stream is replayed from its entries. */
  | { readonly kind: "snapshot"; readonly stream: string; readonly number: number }
  /** A part of large data is broken, or counted wrongly; entries and snapshots that need it are named themselves. */
  | { readonly kind: "chunk"; readonly hash: string }
  /** What a stream is listed by, which is made anew from its entries. */
  | { readonly kind: "summary"; readonly stream: string }
  /** So many entries that were acknowledged are gone, at the end of some streams. */
  | { readonly kind: "missing"; readonly entries: number }
  /** The file's own structure, in SQLite's words. */
  | { readonly kind: "file"; readonly message: string };

/** What a check of all that is stored found. */
export interface SqliteLogReport {
  readonly streams: number;
  /** Intact entries. */
  readonly entries: number;
  /** Bytes in intact entries. */
  readonly bytes: number;
  /** Intact snapshots. */
  readonly snapshots: number;
  /** Intact parts of large data, each stored once. */
  readonly chunks: number;
  /** How much is damaged; 0 where all is well. */
  readonly damages: number;
  /** What is damaged, the first thousand. */
  readonly damage: readonly SqliteLogDamage[];
}

/** What was appended. */
export interface LogCounts {
  /** Appends that are durable. */
  readonly appends: number;
  /** Appends that lost their race. */
  readonly lost: number;
  /** Appends that failed. */
  readonly failed: number;
  readonly entries: number;
  readonly bytes: number;
}
