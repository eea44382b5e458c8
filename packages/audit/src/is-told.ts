import { type AuditEntry, type AuditFilter, matchesAudit } from "@trimtab/core";

/** Whether an entry is told to a session, which hears of what was done to it and of what it did, and asks for some of that. */
export const isTold = (entry: AuditEntry, session: string, filter: AuditFilter): boolean =>
  (entry.session === session || entry.callerSession === session) && matchesAudit(entry, filter);
