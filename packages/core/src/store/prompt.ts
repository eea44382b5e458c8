/**
 * What an iterator holds for those who would rather not wait by a promise: where a thousand wait for the same thing, promises
 * are most of what it costs to tell them.
 */
export interface Prompt<T> {
  /**
   * Gives what `next` would, and throws what it would reject with, at once; `undefined` where there is nothing yet, and a
   * promise where there is a failure that takes its time to be put into words. For one asker, who does not call `next` as
   * well.
   */
  poll(): IteratorResult<T, undefined> | undefined | Promise<never>;
  /** Calls back once, when there may be something to give; for after `poll` gave `undefined`. */
  onReady(listener: () => void): void;
}

/** An iterator that may be asked without promises once it has given its first. */
export interface PromptIterator<T> extends AsyncIterator<T, undefined> {
  /** `undefined` where this one can only be awaited. */
  readonly prompt: () => Prompt<T> | undefined;
}

/** Finds the other way of asking an iterator, once it has given its first; `undefined` for most iterators. */
export const promptOf = <T>(iterator: AsyncIterator<T>): Prompt<T> | undefined =>
  (iterator as Partial<PromptIterator<T>>).prompt?.();

/** Passes on what is polled, changed. */
export const mapPrompt = <A, B>(
  { poll, onReady }: Prompt<A>,
  change: (result: IteratorResult<A, undefined>) => IteratorResult<B, undefined>,
): Prompt<B> => ({
  poll() {
    const result = poll();
    return result === undefined || result instanceof Promise ? result : change(result);
  },
  onReady,
});
