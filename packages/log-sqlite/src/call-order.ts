import type { Request } from "./calls.ts";
import type { SlotRequest } from "./write-slots.ts";

/** The two ways by which calls come; each gives what is there now. */
export interface CallWays {
  /** Takes the appends with a number out of shared memory. */
  appends(id: number): SlotRequest | undefined;
  /** Takes the first message that has come. */
  message(): Request | undefined;
}

/**
 * Makes the function that takes the next call by number, whichever way it came; `undefined` where that has not come yet.
 *
 * Between a look into shared memory and one at the messages, appends may be put in and a message sent behind them. So a message that is
 * not the next call waits for those before it, which were all there when it was sent.
 */
export function createCallOrder({ appends, message }: CallWays): () => Request | SlotRequest | undefined {
  let next = 1;
  let early: Request | undefined;
  const take = (): Request | SlotRequest | undefined => {
    const first = appends(next);
    if (first !== undefined) return first;
    early ??= message();
    if (early === undefined) return undefined;
    if (early.id > next) return appends(next) ?? missing(next, early);
    const given = early;
    early = undefined;
    return given;
  };
  return () => {
    const call = take();
    if (call !== undefined) next++;
    return call;
  };
}

function missing(id: number, { id: later }: Request): never {
  throw new Error(`call ${later} has come, and call ${id} before it has not`);
}
