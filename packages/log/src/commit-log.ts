import type { Bytes } from "./bytes.ts";

/**
 * Numbered entries at rest: what Trimtab asks of a storage engine. A *stream* is a sequence of entries numbered from 1
 * without a gap. Implementations add no meaning to the data, and `describeCommitLog` in `@trimtab/log/conformance`
 * holds what is promised here. Where the storage fails, methods reject with a `LogError`; an argument that no log takes is a `RangeError` that
 * names it, and nothing is done.
 *
 * @typeParam Data - what an entry holds; engines on disk take bytes
 */
export interface CommitLog<Data = Uint8Array> {
  /**
   * Writes entries `after + 1`, `after + 2`, ... if the stream's last entry is number `after`, all of them or none.
   * Resolves to `true` once they are durable, and to `false`, having written nothing, where another writer was first:
   * losing the race is no error. A rejection means that nothing was written. The data must not change afterwards.
   * Appends to a stream that do not wait for one another are made in the order of the calls.
   */
  append(stream: string, after: number, entries: readonly Data[], options?: AppendOptions): Promise<boolean>;

  /**
   * Calls back when the entries that wait to be appended had best be: mostly at the end of this turn of the event loop, so that all that
   * it brings goes into one append, or before this returns, where so many wait that the log had better begin. To be called whenever more
   * wait, `entries` of them together; it calls back once for all calls with the same callback. There where every append costs much by
   * itself; without it, there is nothing to gain from waiting.
   */
  gather?(append: () => void, entries: number): void;

  /**
   * Reads durable entries from number `after + 1` on, at most `limit` of them. An answer may hold fewer, so that it
   * stays within what memory bears, but never none where there is one: whoever wants all reads on until none comes.
   */
  read(stream: string, after: number, limit?: number): Promise<LogRead<Data>>;

  /**
   * Yields durable entries from number `after + 1` on, first those that are there and then each as it is appended,
   * without a gap or a duplicate between the two, in batches. Where the entries after `after` are trimmed it yields
   * that once and ends. It ends soon after the signal aborts.
   */
  follow(stream: string, after: number, signal: AbortSignal): AsyncIterable<LogRead<Data>>;

  /**
   * Forgets entries up to and including number `through`. Numbers are never used again. Through `Number.MAX_SAFE_INTEGER` it forgets all
   * there is, and a stream of which it is damaged where it ends and what is left of it can be appended to again.
   */
  trim(stream: string, through: number): Promise<void>;

  /**
   * Gives the number that a stream may be trimmed through so that the entries left hold at most so many bytes, as the
   * engine counts them: the last number that is trimmed already where all may stay, and the last number where not even the last entry may.
   */
  before(stream: string, bytes: number): Promise<number>;

  /** Lists the streams that hold an entry, each with where it ends, in no promised order. */
  streams(): AsyncIterable<StreamEnd>;
}

/**
 * A log of bytes that also takes entries in parts, which are read back as one array. Parts are best cut where something
 * large begins and ends: an engine may store a part of 64 KiB or more once, however many entries and snapshots hold it.
 */
export interface PartsLog extends CommitLog {
  /** Does what `append` does, and promises the same. */
  appendParts(stream: string, after: number, entries: readonly Bytes[], options?: AppendOptions): Promise<boolean>;
}

/** What is told beside entries that are appended. */
export interface AppendOptions {
  /** A note for each entry, in their order. */
  readonly notes?: readonly EntryNote[];
}

/**
 * What people are told of an entry who look into the storage with its own tools. An engine may keep it beside the entry,
 * or not; it never gives it back.
 */
export interface EntryNote {
  /** Who wrote it. */
  readonly actor: string;
  /** What it is about, in a word or few. */
  readonly kind: string;
  /** What it concerns, by name. */
  readonly subject: string;
}

/** Where a stream ends. */
export interface StreamEnd {
  readonly stream: string;
  /** Number of its last entry. */
  readonly last: number;
}

/** What is found in a stream after a number. */
export type LogRead<Data> =
  | {
      readonly kind: "entries";
      /** Number of the first entry; where there are none, the number that the next one gets. */
      readonly first: number;
      readonly entries: readonly Data[];
    }
  /** The entries asked for are gone: entry `through` and all before it. */
  | { readonly kind: "trimmed"; readonly through: number };

/**
 * Snapshots of streams: a cache that spares a replay, what makes trimming possible, and where reading the past starts.
 * Losing one costs time where the log still has everything, and data where it was trimmed.
 */
export interface SnapshotStore<Data = Uint8Array> {
  /** Keeps a snapshot of the stream as it was after entry `number`, beside older ones. */
  save(stream: string, number: number, data: Data): Promise<void>;
  /** Gives the latest snapshot, or the latest that was taken no later than after entry `through`. */
  load(stream: string, through?: number): Promise<{ readonly number: number; readonly data: Data } | undefined>;
  /**
   * Forgets every snapshot that is older than the one `load(stream, through)` gives, and resolves to that one's number:
   * the log may be trimmed through it. Resolves to 0, having forgotten nothing, where there is none.
   */
  trim(stream: string, through: number): Promise<number>;
  /** Forgets the stream's snapshots. */
  drop(stream: string): Promise<void>;
}

/** Snapshots as bytes that are also taken in parts: see {@link PartsLog}. */
export interface PartsSnapshots extends SnapshotStore {
  /** Does what `save` does. */
  saveParts(stream: string, number: number, data: Bytes): Promise<void>;
}

/**
 * Small records about streams, by which many can be listed without reading any: a cache like snapshots, which may lag
 * behind the log or miss a stream, and is made anew from it.
 */
export interface SummaryStore<Data = Uint8Array> {
  /** Keeps what there is to say of a stream after entry `number`, in the place of what was said before. */
  save(stream: string, number: number, data: Data): Promise<void>;
  /** Gives the record of every stream that has one, in no promised order. */
  all(): AsyncIterable<StreamSummary<Data>>;
  /** Forgets the stream's record. */
  drop(stream: string): Promise<void>;
}

/** What there is to say of a stream as it was after entry `number`. */
export interface StreamSummary<Data = Uint8Array> {
  readonly stream: string;
  readonly number: number;
  readonly data: Data;
}
