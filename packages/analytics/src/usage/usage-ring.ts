import type { UsageWindow } from "@trimtab/core";
import { createLatencySketch, type LatencySketch, readLatency } from "./latency-sketch.ts";

/** How a session was used over the last while, in steps of a fixed length. */
export interface UsageRing {
  /** Adds to what happens now. A duration is only given where it was measured. */
  add(what: "reads" | "writes" | "refused", count: number, durationMs: number | undefined, nowMs: number): void;
  read(nowMs: number): UsageWindow;
}

interface Step {
  number: number;
  reads: number;
  writes: number;
  refused: number;
  readLatency: LatencySketch | undefined;
  writeLatency: LatencySketch | undefined;
}

/** Makes a ring of `count` steps of `stepMs` each; what it tells of is that long, less up to a step. */
export function createUsageRing(count: number, stepMs: number): UsageRing {
  const steps: (Step | undefined)[] = [];
  let latest: Step | undefined;
  let latestAtMs = 0;
  const stepAt = (nowMs: number): Step => {
    const passedMs = nowMs - latestAtMs;
    if (latest !== undefined && passedMs >= 0 && passedMs < stepMs) return latest;
    latest = findStep(Math.floor(nowMs / stepMs));
    latestAtMs = latest.number * stepMs;
    return latest;
  };
  const findStep = (number: number): Step => {
    const there = steps[number % count];
    if (there?.number === number) return there;
    const step = { number, reads: 0, writes: 0, refused: 0, readLatency: undefined, writeLatency: undefined };
    steps[number % count] = step;
    return step;
  };
  return {
    add(what, added, durationMs, nowMs) {
      const step = stepAt(nowMs);
      step[what] += added;
      if (durationMs === undefined || what === "refused") return;
      const latency = what === "reads" ? "readLatency" : "writeLatency";
      step[latency] ??= createLatencySketch();
      step[latency].accept(durationMs);
    },
    read(nowMs) {
      const oldest = Math.floor(nowMs / stepMs) - count + 1;
      const recent = steps.filter((step) => step !== undefined && step.number >= oldest) as Step[];
      const sum = (of: "reads" | "writes" | "refused") => recent.reduce((total, step) => total + step[of], 0);
      return {
        readCount: sum("reads"),
        writeCount: sum("writes"),
        refusedCount: sum("refused"),
        readLatency: readLatency(recent.map((step) => step.readLatency)),
        writeLatency: readLatency(recent.map((step) => step.writeLatency)),
      };
    },
  };
}
