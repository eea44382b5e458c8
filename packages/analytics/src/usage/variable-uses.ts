import { createHourCounts, type HourCounts } from "./hour-counts.ts";
import type { LatencySketch } from "./latency-sketch.ts";

/** What was counted of one variable. */
export interface VariableUses {
  reads: number;
  writes: number;
  cacheHits: number;
  cacheMisses: number;
  readLatency: LatencySketch | undefined;
  writeLatency: LatencySketch | undefined;
  lastAccessedAtMs: number | undefined;
  /** Reads by the hour, counted from the Unix epoch; the newest 168 hours in which there were any. */
  readonly readsByHour: HourCounts;
  /** Grows with every use; tells what is new since an earlier look. */
  tick: number;
}

const keptHours = 168;

/** Makes counts of a variable that nobody has used. */
export const createVariableUses = (): VariableUses => ({
  reads: 0,
  writes: 0,
  cacheHits: 0,
  cacheMisses: 0,
  readLatency: undefined,
  writeLatency: undefined,
  lastAccessedAtMs: undefined,
  readsByHour: createHourCounts(keptHours),
  tick: 0,
});
