import { storeError } from "@trimtab/core";

/** How soon to write again; by then the storage has taken many of those that wait, or it stands still. */
const retryAfterMs = 100;

/**
 * Makes the function that carries out writes as long as fewer than so many are under way, and refuses more at once: where the
 * storage cannot keep up, waiting longer helps nobody, and those that wait take memory.
 */
export function createWaitingWrites(limit: number) {
  let waiting = 0;
  return async <T>(write: () => Promise<T>): Promise<T> => {
    if (waiting >= limit) {
      const details = { field: "waiting_writes", limit, value: waiting + 1, retryAfterMs };
      const message = `waiting_writes: ${limit} wait to be stored already: try again in ${retryAfterMs} ms`;
      throw storeError("limit_exceeded", message, details);
    }
    waiting++;
    try {
      return await write();
    } finally {
      waiting--;
    }
  };
}
