import { DDSketch } from "@datadog/sketches-js";
import type { Latency } from "@trimtab/core";

/** Durations, of which quantiles are known to 1 % of their value, in memory that does not grow with their number. */
export interface LatencySketch {
  readonly count: number;
  accept(durationMs: number): void;
}

/**
 * Durations that are kept as they are before they are sketched. Most of what is counted is used so seldom, and a sketch
 * takes kilobytes of which there would be several for each session and variable.
 */
const few = 32;

/** Makes an empty sketch. */
export function createLatencySketch(): LatencySketch {
  return new Durations();
}

/** A class for its speed. */
class Durations implements LatencySketch {
  count = 0;
  #few: number[] = [];
  #sketch: DDSketch | undefined;

  accept(durationMs: number): void {
    this.count++;
    if (this.#sketch !== undefined) this.#sketch.accept(durationMs);
    else if (this.#few.push(durationMs) > few) this.#sketchAll();
  }

  /** Adds what it holds to a sketch of more. */
  addTo(whole: DDSketch): void {
    if (this.#sketch !== undefined) whole.merge(this.#sketch);
    for (const durationMs of this.#few) whole.accept(durationMs);
  }

  #sketchAll(): void {
    const sketch = newSketch();
    this.addTo(sketch);
    this.#sketch = sketch;
    this.#few = [];
  }
}

/** Puts sketches together and reads them; all 0 of nothing. */
export function readLatency(sketches: Iterable<LatencySketch | undefined>): Latency {
  const whole = newSketch();
  for (const sketch of sketches) if (sketch instanceof Durations) sketch.addTo(whole);
  if (whole.count === 0) return { count: 0, meanMs: 0, p50Ms: 0, p95Ms: 0, p99Ms: 0, maxMs: 0 };
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

const newSketch = () => new DDSketch({ relativeAccuracy: 0.01 });

/** Rounds to a nanosecond, which is what durations are sent to. */
const toNanos = (ms: number): number => Math.round(ms * 1_000_000) / 1_000_000;
