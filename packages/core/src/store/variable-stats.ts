/** How one variable has been used. All but `writeCount` is counted by one server, since `sinceMs`. */
export interface VariableStats {
  /** Times that its present value was given out: alone, in a batch, a list or a configuration; not by watches. */
  readonly readCount: number;
  /** Versions that were written over its whole life, rollbacks and recomputed values included. */
  readonly writeCount: number;
  /** Reads that clients answered from their own caches, as far as they have reported them. */
  readonly cacheHits: number;
  readonly cacheMisses: number;
  readonly readLatency: Latency;
  readonly writeLatency: Latency;
  /** Watches that select it now. */
  readonly observerCount: number;
  /** When it was last read or written; absent where it never was. */
  readonly lastAccessedAtMs?: number;
  /** Milliseconds since the Unix epoch, as all times here. */
  readonly sinceMs: number;
}

/** How long something took, in milliseconds; all 0 where nothing was measured. Quantiles are exact to 1 %. */
export interface Latency {
  readonly count: number;
  readonly meanMs: number;
  readonly p50Ms: number;
  readonly p95Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
}

/** How variables are used now: those that were used since the event before, in the first event all, by id. */
export interface StatsEvent {
  readonly stats: ReadonlyMap<string, VariableStats>;
  readonly session: SessionUsage;
  readonly atMs: number;
}

/** How much a session's variables were used lately. */
export interface SessionUsage {
  readonly lastMinute: UsageWindow;
  readonly lastHour: UsageWindow;
  /** Open watches. */
  readonly watchCount: number;
}

/** How a session was used over some time up to now. */
export interface UsageWindow {
  readonly readCount: number;
  readonly writeCount: number;
  readonly refusedCount: number;
  readonly readLatency: Latency;
  readonly writeLatency: Latency;
}
