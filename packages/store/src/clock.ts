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

/** The machine's clocks. */
export const systemClock: Clock = { now: () => Date.now(), elapsed: () => performance.now() };
