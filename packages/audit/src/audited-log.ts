import type { Commit } from "@trimtab/core";
import type { CommitLog } from "@trimtab/log";
import type { AuditRecord } from "./audit-record.ts";

/** Where an entry of a log is. */
export interface EntryPlace {
  readonly stream: string;
  readonly number: number;
}

/** A log with the same promises that tells of each entry that is appended through it once that is durable, in order. */
export const heardLog = <Entry>(
  log: CommitLog<Entry>,
  onEntry: (entry: Entry, place: EntryPlace) => void,
): CommitLog<Entry> => ({
  ...log,
  async append(stream, after, entries, options) {
    const won = await log.append(stream, after, entries, options);
    if (won) for (const [index, entry] of entries.entries()) onEntry(entry, { stream, number: after + index + 1 });
    return won;
  },
});

/** A log of commits with the same promises, whose commits are entered in a record once they are durable. */
export const auditedLog = (log: CommitLog<Commit>, record: Pick<AuditRecord, "commit">): CommitLog<Commit> =>
  heardLog(log, (commit) => record.commit(commit));
