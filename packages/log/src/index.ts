export { type Bytes, byteLengthOf, joined } from "./bytes.ts";
export * as checks from "./checks.ts";
export type {
  AppendOptions,
  CommitLog,
  EntryNote,
  LogRead,
  PartsLog,
  PartsSnapshots,
  SnapshotStore,
  StreamEnd,
  StreamSummary,
  SummaryStore,
} from "./commit-log.ts";
export {
  appendBytes,
  type Codec,
  createEncodedLog,
  createEncodedSnapshots,
  createEncodedSummaries,
  gathering,
  saveBytes,
} from "./encoded-log.ts";
export { endOf } from "./end-of.ts";
export {
  isLogError,
  LogError,
  type LogErrorCode,
  type LogErrorDetails,
  logErrorCodes,
  missingKey,
} from "./log-error.ts";
export { createMemoryLog, type MemoryLog, type MemoryStream } from "./memory-log.ts";
export { createMemorySnapshots } from "./memory-snapshots.ts";
export { createMemorySummaries } from "./memory-summaries.ts";
export { type EntryBatch, type ReadBackwardsOptions, readBackwards } from "./read-backwards.ts";
