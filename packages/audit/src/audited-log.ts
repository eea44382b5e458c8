import { type Commit, requireArguments } from "@trimtab/core";
import { type CommitLog, gathering } from "@trimtab/log";
import { auditedArguments, hearingArguments } from "./argument-kinds.ts";
import type { AuditRecord } from "./audit-record.ts";

/** Where an entry of a log is. */
export interface EntryPlace {
  readonly stream: string;
  readonly number: number;
}

/** A log with the same promises that tells of each entry that is appended through it once that is durable, in order. */
export function heardLog<Entry>(
  log: CommitLog<Entry>,
  onEntry: (entry: Entry, place: EntryPlace) => void,
): CommitLog<Entry> {
  requireArguments(hearingArguments, [log, onEntry]);
  return {
    async append(stream, after, entries, options) {
      const won = await log.append(stream, after, entries, options);
      if (won) for (const [index, entry] of entries.entries()) onEntry(entry, { stream, number: after + index + 1 });
      return won;
    },
    ...gathering(log),
    // One by one, since those of a class are not its object's own.
    read: (stream, after, limit) => log.read(stream, after, limit),
    follow: (stream, after, signal) => log.follow(stream, after, signal),
    trim: (stream, through) => log.trim(stream, through),
    before: (stream, bytes) => log.before(stream, bytes),
    streams: () => log.streams(),
  };
}

/** A log of commits with the same promises, whose commits are entered in a record once they are durable. */
export function auditedLog(log: CommitLog<Commit>, record: Pick<AuditRecord, "commit">): CommitLog<Commit> {
  requireArguments(auditedArguments, [log, record]);
  return heardLog(log, (commit) => record.commit(commit));
}
