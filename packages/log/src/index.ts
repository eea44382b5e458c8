export type { CommitLog, LogRead, SnapshotStore } from "./commit-log.ts";
export { type Codec, createEncodedLog, createEncodedSnapshots } from "./encoded-log.ts";
export { isLogError, LogError, type LogErrorCode, type LogErrorDetails, logErrorCodes } from "./log-error.ts";
export { createMemoryLog } from "./memory-log.ts";
export { createMemorySnapshots } from "./memory-snapshots.ts";
