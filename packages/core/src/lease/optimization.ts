import type { ValueRecord } from "../payload.ts";

/** How far an optimization has come: it holds its variables, or why it is over. */
export const optimizationStates = [
  "running",
  "completed",
  "converged",
  "stopped",
  "failed",
  "abandoned",
  "preempted",
] as const;

/** One of {@link optimizationStates}. */
export type OptimizationState = (typeof optimizationStates)[number];

/** How whoever ends an optimization may say that it ended. */
export const optimizationOutcomes = ["completed", "stopped", "failed"] as const;

/** One of {@link optimizationOutcomes}. */
export type OptimizationOutcome = (typeof optimizationOutcomes)[number];

/** A metric, and which way it gets better. */
export interface OptimizationObjective {
  readonly metric: string;
  readonly direction: (typeof objectiveDirections)[number];
}

/** Which way a metric is better. */
export const objectiveDirections = ["minimize", "maximize"] as const;

/** Something that an optimization has tried: a report, or a write that counts as one. */
export interface OptimizationEntry {
  readonly optimization: string;
  readonly optimizer: string;
  /** From 1. */
  readonly iteration: number;
  /** What was tried, by variable id. */
  readonly values: ValueRecord;
  /** What was measured, by metric. */
  readonly metrics: Readonly<Record<string, number>>;
  readonly recordedAtMs: number;
  /** Session revision of the commit. */
  readonly revision: number;
  /** The versions that the variables were given, by variable id; empty where they were only reported on. */
  readonly versions: Readonly<Record<string, number>>;
  /** What the reporter said, verbatim. */
  readonly metadata: ValueRecord;
}

/** An optimizer's work on variables, which are leased to it while it is `running`: nobody else writes them. */
export interface Optimization {
  /** Unique in its session and never used again. */
  readonly id: string;
  /** Ids of the variables. */
  readonly variables: readonly string[];
  /** The optimizer's name. */
  readonly optimizer: string;
  /** What the optimizer was started with. */
  readonly config: ValueRecord;
  /** Who started it. */
  readonly holder: string;
  readonly state: OptimizationState;
  /** Where none was given, set by the first report with metrics: `loss` where there is one, else the first by name. */
  readonly objective?: OptimizationObjective;
  /** Number of the last iteration that was reported; 0 before the first. */
  readonly iteration: number;
  /** The best report so far; absent before the first with the objective's metric. */
  readonly best?: OptimizationEntry;
  /** The last iteration; 0 for no limit. */
  readonly maxIterations: number;
  /** Converged once the objective got better by less than this over 10 iterations; absent for never. */
  readonly convergenceThreshold?: number;
  /** How many iterations pass from one event of telemetry to the next; whoever looks at its progress may go by it too. */
  readonly feedbackInterval: number;
  /** Higher goes first where others preempt. */
  readonly priority: number;
  readonly startedAtMs: number;
  /** When it was last reported on, written under or renewed. */
  readonly updatedAtMs: number;
  /** When it was over; absent before. */
  readonly endedAtMs?: number;
  /** When the lease runs out unless renewed; absent once it is over. */
  readonly leaseExpiresAtMs?: number;
  /** A sentence on why it is over, where there is more to say than the state. */
  readonly cause: string;
}

/** What a session keeps of an optimization. */
export interface OptimizationRecord extends Optimization {
  /** The revision of the commit that granted the lease: later leases have greater ones. */
  readonly fencingToken: number;
  readonly leaseTtlMs: number;
  /** What was tried, oldest first; the newest {@link maxEntries}. */
  readonly entries: readonly OptimizationEntry[];
  /** The objective's best value after each of the last {@link convergenceWindow} + 1 reports that had it, oldest first. */
  readonly bests: readonly number[];
}

/** Reports kept of each optimization. */
export const maxEntries = 100;
/** Optimizations kept of each session, those under way not counted. */
export const maxEnded = 100;
/** Iterations over which convergence is judged. */
export const convergenceWindow = 10;
/** How long a lease holds that names no time, in milliseconds. */
export const defaultLeaseTtlMs = 300_000;
/** How long a lease may hold, in milliseconds; at most 100 years, so that its end is a time that can be told. */
export const leaseTtlLimits = { min: 1, max: 3_155_760_000_000 } as const;
/** Priorities of optimizations. */
export const priorityLimits = { min: -(2 ** 31), max: 2 ** 31 - 1 } as const;
/** Iterations from one event of telemetry to the next. */
export const feedbackLimits = { min: 1, max: 2 ** 32 - 1 } as const;

/** Proof that a write comes from the holder of a lease. */
export interface LeaseProof {
  /** The optimization's id. */
  readonly optimization: string;
  /** The token that the lease was granted with. */
  readonly fencingToken: number;
}

/** An optimization as callers see it at a time: one whose lease has run out is abandoned, whether that is recorded or not. */
export function viewOptimization(record: OptimizationRecord, atMs: number): Optimization {
  const { fencingToken: _, leaseTtlMs: __, entries: ___, bests: ____, ...seen } = record;
  if (isHeld(record, atMs) || record.state !== "running") return seen;
  const { leaseExpiresAtMs = atMs, ...over } = seen;
  // By a clock that was set back a lease may run out before it was granted.
  return {
    ...over,
    state: "abandoned",
    endedAtMs: Math.max(record.updatedAtMs, leaseExpiresAtMs),
    cause: causeOfLoss(record),
  };
}

/** Says why an optimization that is recorded as running has lost its lease. */
export const causeOfLoss = ({ cause }: Optimization): string => cause || "its lease was not renewed in time";

/** Says whether an optimization holds its lease at a time. */
export const isHeld = ({ state, leaseExpiresAtMs }: Optimization, atMs: number): boolean =>
  state === "running" && leaseExpiresAtMs !== undefined && atMs < leaseExpiresAtMs;
