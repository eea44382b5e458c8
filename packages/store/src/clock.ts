import { laterThan } from "@trimtab/core";

/** The time a store goes by; tests bring their own. */
export interface Clock {
  /** Wall-clock time in milliseconds since the Unix epoch; may jump. Stamps commits. */
  now(): number;
  /** Milliseconds since some fixed moment; never jumps. Measures ages and expiry. */
  elapsed(): number;
}

/** A clock whose `now` moves on by at least a microsecond with every call, so that no two commits share a time. */
export function createTickingClock(clock: Clock): Clock {
  let last = 0;
  return {
    now() {
      last = laterThan(last, clock.now());
      return last;
    },
    elapsed: clock.elapsed,
  };
}

/** How far a clock may be behind a time that it has shown, in milliseconds, without having been set back. */
const jitterMs = 1000;

/**
 * A clock whose `now` is never set back, and never stands still: where the clock is set back time goes on half as fast until that has
 * caught up. So what is to last for a time lasts for twice that at most, whoever sets the clock.
 */
export function createSteadyClock(clock: Clock): Clock {
  let last = Number.NEGATIVE_INFINITY;
  let behindSince: number | undefined;
  return {
    now() {
      const nowMs = clock.now();
      if (nowMs > last - jitterMs) {
        behindSince = undefined;
        last = Math.max(last, nowMs);
        return last;
      }
      const at = clock.elapsed();
      last += (at - (behindSince ?? at)) / 2;
      behindSince = at;
      return last;
    },
    elapsed: clock.elapsed,
  };
}

/** The machine's clocks. */
export const systemClock: Clock = { now: () => Date.now(), elapsed: () => performance.now() };
