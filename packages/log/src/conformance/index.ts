export { type CommitLogHarness, describeCommitLog } from "./describe-commit-log.ts";
export { describeSnapshotStore } from "./describe-snapshot-store.ts";
