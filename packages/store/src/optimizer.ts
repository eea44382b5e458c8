import type {
  BatchWritten,
  Optimization,
  ProgressReported,
  ReportProgressOptions,
  Store,
  Updates,
  ValueRecord,
  Variable,
} from "@trimtab/core";

/**
 * An optimizer of this process, which the store runs for each optimization that is started by its name. That is `completed` once the
 * optimizer returns, and `failed`, with the message as its cause, once it throws.
 */
export type Optimizer = (run: OptimizerRun) => Promise<void> | void;

/** An optimization as the optimizer that is run for it sees it. The store renews its lease. */
export interface OptimizerRun {
  /** The session that the variables belong to. */
  readonly session: string;
  /** As it was started: its objective, what it was configured with, how many iterations it may take. */
  readonly optimization: Optimization;
  /** The variables as they were when it began, in the order in which they were named. */
  readonly variables: readonly Variable[];
  /** Everything else there is, as whoever opened the store has it. Writes of leased variables name the `lease` there. */
  readonly store: Store;
  readonly lease: { readonly optimization: string; readonly fencingToken: number };
  /** Ends the run: the optimization was stopped or preempted, has converged or had its last iteration, or the store is closed. */
  readonly signal: AbortSignal;
  /**
   * Sets leased variables in one commit. Metadata that has `metrics` counts as a report. Rejects as `Store.setVariables` does, with
   * `cancelled` once the run has ended.
   */
  set(updates: Updates, metadata?: ValueRecord): Promise<BatchWritten>;
  /** Reports an iteration. Rejects as `Store.reportProgress` does, with `cancelled` once the run has ended. */
  report(what: Pick<ReportProgressOptions, "iteration" | "values" | "metrics">): Promise<ProgressReported>;
}
