import { type CommitLog, checks, isLogError, type LogError, type SnapshotStore } from "@trimtab/log";
import { placeOf } from "./sealed-log.ts";
import { checkSealer, type Sealer, tryToOpen } from "./sealer.ts";

/** Entries or snapshots of a stream that a sealer does not open, all for one reason. */
export interface Unopened {
  readonly kind: "entry" | "snapshot";
  readonly stream: string;
  /** The first of them. */
  readonly number: number;
  readonly count: number;
  /** `unsupported` where their key is not known, `damaged` where they are not what was sealed there, or were never sealed. */
  readonly error: LogError;
}

/** Entries that are read at once. */
const batch = 1000;

/**
 * Finds what of a log and its snapshots a sealer does not open, stream by stream. All of it is read. What the log itself cannot give is
 * passed over: it is for the log to tell.
 */
export async function* findUnopened(
  log: Pick<CommitLog, "streams" | "read">,
  snapshots: Pick<SnapshotStore, "load">,
  sealer: Sealer,
): AsyncGenerator<Unopened> {
  checks.having("log", log, "streams", "read");
  checks.having("snapshots", snapshots, "load");
  checkSealer(sealer);
  for await (const { stream, last } of log.streams()) {
    const found = new Map<string, Unopened>();
    const tryOne = (kind: Unopened["kind"], number: number, sealed: Uint8Array): void => {
      const error = tryToOpen(sealer, sealed, placeOf(kind, stream, number));
      if (error === undefined) return;
      const name = `${kind} ${error.message}`;
      const before = found.get(name);
      const first = Math.min(before?.number ?? number, number);
      found.set(name, { kind, stream, number: first, count: (before?.count ?? 0) + 1, error });
    };
    for (let after = 0; after < last; ) {
      const read = await log.read(stream, after, batch).catch(unlessDamaged);
      if (read?.kind === "entries" && read.entries.length === 0) break;
      if (read?.kind === "entries") read.entries.forEach((entry, i) => void tryOne("entry", read.first + i, entry));
      after = read === undefined ? after + 1 : read.kind === "trimmed" ? read.through : after + read.entries.length;
    }
    for (let at = await snapshots.load(stream); at !== undefined; at = await snapshots.load(stream, at.number - 1)) {
      tryOne("snapshot", at.number, at.data);
      if (at.number === 0) break;
    }
    yield* found.values();
  }
}

function unlessDamaged(error: unknown): undefined {
  if (!isLogError(error, "damaged")) throw error;
}
