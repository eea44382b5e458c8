import type { OptimizationTarget } from "../lease/lease-command.ts";
import type { ObjectiveText } from "../lease/objective-text.ts";
import type {
  Optimization,
  OptimizationEntry,
  OptimizationObjective,
  OptimizationOutcome,
  OptimizationState,
} from "../lease/optimization.ts";
import type { ValueRecord } from "../payload.ts";
import type { Page, PageOptions } from "./page.ts";
import type { Receipt, WriteOptions } from "./write.ts";

/**
 * The part of a store that lets one optimizer at a time work on a variable. While it does, the variable is leased to it:
 * every other write, import, rollback and deletion of the variable, and every write that the variable is derived from,
 * rejects with `already_optimizing`, and its own writes name their `lease`. A lease that is not renewed in time is lost, and what its
 * holder then sends rejects with `lease_lost`. So does what it sends after others have stopped or preempted it: an optimizer of the
 * store's own hears of that by its signal, any other by its next call, a renewal for instance.
 *
 * Whoever starts an optimizer proposes, measures and writes, unless the store knows one of that name (`optimizers` of
 * `createStore`): that one does the work then. Studies have samplers that propose.
 *
 * An optimization of another session's variables is called `<session>/<id>`, as they are; in the `lease` of a write to them it
 * is the id alone. All but reading takes permission to optimize, and reading is for the session that the variables belong to
 * alone.
 */
export interface OptimizationStore {
  /**
   * Leases variables to an optimizer: all of them or none. Rejects with `not_found`, `read_only` and, unless it may wait
   * or preempt, `already_optimizing`; with `deadline_exceeded` after waiting in vain.
   */
  startOptimization(
    session: string,
    refs: readonly string[],
    options: StartOptimizationOptions,
  ): Promise<OptimizationStarted>;
  /** Keeps a lease for another while, as every report and every write under it does. */
  renewLease(session: string, optimization: string, options: RenewLeaseOptions): Promise<LeaseRenewed>;
  /**
   * Reports an iteration without writing the variables, and renews the lease. A write under the lease whose metadata has
   * `metrics` or an `iteration` counts as a report too, unless that iteration is not later than the last.
   */
  reportProgress(session: string, optimization: string, options: ReportProgressOptions): Promise<ProgressReported>;
  /**
   * Ends an optimization and gives its variables free. Rejects with `not_optimizing` where none is under way, with `lease_lost`
   * for a fencing token that is not the lease's, and with `access_denied` for anyone but the holder and the session that the
   * variables belong to.
   */
  stopOptimization(
    session: string,
    target: OptimizationTarget,
    options?: StopOptimizationOptions,
  ): Promise<OptimizationStopped>;
  /** Reads how an optimization is doing. */
  getOptimizationStatus(session: string, target: OptimizationTarget): Promise<OptimizationStatus>;
  /** Lists a session's optimizations, newest first: all under way, and the last 100 that are over. */
  listOptimizations(session: string, options?: ListOptimizationsOptions): Promise<OptimizationPage<Optimization>>;
  /** Lists what optimizations have tried of variables that are there, newest first: the last 100 reports of each. */
  listOptimizationHistory(
    session: string,
    options?: ListOptimizationHistoryOptions,
  ): Promise<OptimizationPage<OptimizationEntry>>;
}

/** What can be done where a variable is leased already. */
export const conflictResolutions = ["abort", "wait", "preempt"] as const;

/** One of {@link conflictResolutions}. */
export type ConflictResolution = (typeof conflictResolutions)[number];

