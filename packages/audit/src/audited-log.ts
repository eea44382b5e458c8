import type { Commit } from "@trimtab/core";
import type { CommitLog } from "@trimtab/log";
import type { AuditRecord } from "./audit-record.ts";

/** A log of commits with the same promises, whose commits are entered in a record once they are durable. */
export const auditedLog = (log: CommitLog<Commit>, record: Pick<AuditRecord, "commit">): CommitLog<Commit> => ({
  ...log,
  async append(stream, after, commits) {
    const won = await log.append(stream, after, commits);
    if (won) for (const commit of commits) record.commit(commit);
    return won;
  },
});
