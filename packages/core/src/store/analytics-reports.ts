import type { Value } from "../payload.ts";

/** A stretch of time, in milliseconds since the Unix epoch: from `sinceMs` on, until before `untilMs`. */
export interface TimeRange {
  readonly sinceMs?: number;
  readonly untilMs?: number;
}

/** Who uses what, when and how often. */
export interface UsageReport {
  /** The variables with the most reads and writes, most first. */
  readonly mostUsed: readonly VariableUsage[];
  /** Most used first. */
  readonly groups: readonly UsageGroup[];
  readonly accessPatterns: AccessPatterns;
  /** Newest first. */
  readonly optimizationEffects: readonly OptimizationEffect[];
  /** Strongest first. */
  readonly correlations: readonly Correlation[];
  /** The time that was looked at. */
  readonly timeRange: Required<TimeRange>;
}

/** How often one variable was read and written. */
export interface VariableUsage {
  readonly session: string;
  readonly id: string;
  readonly name: string;
  readonly type: string;
  /** Reads are counted by the hour: those of an hour that lies in the range only in part count whole. */
  readonly readCount: number;
  readonly writeCount: number;
}

/** How often the variables of one group were read and written; `key` is the type, origin, session or actor. */
export interface UsageGroup {
  readonly key: string;
  readonly variableCount: number;
  /** 0 where reads cannot be told by the grouping: by origin and by actor. */
  readonly readCount: number;
  readonly writeCount: number;
  readonly writesPerHour: number;
}

/** When variables were used, and by whom. Hours are of the day, in UTC. */
export interface AccessPatterns {
  /** 24 counts. */
  readonly writesByHour: readonly number[];
  /** 24 counts. */
  readonly readsByHour: readonly number[];
  readonly writesByActor: ReadonlyMap<string, number>;
}

/** What was to be brought about: a metric, and which way is better. */
export interface MeasuredObjective {
  readonly metric: string;
  readonly direction: "minimize" | "maximize";
}

/** What one optimization or study has gained. */
export interface OptimizationEffect {
  readonly session: string;
  readonly optimization: string;
  readonly optimizer: string;
  readonly objective: MeasuredObjective;
  readonly iterations: number;
  readonly first: number;
  readonly best: number;
  /** How much better the best is than the first; not negative, whichever way is better. */
  readonly gain: number;
}

/** Correlations between variables, up to `revision`. */
export interface Correlations {
  /** Strongest first. */
  readonly correlations: readonly Correlation[];
  readonly revision: number;
}

/**
 * How two variables move together. The points are the commits that wrote either, each with the value that both had then.
 * The probabilities are two-sided, by Student's distribution with two degrees of freedom less than there are points, and
 * take the points for independent of each other.
 */
export interface Correlation {
  readonly first: { readonly id: string; readonly name: string };
  readonly second: { readonly id: string; readonly name: string };
  /** Pearson's, -1 to 1. */
  readonly coefficient: number;
  readonly pValue: number;
  /** Spearman's, -1 to 1. */
  readonly rankCoefficient: number;
  readonly rankPValue: number;
  readonly points: number;
}

/** What variables matter to a metric, up to `revision`. */
export interface Impacts {
  /** Those that matter most first. */
  readonly impacts: readonly VariableImpact[];
  readonly revision: number;
}

/** How much one variable matters to a metric. */
export interface VariableImpact {
  readonly id: string;
  readonly name: string;
  /** Share of the metric's variance that goes with the variable's value alone, 0 to 1, less what chance would give. */
  readonly importance: number;
  /** Pearson's coefficient of value and metric; absent where the variable is not numeric. */
  readonly correlation?: number;
  readonly points: number;
}

/** How an objective was approached. */
export interface ConvergenceReport {
  readonly objective: MeasuredObjective;
  readonly points: readonly ConvergencePoint[];
  /** Absent where nothing was measured. */
  readonly best?: number;
  /** 0 where nothing was measured. */
  readonly bestIteration: number;
  /** The values that were tried there, by variable id, or by name in a study. */
  readonly bestValues: ReadonlyMap<string, Value>;
  /** How much better the best got per iteration over the last 10; 0 where it got no better. */
  readonly convergenceRate: number;
  /** Standard deviation of the metric over the last 10 measurements. */
  readonly stability: number;
  readonly converged: boolean;
}

/** One measurement of an objective. */
export interface ConvergencePoint {
  readonly iteration: number;
  readonly value: number;
  /** The best so far. */
  readonly best: number;
  /** Milliseconds since the Unix epoch. */
  readonly atMs: number;
}
