import {
  appendBytes,
  type Bytes,
  type CommitLog,
  checks,
  gathering,
  type LogRead,
  type PartsLog,
  type PartsSnapshots,
  type SnapshotStore,
  type SummaryStore,
  saveBytes,
} from "@trimtab/log";
import { checkSealer, type Sealer } from "./sealer.ts";

/** What is sealed says where it stands, so that nobody can pass one entry off as another. */
export const placeOf = (kind: "entry" | "snapshot" | "summary", stream: string, number: number): string =>
  `${kind} ${number} of ${stream}`;

const sealed = (bytes: Bytes, place: string, sealer: Sealer): Bytes =>
  bytes instanceof Uint8Array ? sealer.seal(bytes, place) : sealer.sealParts(checks.parts("bytes", bytes), place);

/**
 * A log whose entries are sealed before the log below gets them, with the same promises. Notes for people are not passed
 * on, since they are kept in the clear; names of streams, numbers, sizes and times are.
 *
 * @throws RangeError where either is of another kind
 */
export function createSealedLog(log: CommitLog, sealer: Sealer): PartsLog {
  checks.having("log", log, "append", "read", "follow", "trim", "before", "streams");
  checkSealer(sealer);
  const opened = (stream: string, read: LogRead<Uint8Array>): LogRead<Uint8Array> => {
    if (read.kind === "trimmed") return read;
    const { first } = read;
    const open = (entry: Uint8Array, index: number) => sealer.open(entry, placeOf("entry", stream, first + index));
    return { ...read, entries: read.entries.map(open) };
  };
  const append: PartsLog["appendParts"] = async (stream, after, entries) => {
    checks.stream(stream);
    checks.number("after", after);
    const seal = (entry: Bytes, index: number) => sealed(entry, placeOf("entry", stream, after + 1 + index), sealer);
    return appendBytes(log, { stream, after }, checks.list("entries", entries).map(seal));
  };
  return {
    append,
    appendParts: append,
    ...gathering(log),
    read: async (stream, after, limit) => opened(stream, await log.read(stream, after, limit)),
    async *follow(stream, after, signal) {
      for await (const read of log.follow(stream, after, signal)) yield opened(stream, read);
    },
    trim: (stream, through) => log.trim(stream, through),
    before: (stream, bytes) => log.before(stream, bytes),
    streams: () => log.streams(),
  };
}

/** Snapshots that are sealed before the store below gets them, with the same promises. */
export function createSealedSnapshots(snapshots: SnapshotStore, sealer: Sealer): PartsSnapshots {
  checks.having("snapshots", snapshots, "save", "load", "trim", "drop");
  checkSealer(sealer);
  const save: PartsSnapshots["saveParts"] = async (stream, number, data) => {
    const place = placeOf("snapshot", checks.stream(stream), checks.number("number", number));
    return saveBytes(snapshots, { stream, number }, sealed(data, place, sealer));
  };
  return {
    save,
    saveParts: save,
    async load(stream, through) {
      const found = await snapshots.load(stream, through);
      return found && { ...found, data: sealer.open(found.data, placeOf("snapshot", stream, found.number)) };
    },
    trim: (stream, through) => snapshots.trim(stream, through),
    drop: (stream) => snapshots.drop(stream),
  };
}

/** Summaries that are sealed before the store below gets them. One that cannot be opened counts as none, as it is a cache. */
export function createSealedSummaries(summaries: SummaryStore, sealer: Sealer): SummaryStore {
  checks.having("summaries", summaries, "save", "all", "drop");
  checkSealer(sealer);
  return {
    async save(stream, number, data) {
      const place = placeOf("summary", checks.stream(stream), checks.number("number", number));
      await summaries.save(stream, number, sealer.seal(data, place));
    },
    async *all() {
      for await (const { stream, number, data } of summaries.all()) {
        const opened = tryToOpen(sealer, data, placeOf("summary", stream, number));
        if (opened !== undefined) yield { stream, number, data: opened };
      }
    },
    drop: (stream) => summaries.drop(stream),
  };
}

function tryToOpen(sealer: Sealer, data: Uint8Array, place: string): Uint8Array | undefined {
  try {
    return sealer.open(data, place);
  } catch {
    return undefined;
  }
}
