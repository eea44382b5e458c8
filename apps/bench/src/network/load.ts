/** What a stretch of load came to. */
export interface Load {
  readonly operations: number;
  readonly perSecond: number;
  /** In milliseconds. */
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
}

/** Sums up how long operations took, in milliseconds, that were made one after the other in some seconds. */
export function summarise(millis: readonly number[], seconds: number): Load {
  const sorted = millis.filter((each) => Number.isFinite(each)).sort((a, b) => a - b);
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
  return {
    operations: sorted.length,
    perSecond: sorted.length / seconds,
    p50: at(0.5),
    p95: at(0.95),
    p99: at(0.99),
  };
}
