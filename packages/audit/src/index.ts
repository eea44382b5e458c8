export { type AuditRecord, type AuditRecordOptions, openAuditRecord } from "./audit-record.ts";
export { auditedLog, type EntryPlace, heardLog } from "./audited-log.ts";
export { type AuditDraft, entriesOfCommit } from "./commit-entries.ts";
export { noteOfEntry } from "./note-of-entry.ts";
export { type RecordEnd, type RecordEndOptions, readRecordEnd } from "./record-end.ts";
export { type Recovery, type RecoverySource, recoverCommits, recoverEntries } from "./recover-entries.ts";
export { type AuditCodec, endOfFirstPart, type RecordedEntry } from "./stored-record.ts";
export { type ChainReport, verifyChain } from "./verify-chain.ts";
