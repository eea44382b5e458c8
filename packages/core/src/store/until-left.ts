/** Makes the generator of one reader. `signal` aborts when the stream is to end; `leave` aborts it from inside. */
type OpenStream<T> = (signal: AbortSignal, leave: () => void) => AsyncGenerator<T, undefined>;

/**
 * Makes a stream that ends as soon as its reader leaves, also while it waits for what comes next, and when the signal
 * aborts. Each reader gets a generator of its own.
 */
export const untilLeft = <T>(outer: AbortSignal | undefined, open: OpenStream<T>): AsyncIterable<T> => ({
  [Symbol.asyncIterator]() {
    const left = new AbortController();
    const signal = outer === undefined ? left.signal : AbortSignal.any([left.signal, outer]);
    const events = open(signal, () => left.abort());
    return {
      next: () => events.next(),
      // Aborting first ends a `next` that is waiting, which a generator's own return would wait for.
      return: () => {
        left.abort();
        return events.return(undefined);
      },
    };
  },
});
