export type { CommitLogHarness } from "./commit-log-harness.ts";
export { describeCommitLog } from "./describe-commit-log.ts";
export { describeSnapshotStore } from "./describe-snapshot-store.ts";
export { describeSummaryStore } from "./describe-summary-store.ts";
export { expectRefused, noFunctions, noLists, noNumbers, noObjects, noTexts } from "./wrong-arguments.ts";
