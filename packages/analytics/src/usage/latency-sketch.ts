import { DDSketch } from "@datadog/sketches-js";
import type { Latency } from "@trimtab/core";

/** Durations, of which quantiles are known to 1 % of their value, in memory that does not grow with their number. */
export interface LatencySketch {
  readonly count: number;
  readonly sum: number;
  readonly max: number;
  accept(durationMs: number): void;
  getValueAtQuantile(quantile: number): number;
  /** Adds what another one holds. */
  merge(other: LatencySketch): void;
}

/** Makes an empty sketch. */
export const createLatencySketch = (): LatencySketch => new DDSketch({ relativeAccuracy: 0.01 });

/** Puts sketches together and reads them; all 0 of nothing. */
export function readLatency(sketches: Iterable<LatencySketch | undefined>): Latency {
  const [first, ...rest] = Array.from(sketches).filter((sketch) => sketch !== undefined && sketch.count > 0);
  if (first === undefined) return { count: 0, meanMs: 0, p50Ms: 0, p95Ms: 0, p99Ms: 0, maxMs: 0 };
  const whole = rest.length === 0 ? first : merged([first, ...rest]);
  const at = (quantile: number) => toNanos(Math.min(whole.max, whole.getValueAtQuantile(quantile)));
  return {
    count: whole.count,
    meanMs: toNanos(whole.sum / whole.count),
    p50Ms: at(0.5),
    p95Ms: at(0.95),
    p99Ms: at(0.99),
    maxMs: toNanos(whole.max),
  };
}

/** Rounds to a nanosecond, which is what durations are sent to. */
const toNanos = (ms: number): number => Math.round(ms * 1_000_000) / 1_000_000;

function merged(sketches: Iterable<LatencySketch | undefined>): LatencySketch {
  const whole = createLatencySketch();
  for (const sketch of sketches) if (sketch !== undefined) whole.merge(sketch);
  return whole;
}
