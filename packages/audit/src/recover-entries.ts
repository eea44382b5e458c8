import { type AuditEntry, type Commit, storeError } from "@trimtab/core";
import { type CommitLog, isLogError, type StreamEnd } from "@trimtab/log";
import type { AuditRecord } from "./audit-record.ts";
import type { EntryPlace } from "./audited-log.ts";
import { type AuditDraft, entriesOfCommit } from "./commit-entries.ts";
import { type AuditCodec, readHead, readSealed } from "./stored-record.ts";

/** What a record is held against. */
export interface RecoverOptions {
  readonly record: Pick<AuditRecord, "enter">;
  /** The log of the record. */
  readonly log: CommitLog;
  readonly codec: AuditCodec;
  /** The log of the commits, as it was before anything new was written. */
  readonly commits: CommitLog<Commit>;
}

/** How much older than the last entry a commit may be that has no entry: entries are made within moments. */
const marginMs = 60_000;

/**
 * Finds the commits that a process had no time to enter in its record, and gives the function that enters them. Finding them is
 * to come before the first new commit; entering them may take place beside what follows. A record without entries begins now.
 */
export const recoverCommits = async ({ record, log, codec, commits }: RecoverOptions): Promise<() => Promise<number>> =>
  recoverEntries({ record, end: await readRecordEnd(log, codec), source: commits, draftsOf: entriesOfCommit });

/** The end of a record: what the last entries are about, and since when all is to have been entered. */
export interface RecordEnd {
  readonly entered: ReadonlySet<string>;
  /** Absent where there are no entries. */
  readonly sinceMs: number | undefined;
}

/** What the end of a record is held against. */
export interface RecoverySource<Entry> {
  readonly record: Pick<AuditRecord, "enter">;
  readonly end: RecordEnd;
  /** A log whose entries are to be in the record, as it was before anything new was written. */
  readonly source: CommitLog<Entry>;
  /** What is to be entered of an entry; all of it has the same session, study and revision. */
  readonly draftsOf: (entry: Entry, place: EntryPlace) => readonly AuditDraft[];
}

/** Does with the entries of any log what {@link recoverCommits} does with commits. */
export async function recoverEntries<Entry extends { readonly atMs: number }>({
  record,
  end: { entered, sinceMs },
  source,
  draftsOf,
}: RecoverySource<Entry>): Promise<() => Promise<number>> {
  if (sinceMs === undefined) return async () => 0;
  const ends: StreamEnd[] = [];
  for await (const end of source.streams()) ends.push(end);
  return async () => {
    let count = 0;
    const failures: Failure[] = [];
    for (const end of ends) {
      // What cannot be read of one stream must not keep the others out of the record.
      const placed = await readSince(source, end, sinceMs).catch(
        (error: unknown) => void failures.push({ stream: end.stream, error }),
      );
      for (const { entry, place } of placed ?? []) {
        const drafts = draftsOf(entry, place);
        if (drafts.length === 0 || drafts.some((draft) => entered.has(nameOf(draft)))) continue;
        record.enter(drafts);
        count++;
      }
    }
    if (failures.length > 0) throw notRecovered(failures);
    return count;
  };
}

interface Failure {
  readonly stream: string;
  readonly error: unknown;
}

function notRecovered([first, ...more]: readonly Failure[]): unknown {
  if (first === undefined || !(first.error instanceof Error)) return first?.error;
  const { stream, error } = first;
  const others = more.length === 0 ? "" : ` and of ${more.length} others`;
  const message = `whether the audit has all of the end of ${stream}${others} is not known: ${error.message}`;
  return storeError("data_loss", message, { session: "" }, { cause: error });
}

// Neither sessions nor studies have a "/" in their ids.
const nameOf = ({ session, study = "", revision }: Pick<AuditDraft, "session" | "study" | "revision">) =>
  `${revision}/${session}/${study}`;

/** Reads the end of a record, before anything new is entered. */
export async function readRecordEnd(log: CommitLog, codec: AuditCodec): Promise<RecordEnd> {
  const { number: last } = await readHead(log);
  const entered = new Set<string>();
  let sinceMs: number | undefined;
  let oldestMs = 0;
  for (let through = last; through > 0; through -= chunk) {
    const placed = await readSealed(log, Math.max(0, through - chunk), through);
    for (const { number, sealed } of placed.toReversed()) {
      const entry = number === last ? codec.decode(sealed.entry, number) : readable(codec, sealed.entry, number);
      // What is about as old as an entry that cannot be read, since its key was taken away, may be in there: it is taken for entered.
      if (entry === undefined) return { entered, sinceMs: Math.max(sinceMs ?? 0, oldestMs) };
      sinceMs ??= entry.recordedAtMs - marginMs;
      oldestMs = entry.recordedAtMs;
      entered.add(nameOf(entry));
    }
    if (sinceMs === undefined || oldestMs < sinceMs - marginMs) break;
  }
  return { entered, sinceMs };
}

function readable(codec: AuditCodec, bytes: Uint8Array, number: number): AuditEntry | undefined {
  try {
    return codec.decode(bytes, number);
  } catch (error) {
    if (isLogError(error)) return undefined;
    throw error;
  }
}

interface Placed<Entry> {
  readonly entry: Entry;
  readonly place: EntryPlace;
}

/** The entries of a stream since a moment, oldest first. */
async function readSince<Entry extends { readonly atMs: number }>(
  source: CommitLog<Entry>,
  { stream, last }: StreamEnd,
  sinceMs: number,
): Promise<Placed<Entry>[]> {
  const recentOf = (entries: readonly Entry[], after: number) =>
    entries
      .map((entry, index) => ({ entry, place: { stream, number: after + index + 1 } }))
      .filter(({ entry }) => entry.atMs >= sinceMs);
  let found: Placed<Entry>[] = [];
  let size = 1;
  for (let through = last; through > 0; size = chunk) {
    const after = Math.max(0, through - size);
    const read = await source.read(stream, after, through - after);
    if (read.kind === "trimmed" && read.through < through) {
      const rest = await source.read(stream, read.through, through - read.through);
      return rest.kind === "entries" ? [...recentOf(rest.entries, read.through), ...found] : found;
    }
    if (read.kind === "trimmed") return found;
    const recent = recentOf(read.entries, after);
    found = [...recent, ...found];
    if (recent.length < read.entries.length || read.entries.length === 0) return found;
    through = after;
  }
  return found;
}

const chunk = 500;
