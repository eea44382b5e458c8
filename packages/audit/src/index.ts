export { type AuditRecord, type AuditRecordOptions, openAuditRecord } from "./audit-record.ts";
export { auditedLog } from "./audited-log.ts";
export type { AuditDraft } from "./commit-entries.ts";
export { noteOfEntry } from "./note-of-entry.ts";
export { type RecoverOptions, recoverCommits } from "./recover-commits.ts";
export { type AuditCodec, endOfFirstPart, type RecordedEntry } from "./stored-record.ts";
export { type ChainReport, verifyChain } from "./verify-chain.ts";
