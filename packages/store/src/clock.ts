/** The time a store goes by; tests bring their own. */
export interface Clock {
  /** Wall-clock time in milliseconds since the Unix epoch; may jump. Stamps commits. */
  now(): number;
  /** Milliseconds since some fixed moment; never jumps. Measures ages and expiry. */
  elapsed(): number;
}

/** The machine's clocks. */
export const systemClock: Clock = { now: () => Date.now(), elapsed: () => performance.now() };
