import type { Clock } from "../clock.ts";

/** A clock that goes as the machine's does, and can be moved ahead. */
export interface MovingClock {
  readonly clock: Clock;
  readonly advance: (ms: number) => void;
}

/** Makes one that has not been moved. */
export function createMovingClock(): MovingClock {
  let ahead = 0;
  return {
    clock: { now: () => Date.now() + ahead, elapsed: () => performance.now() + ahead },
    advance(ms) {
      ahead += ms;
    },
  };
}
