import type { ConvergenceReport, Correlations, Impacts, TimeRange, UsageReport } from "./analytics-reports.ts";
import type { StatsEvent, VariableStats } from "./variable-stats.ts";
import type { Found, GetVariablesOptions } from "./variable-store.ts";
import type { Selection } from "./watch-store.ts";

/**
 * Tells how variables are used, and what their values have brought about. Everything is computed from the history that is
 * kept and from counts that belong to one server; nothing changes a session. A caller is told of variables that it may
 * read. Every method rejects as a `Store` does, and with `invalid_argument` for a range that ends before it begins.
 */
export interface AnalyticsStore {
  /** Reads how a variable has been used; rejects with `not_found`. */
  getVariableStats(session: string, ref: string): Promise<VariableStats>;
  /** Reads how several variables have been used; unknown ones are listed, not refused. */
  getVariablesStats(session: string, refs: readonly string[]): Promise<StatsFound>;
  /** Reads several variables as they are at one revision, each with how it has been used. */
  getVariablesWithStats(
    session: string,
    refs: readonly string[],
    options?: GetVariablesOptions,
  ): Promise<Found & Pick<StatsFound, "stats">>;
  /** Reports who uses what, when and how often. Rejects with `limit_exceeded` where a pattern fits over 100 sessions. */
  analyzeUsage(session: string, options?: UsageOptions): Promise<UsageReport>;
  /** Reports which numeric variables move together. */
  getCorrelations(session: string, options?: CorrelationOptions): Promise<Correlations>;
  /**
   * Reports how much each variable has to do with a metric: of what holders of leases have reported, and of what writes
   * were reported with, in `metadata.metrics`; or of the complete trials of one study.
   */
  getImpact(session: string, metric: string, options?: ImpactOptions): Promise<Impacts>;
  /**
   * Reports how a search has approached its objective; rejects with `not_found` where nothing is known of it, and with
   * `several_objectives` for a study that has more than one.
   */
  getConvergenceReport(session: string, search: SearchTarget): Promise<ConvergenceReport>;
  /** Gives how variables have been used as a file. */
  exportStats(session: string, format: StatsFormat, selection?: Selection): Promise<StatsFile>;
  /** Yields how variables are used: all at once, and then once per interval in which there was something new. */
  watchStats(session: string, selection?: Selection, options?: WatchStatsOptions): AsyncIterable<StatsEvent>;
  /**
   * Adds reads that a client answered from its own cache. Refs that name nothing are passed over. A second report with
   * the same `requestId` within 10 minutes counts nothing.
   */
  reportClientReads(session: string, reads: readonly ClientReads[], options?: ReportOptions): Promise<void>;
}

/** Statistics by the ref that was sent. */
export interface StatsFound {
  readonly stats: ReadonlyMap<string, VariableStats>;
  readonly missing: readonly string[];
}

/** What usage is counted by. */
export type UsageGrouping = "type" | "origin" | "session" | "actor";

/** What a usage report looks at, and by what it counts. */
export interface UsageOptions extends TimeRange {
  /** A glob over the ids of sessions to look at; the session alone unless given. */
  readonly sessionPattern?: string;
  /** `type` unless given. */
  readonly groupBy?: UsageGrouping;
  /** How many variables, optimizations and correlations to name at most; 1 to 1000, 20 unless given. */
  readonly top?: number;
}

/** Between which variables to look for correlations, and which to leave out. */
export interface CorrelationOptions extends TimeRange {
  /** `limit_exceeded` beyond 100; the numeric ones with the most writes unless given. What is not numeric is passed over. */
  readonly refs?: readonly string[];
  /** Leave pairs out with fewer points in common; at least 3, which holds unless given. */
  readonly minPoints?: number;
  /** Leave pairs out whose coefficient is nearer to 0; 0 to 1. */
  readonly minStrength?: number;
}

/** Of which variables to tell the impact, and by what was measured where. */
export interface ImpactOptions extends TimeRange {
  /** All that were reported on with the metric unless given. */
  readonly refs?: readonly string[];
  /** Only what this optimization has measured. */
  readonly optimization?: string;
  /** What this study has measured, instead of what optimizations have; not together with `optimization`. */
  readonly study?: string;
}

/** A search by its id: of an optimization, or of a study. */
export interface SearchTarget {
  readonly kind: "optimization" | "study";
  readonly id: string;
}

/** What a file of statistics looks like: JSON, CSV (RFC 4180), or the text that Prometheus reads. */
export type StatsFormat = "json" | "csv" | "prometheus";

/** Statistics as a file. */
export interface StatsFile {
  readonly data: Uint8Array;
  readonly contentType: string;
}

/** How statistics are watched. */
export interface WatchStatsOptions {
  /** Milliseconds, from 100 to 86 400 000; 1000 unless given. */
  readonly intervalMs?: number;
  /** Ends the watch. */
  readonly signal?: AbortSignal;
}

/** Reads of one variable that a client has dealt with by itself. */
export interface ClientReads {
  /** Id or name. */
  readonly ref: string;
  /** 0 unless given, as misses are. */
  readonly cacheHits?: number;
  readonly cacheMisses?: number;
  /** Milliseconds since the Unix epoch. */
  readonly lastReadAtMs?: number;
}

/** How reads are reported. A report with a `requestId` counts once, however often it is sent. */
export interface ReportOptions {
  /** 1 to 255 characters. */
  readonly requestId?: string;
}
