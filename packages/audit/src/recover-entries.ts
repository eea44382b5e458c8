import { type Commit, counted, requireArguments, storeError } from "@trimtab/core";
import { type CommitLog, readBackwards } from "@trimtab/log";
import { commitRecoveryArguments, recoveryArguments } from "./argument-kinds.ts";
import type { AuditRecord } from "./audit-record.ts";
import type { EntryPlace } from "./audited-log.ts";
import { type AuditDraft, entriesOfCommit } from "./commit-entries.ts";
import { type FoundEntered, findLastEntered, ownerOf } from "./last-entered.ts";
import type { RecordEnd } from "./record-end.ts";

/** What the end of a record is held against. */
export interface RecoverySource<Entry> {
  readonly record: Pick<AuditRecord, "enter" | "settled">;
  readonly end: RecordEnd;
  /** What the end of the record calls the source. */
  readonly name: string;
  /** A log whose entries are to be in the record, as it was before anything new was written. */
  readonly source: CommitLog<Entry>;
  /** What is to be entered of an entry; all of it has the same session, study and revision. */
  readonly draftsOf: (entry: Entry, place: EntryPlace) => readonly AuditDraft[];
}

/** Enters what a source holds. */
export interface Recovery<Entry> {
  /** Enters what is appended from now on. What follows on something that is still looked for waits for that, so that it comes in order. */
  hear(entry: Entry, place: EntryPlace): void;
  /** Enters what a process before had no time to enter, and resolves to how many entries of the source that were. To be called once. */
  recover(): Promise<number>;
}

/** Does with commits what {@link recoverEntries} does with the entries of any log. */
export async function recoverCommits(options: Omit<RecoverySource<Commit>, "draftsOf">): Promise<Recovery<Commit>> {
  requireArguments(commitRecoveryArguments, [options]);
  return recoverEntries({ ...options, draftsOf: entriesOfCommit });
}

/**
 * Finds what a process had no time to enter in its record. To be called before the first new entry of the source; `recover` may take place
 * beside what follows. A record without entries begins now.
 */
export async function recoverEntries<Entry extends { readonly atMs: number }>(
  options: RecoverySource<Entry>,
): Promise<Recovery<Entry>> {
  requireArguments(recoveryArguments, [options]);
  const { record, end, name, source, draftsOf } = options;
  const sinceMs = end.sinceMs(name);
  const lasts = new Map<string, number>();
  if (sinceMs !== undefined) for await (const { stream, last } of source.streams()) lasts.set(stream, last);
  /** What was appended meanwhile to streams that are still looked at. */
  const held = new Map<string, AuditDraft[]>();
  const release = (stream: string): void => {
    lasts.delete(stream);
    record.enter(held.get(stream) ?? []);
    held.delete(stream);
  };
  return {
    hear(entry, place) {
      const drafts = draftsOf(entry, place);
      const waiting = held.get(place.stream);
      if (waiting !== undefined) waiting.push(...drafts);
      else if (lasts.has(place.stream)) held.set(place.stream, [...drafts]);
      else record.enter(drafts);
    },
    async recover() {
      try {
        return sinceMs === undefined ? 0 : await enterMissing({ ...options, sinceMs, lasts, release });
      } finally {
        for (const stream of [...lasts.keys()]) release(stream);
        end.finish(name, record.settled());
      }
    },
  };
}

interface Looking<Entry> extends RecoverySource<Entry> {
  readonly sinceMs: number;
  /** The streams to look at, with the numbers of their last entries. */
  readonly lasts: ReadonlyMap<string, number>;
  readonly release: (stream: string) => void;
}

async function enterMissing<Entry extends { readonly atMs: number }>(looking: Looking<Entry>): Promise<number> {
  const { record, end, sinceMs, lasts, release } = looking;
  const failures: Failure[] = [];
  // What cannot be read of one stream must not keep the others out of the record.
  const tryWith = async <T>(stream: string, read: () => Promise<T>): Promise<T | undefined> => {
    try {
      return await read();
    } catch (error) {
      failures.push({ stream, error });
      return undefined;
    }
  };
  const recent = new Map<string, { readonly stream: string; readonly last: number; readonly atMs: number }>();
  for (const [stream, last] of [...lasts]) {
    const newest = await tryWith(stream, async () => (await backwards(looking, stream, last).next()).value);
    if (newest === undefined) release(stream);
    else recent.set(ownerOf(newest.first), { stream, last, atMs: newest.atMs });
  }
  const entered = await findLastEntered(end, sinceMs, recent);
  let count = 0;
  for (const [owner, { stream, last }] of recent) {
    const missing = (await tryWith(stream, () => missingOf(looking, { owner, stream, last }, entered))) ?? [];
    for (const drafts of missing) record.enter(drafts);
    count += missing.length;
    release(stream);
  }
  if (failures.length > 0) throw notRecovered(failures);
  return count;
}

interface Failure {
  readonly stream: string;
  readonly error: unknown;
}

function notRecovered([first, ...more]: readonly Failure[]): unknown {
  if (first === undefined || !(first.error instanceof Error)) return first?.error;
  const { stream, error } = first;
  const others = more.length === 0 ? "" : ` and of ${counted(more.length, "other")}`;
  const message = `whether the audit has all of the end of ${stream}${others} is not known: ${error.message}`;
  return storeError("data_loss", message, { session: "" }, { cause: error });
}

/** What is missing of a stream, oldest first: what follows on the last that was entered. */
async function missingOf<Entry extends { readonly atMs: number }>(
  looking: Looking<Entry>,
  { owner, stream, last }: { readonly owner: string; readonly stream: string; readonly last: number },
  { last: lastEntered, readSinceMs }: FoundEntered,
): Promise<(readonly AuditDraft[])[]> {
  const known = lastEntered.get(owner);
  const found: (readonly AuditDraft[])[] = [];
  for await (const { first, drafts, atMs } of backwards(looking, stream, last)) {
    if (first.revision === known?.revision) {
      if (known.entries < drafts.length) found.push(drafts.slice(known.entries));
      break;
    }
    // What is about as old as an entry that cannot be read, since its key was taken away, may be in there: it is taken for entered.
    if (known === undefined && atMs < readSinceMs) break;
    found.push(drafts);
  }
  return found.reverse();
}

/** What is to be entered of a stream since the time that something may be missing from, newest first. Times grow along a stream. */
async function* backwards<Entry extends { readonly atMs: number }>(
  { source, sinceMs, draftsOf }: Looking<Entry>,
  stream: string,
  last: number,
) {
  for await (const { first: from, entries } of readBackwards(source, stream, last, { begin: 1 })) {
    for (const [index, entry] of [...entries.entries()].toReversed()) {
      if (entry.atMs < sinceMs) return;
      const drafts = draftsOf(entry, { stream, number: from + index });
      const [first] = drafts;
      if (first !== undefined) yield { first, drafts, atMs: entry.atMs };
    }
  }
}
