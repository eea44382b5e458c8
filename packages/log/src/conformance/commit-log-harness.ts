import type { CommitLog } from "../commit-log.ts";

/** One log under test. */
export interface CommitLogHarness {
  readonly log: CommitLog;
  /** Opens the same data anew, as after a restart; left out where data ends with the process. */
  readonly reopen?: () => Promise<CommitLog>;
  readonly close?: () => Promise<void>;
}
