import { type Selection, storeError, type WatchEvent } from "@trimtab/core";
import type { Sessions } from "./sessions.ts";
import { type SessionWatchOptions, watchSession } from "./watch-session.ts";

/** The part of a store that watches, and the end of all watches. */
export interface WatchOperation {
  watch(id: string, selection?: Selection, options?: SessionWatchOptions): AsyncIterable<WatchEvent>;
  /** Ends every watch with `unavailable`. */
  close(): void;
}

/** Makes the part of a store that watches. */
export function createWatchOperation(sessions: Sessions): WatchOperation {
  const closing = new AbortController();

  async function* open(
    id: string,
    selection: Selection,
    options: SessionWatchOptions,
    ended: AbortSignal,
  ): AsyncGenerator<WatchEvent> {
    const how = { ...options, signal: ended, compile: sessions.means.compile };
    // The watch is registered before anybody may let the session leave memory.
    yield* await sessions.access(id, ({ runtime }) => watchSession(runtime, selection, how));
    if (closing.signal.aborted) throw storeError("unavailable", "the store is closed", {});
  }

  return {
    watch(id, selection = {}, options = {}) {
      const returned = new AbortController();
      const signals = [closing.signal, returned.signal, ...(options.signal === undefined ? [] : [options.signal])];
      const watch = open(id, selection, options, AbortSignal.any(signals));
      return {
        [Symbol.asyncIterator]: () => ({
          next: () => watch.next(),
          // Aborting first ends a `next` that is waiting.
          return: (value?: unknown) => {
            returned.abort();
            return watch.return(value as undefined);
          },
        }),
      };
    },
    close: () => closing.abort(),
  };
}
