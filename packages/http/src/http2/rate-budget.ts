/** Something that a peer may do now and then, and not all the time. */
export interface RateBudget {
  /** Counts it so many times, and says whether it is still bearable. */
  spend(times: number): boolean;
}

/**
 * Makes a budget of `burst` at once, which fills up again by `perSecond`. Time is only asked for when it is used up, and so a second burst
 * may follow the first one at once where much time has passed before.
 *
 * @param now a clock that only goes forward, in milliseconds
 */
export function createRateBudget(burst: number, perSecond: number, now = () => performance.now()): RateBudget {
  let left = burst;
  let filledAt = now();
  return {
    spend(times) {
      if (left < times) {
        const at = now();
        left = Math.min(burst, left + ((at - filledAt) * perSecond) / 1000);
        filledAt = at;
      }
      if (left < times) return false;
      left -= times;
      return true;
    },
  };
}
