import type { Timers } from "../timers.ts";

/** Timers that a test moves by hand. */
export interface ManualTimers extends Timers {
  /** Lets so many milliseconds pass and runs what comes due, in order. */
  advance(ms: number): void;
  /** Milliseconds until each waiting timer is due, soonest first. */
  readonly pending: readonly number[];
}

/** Makes timers that stand still, with randomness from the test. */
export function createManualTimers(random: () => number = () => 0.5): ManualTimers {
  const waiting = new Set<{ readonly atMs: number; readonly run: () => void }>();
  let nowMs = 0;
  const soonest = () => [...waiting].sort((a, b) => a.atMs - b.atMs)[0];
  return {
    schedule(delayMs, run) {
      const timer = { atMs: nowMs + delayMs, run };
      waiting.add(timer);
      return () => {
        waiting.delete(timer);
      };
    },
    random,
    advance(ms) {
      const untilMs = nowMs + ms;
      for (let timer = soonest(); timer !== undefined && timer.atMs <= untilMs; timer = soonest()) {
        waiting.delete(timer);
        nowMs = timer.atMs;
        timer.run();
      }
      nowMs = untilMs;
    },
    get pending() {
      return [...waiting].map(({ atMs }) => atMs - nowMs).sort((a, b) => a - b);
    },
  };
}
