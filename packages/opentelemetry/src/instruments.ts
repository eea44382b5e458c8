import type { Meter, Tracer } from "@opentelemetry/api";

/** Where traces and metrics go: either, both or none. What is not given costs nothing. */
export interface Instruments {
  readonly tracer?: Tracer | undefined;
  readonly meter?: Meter | undefined;
}

/** Bounds for durations in seconds, from what a read in memory takes to what a slow disk does. */
export const durationBounds: number[] = [
  0.000_1, 0.000_25, 0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10,
];
