/** Callbacks that are called together. One that throws, or whose promise rejects, stops none of the others. */
export interface Listeners<Arguments extends readonly unknown[]> {
  /** Adds a callback and gives what removes it. The same function added twice is called twice. */
  add(callback: (...args: Arguments) => unknown): () => void;
  /** Calls those that are there now, in the order they were added. */
  emit(...args: Arguments): void;
  clear(): void;
}

/** Takes what a callback threw. */
export type OnError = (error: unknown) => void;

/** Makes an empty list of callbacks. */
export function createListeners<Arguments extends readonly unknown[]>(onError: OnError): Listeners<Arguments> {
  const entries = new Set<{ readonly callback: (...args: Arguments) => unknown }>();
  return {
    add(callback) {
      const entry = { callback };
      entries.add(entry);
      return () => {
        entries.delete(entry);
      };
    },
    emit(...args) {
      for (const entry of [...entries]) if (entries.has(entry)) callIsolated(() => entry.callback(...args), onError);
    },
    clear: () => entries.clear(),
  };
}

/** Calls a program's function; what it throws now or rejects with later goes to `onError`. */
export function callIsolated(call: () => unknown, onError: OnError): void {
  try {
    const result = call();
    if (result instanceof Promise) result.catch(onError);
  } catch (error) {
    onError(error);
  }
}

/**
 * Reports an error as uncaught, the way an exception in an event listener is: `window.onerror` in a browser,
 * `uncaughtException` in Node, where it ends the process unless it is handled there.
 */
const reportUncaught: OnError = (error) => {
  queueMicrotask(() => {
    throw error;
  });
};

/** The program's own handler, or {@link reportUncaught}; a handler that throws has its error reported as uncaught. */
export const createOnError =
  (handler: OnError = reportUncaught): OnError =>
  (error) => {
    try {
      handler(error);
    } catch (another) {
      reportUncaught(another);
    }
  };
