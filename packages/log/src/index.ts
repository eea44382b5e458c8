export type {
  AppendOptions,
  CommitLog,
  EntryNote,
  LogRead,
  SnapshotStore,
  StreamEnd,
  StreamSummary,
  SummaryStore,
} from "./commit-log.ts";
export {
  type Codec,
  createEncodedLog,
  createEncodedSnapshots,
  createEncodedSummaries,
  gathering,
} from "./encoded-log.ts";
export { isLogError, LogError, type LogErrorCode, type LogErrorDetails, logErrorCodes } from "./log-error.ts";
export { createMemoryLog } from "./memory-log.ts";
export { createMemorySnapshots } from "./memory-snapshots.ts";
export { createMemorySummaries } from "./memory-summaries.ts";
