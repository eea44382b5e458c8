import { counted, storeError } from "@trimtab/core";

/** How soon to write again; by then the storage has taken many of those that wait, or it stands still. */
const retryAfterMs = 100;

/** Counts writes under way. */
export interface WaitingWrites {
  /** Takes one more in, which is to leave; throws `limit_exceeded` where as many as may be are under way. */
  enter(): void;
  leave(): void;
}

/**
 * Makes the count of writes that are under way, of which there may be so many, and refuses more at once: where the
 * storage cannot keep up, waiting longer helps nobody, and those that wait take memory.
 */
export function createWaitingWrites(limit: number): WaitingWrites {
  let waiting = 0;
  return {
    enter() {
      if (waiting >= limit) {
        const details = { field: "waiting_writes", limit, value: waiting + 1, retryAfterMs };
        const message = `waiting_writes: ${counted(limit, "waits", "wait")} to be stored already: try again in ${retryAfterMs} ms`;
        throw storeError("limit_exceeded", message, details);
      }
      waiting++;
    },
    leave() {
      waiting--;
    },
  };
}
