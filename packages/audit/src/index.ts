export { type AuditRecord, type AuditRecordOptions, openAuditRecord } from "./audit-record.ts";
export { auditedLog } from "./audited-log.ts";
export type { AuditDraft } from "./commit-entries.ts";
export { noteOfEntry } from "./note-of-entry.ts";
export { type RecoverOptions, recoverCommits } from "./recover-commits.ts";
export { type AuditCodec, type ChainReport, type RecordedEntry, verifyChain } from "./stored-record.ts";
