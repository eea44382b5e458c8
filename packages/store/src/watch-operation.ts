import { type PromptIterator, promptOf, type Selection, storeClosed, type WatchEvent } from "@trimtab/core";
import type { Sessions } from "./sessions.ts";
import { refuseManyRefs } from "./variable-operations.ts";
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

  const closedBy = () => (closing.signal.aborted ? storeClosed() : undefined);

  return {
    watch(id, selection = {}, options = {}) {
      const signals = [closing.signal, ...(options.signal === undefined ? [] : [options.signal])];
      const how = { ...options, signal: AbortSignal.any(signals), compile: sessions.means.compile, closedBy };
      // The watch is registered before anybody may let the session leave memory. What is watched is accessed until the end.
      return lazily(() =>
        sessions.access(id, (session) => {
          refuseManyRefs(sessions, session.runtime.state, selection.refs ?? []);
          return watchSession(session.runtime, selection, { ...how, onLeft: () => sessions.touch(session) });
        }),
      );
    },
    close: () => closing.abort(),
  };
}

/** Makes an iterable whose iterator is opened when the first event is asked for, and not at all where it is ended before. */
function lazily(open: () => Promise<AsyncIterator<WatchEvent, undefined>>): AsyncIterable<WatchEvent> {
  let opening: Promise<AsyncIterator<WatchEvent, undefined>> | undefined;
  let opened: AsyncIterator<WatchEvent, undefined> | undefined;
  let isOver = false;
  const first = async (): Promise<IteratorResult<WatchEvent, undefined>> => {
    if (isOver) return done;
    try {
      opening ??= open();
      opened = await opening;
    } catch (error) {
      isOver = true;
      throw error;
    }
    if (isOver) await opened.return?.();
    return opened.next();
  };
  const iterator: PromptIterator<WatchEvent> = {
    next: () => opened?.next() ?? first(),
    async return() {
      isOver = true;
      return opened?.return?.() ?? done;
    },
    prompt: () => opened && promptOf(opened),
  };
  return { [Symbol.asyncIterator]: () => iterator };
}

const done: IteratorReturnResult<undefined> = { done: true, value: undefined };