/** Who optimizes what towards, for how long, and what happens where variables are leased already. */
export interface StartOptimizationOptions extends WriteOptions {
  /** The optimizer's name, which may be one of the store's own. 1 to 255 characters. */
  readonly optimizer: string;
  /** What to start the optimizer with; kept as it is, in at most 64 KiB unless limits say otherwise. */
  readonly config?: ValueRecord;
  /**
   * A metric and which way it gets better, in a word if that is shorter (`maximize_quality`). Found in the first report with metrics unless
   * given: `loss`, minimised, where there is one, else the first by name, maximised.
   */
  readonly objective?: OptimizationObjective | ObjectiveText;
  /** End after this many iterations; 0, no limit, unless given. */
  readonly maxIterations?: number;
  /** End once the objective got better by less than this over 10 iterations; at least 0, never unless given. */
  readonly convergenceThreshold?: number;
  /** How many iterations pass from one event of telemetry to the next; 1 to 2^32-1, 1 unless given. The history has them all. */
  readonly feedbackInterval?: number;
  /**
   * What to do where a variable is leased already: `abort`, which is the default, rejects; `wait` waits in line, first come
   * first served; `preempt` ends what holds it where that has a lower priority, and rejects otherwise.
   */
  readonly onConflict?: ConflictResolution;
  /** How long to wait in line, in whole milliseconds from 0; 5000 unless given. */
  readonly waitTimeoutMs?: number;
  /** Leaves the line; rejects with `cancelled`. */
  readonly signal?: AbortSignal;
  /** Higher goes first where others preempt; a whole number of 32 bits, 0 unless given. */
  readonly priority?: number;
  /** How long the lease holds without being renewed, in whole milliseconds from 1 to 100 years; 300 000 unless given. */
  readonly leaseTtlMs?: number;
}

/** Receipt of an optimization that holds its variables. */
export interface OptimizationStarted extends Receipt {
  readonly optimization: Optimization;
  /** Proves that a write or a report comes from the holder. Later leases in a session have greater ones. */
  readonly fencingToken: number;
}

/** How a lease is renewed. */
export interface RenewLeaseOptions extends WriteOptions {
  readonly fencingToken: number;
  /** How long to hold from now, in milliseconds; as when it started unless given. */
  readonly leaseTtlMs?: number;
}

/** Receipt of a lease that was renewed, and until when, in milliseconds since the Unix epoch. */
export interface LeaseRenewed extends Receipt {
  readonly leaseExpiresAtMs: number;
}

/** What an iteration tried and measured. */
export interface ReportProgressOptions extends WriteOptions {
  readonly fencingToken: number;
  /** The next one unless given; one that is not later than the last is refused with `invalid_argument`. */
  readonly iteration?: number;
  /** What was tried, by id or name. */
  readonly values?: ValueRecord;
  /** What was measured, by metric; finite numbers. */
  readonly metrics?: Readonly<Record<string, number>>;
}

/** Receipt of a report, which renews the lease, too. */
export interface ProgressReported extends Receipt {
  /** It is over where this report converged or was the last. */
  readonly optimization: Optimization;
  /** This report is the best so far. */
  readonly improved: boolean;
}

/** How an optimization is ended. */
export interface StopOptimizationOptions extends WriteOptions {
  /** Not needed by the session that the variables belong to. */
  readonly fencingToken?: number;
  /** Set the variables to the best values in the same commit. They must be valid, or nothing is stopped. */
  readonly applyBest?: boolean;
  /** End it even where the best values cannot be applied. */
  readonly force?: boolean;
  /** How it ended; `stopped` unless given. */
  readonly outcome?: OptimizationOutcome;
  /** A sentence on why. */
  readonly cause?: string;
}

/** Receipt of an optimization that was ended. */
export interface OptimizationStopped extends Receipt {
  readonly optimization: Optimization;
  /** The variables' values now, by variable id. */
  readonly finalValues: ValueRecord;
}

/** Whether a variable is being optimized, and how far that is. */
export interface OptimizationStatus {
  readonly revision: number;
  /** It is under way. */
  readonly optimizing: boolean;
  /** Absent where the variable was never optimized. */
  readonly optimization?: Optimization;
  /** How many wait in line for one of its variables, or for the variable where it was never optimized. */
  readonly waiting: number;
}

/** Which optimizations to list. */
export interface ListOptimizationsOptions extends PageOptions {
  /** Only those of this variable, by id or name. */
  readonly variable?: string;
  /** Only those in one of these states. */
  readonly states?: readonly OptimizationState[];
  readonly optimizer?: string;
}

/** Which entries to list of what optimizations have tried. */
export interface ListOptimizationHistoryOptions extends PageOptions {
  /** Only what was tried for this variable, by id or name. */
  readonly variable?: string;
  readonly optimization?: string;
  readonly optimizer?: string;
  /** Only what was reported at this time or later, in milliseconds since the Unix epoch. */
  readonly sinceMs?: number;
  /** Only what was reported before this time. */
  readonly untilMs?: number;
}

/** One page of optimizations, or of what they have tried. */
export interface OptimizationPage<T> extends Page<T> {
  /** The revision that it was read at. */
  readonly revision: number;
}
