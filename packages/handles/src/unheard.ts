import { type StoreError, storeError } from "@trimtab/core";

/** The error for what calls come through to and a watch does not: mostly a proxy that keeps an answer back until it is whole. */
export function unheard(session: string, timeoutMs: number): StoreError {
  const known = `session "${session}" could not be opened within ${timeoutMs} ms: calls are answered, but nothing comes on the watch`;
  return storeError(
    "deadline_exceeded",
    `${known}; a proxy in between may be buffering answers, which must be turned off`,
    {},
  );
}
