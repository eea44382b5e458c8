import { type Bytes, joined } from "./bytes.ts";
import * as checks from "./checks.ts";
import type {
  AppendOptions,
  CommitLog,
  EntryNote,
  LogRead,
  PartsLog,
  PartsSnapshots,
  SnapshotStore,
  SummaryStore,
} from "./commit-log.ts";

/** How data becomes bytes and comes back exactly. */
export interface Codec<Data, Encoded extends Bytes = Uint8Array> {
  encode(data: Data): Encoded;
  /** Throws where the bytes, in one array, are none that {@link encode} gives. */
  decode(bytes: Uint8Array): Data;
  /** What people are told of the data who look into the storage. */
  note?(data: Data): EntryNote;
}

/**
 * A log of data over a log of bytes, with the same promises. Every entry is encoded once, before it is appended, and
 * decoded by each read.
 *
 * @throws RangeError where either is of another kind
 */
export function createEncodedLog<Data>(log: CommitLog, codec: Codec<Data, Bytes>): CommitLog<Data> {
  checks.having("log", log, "append", "read", "follow", "trim", "before", "streams");
  checkCodec(codec);
  const decoded = (read: LogRead<Uint8Array>): LogRead<Data> =>
    read.kind === "trimmed" ? read : { ...read, entries: read.entries.map((entry) => codec.decode(entry)) };
  const noteOf = (data: Data) => codec.note?.(data);
  return {
    async append(stream, after, entries, options) {
      const encoded = checks.list("entries", entries).map((entry) => codec.encode(entry));
      const notes = options?.notes ?? entries.map(noteOf).filter((note) => note !== undefined);
      return appendBytes(log, { stream, after }, encoded, notes.length === entries.length ? { notes } : undefined);
    },
    ...gathering(log),
    read: async (stream, after, limit) => decoded(await log.read(stream, after, limit)),
    async *follow(stream, after, signal) {
      for await (const read of log.follow(stream, after, signal)) yield decoded(read);
    },
    trim: (stream, through) => log.trim(stream, through),
    before: (stream, bytes) => log.before(stream, bytes),
    streams: () => log.streams(),
  };
}

const checkCodec = <Data>(codec: Codec<Data, Bytes>) => checks.having("codec", codec, "encode", "decode");

/** Gives how a log gathers appends, for a log that stands on it. */
export const gathering = (log: { gather?: CommitLog["gather"] | undefined }): Pick<CommitLog, "gather"> =>
  log.gather === undefined ? {} : { gather: log.gather.bind(log) };

/** Appends bytes to a log that may take them in one array alone. */
export const appendBytes = (
  log: CommitLog,
  { stream, after }: { readonly stream: string; readonly after: number },
  entries: readonly Bytes[],
  options?: AppendOptions,
): Promise<boolean> =>
  isPartsLog(log)
    ? log.appendParts(stream, after, entries, options)
    : log.append(stream, after, entries.map(joined), options);

const isPartsLog = (log: CommitLog | PartsLog): log is PartsLog => "appendParts" in log;

/** Snapshots of data over snapshots of bytes, with the same promises. Throws a RangeError where either is of another kind. */
export function createEncodedSnapshots<Data>(snapshots: SnapshotStore, codec: Codec<Data, Bytes>): SnapshotStore<Data> {
  checks.having("snapshots", snapshots, "save", "load", "trim", "drop");
  checkCodec(codec);
  return {
    save: async (stream, number, data) => saveBytes(snapshots, { stream, number }, codec.encode(data)),
    async load(stream, through) {
      const found = await snapshots.load(stream, through);
      return found && { number: found.number, data: codec.decode(found.data) };
    },
    trim: (stream, through) => snapshots.trim(stream, through),
    drop: (stream) => snapshots.drop(stream),
  };
}

/** Saves bytes among snapshots that may take them in one array alone. */
export const saveBytes = (
  snapshots: SnapshotStore,
  { stream, number }: { readonly stream: string; readonly number: number },
  data: Bytes,
): Promise<void> =>
  isPartsSnapshots(snapshots)
    ? snapshots.saveParts(stream, number, data)
    : snapshots.save(stream, number, joined(data));

const isPartsSnapshots = (snapshots: SnapshotStore | PartsSnapshots): snapshots is PartsSnapshots =>
  "saveParts" in snapshots;

/**
 * Records of data over records of bytes, with the same promises. One that cannot be decoded counts as none. Throws a RangeError where
 * either is of another kind.
 */
export function createEncodedSummaries<Data>(
  summaries: SummaryStore<Uint8Array>,
  codec: Codec<Data, Bytes>,
): SummaryStore<Data> {
  checks.having("summaries", summaries, "save", "all", "drop");
  checkCodec(codec);
  const decoded = (bytes: Uint8Array): { data: Data } | undefined => {
    try {
      return { data: codec.decode(bytes) };
    } catch {
      return undefined;
    }
  };
  return {
    save: async (stream, number, data) => summaries.save(stream, number, joined(codec.encode(data))),
    async *all() {
      for await (const { stream, number, data } of summaries.all()) {
        const found = decoded(data);
        if (found !== undefined) yield { stream, number, data: found.data };
      }
    },
    drop: (stream) => summaries.drop(stream),
  };
}
