import { type Prompt, type PromptIterator, promptOf } from "@trimtab/core";

/** How a stream of answers is guarded. */
export interface StreamGuard {
  /** Rejects with an error as the caller is told of it. */
  readonly fail: (error: unknown) => Promise<never>;
  /** The caller may hear nothing more. */
  readonly isRevoked: () => boolean;
}

/**
 * Passes messages on as they are, and errors as the caller is told of them, until the caller may hear no more. It is what a
 * generator around the messages would be, at the price of one promise for a message, or none where they are polled. `open` is called for the first.
 */
export function guardStream<O>(
  open: () => AsyncIterable<O>,
  { fail, isRevoked }: StreamGuard,
): AsyncIterableIterator<O, undefined> & PromptIterator<O> {
  let messages: AsyncIterator<O> | undefined;
  let isOver = false;

  const leave = async (): Promise<void> => {
    isOver = true;
    await messages?.return?.();
  };
  const stop = (error: unknown): Promise<never> => {
    isOver = true;
    return fail(error);
  };
  const pass = (result: IteratorResult<O>): IteratorResult<O, undefined> | Promise<never> => {
    if (isRevoked()) {
      leave().catch(() => {});
      return fail(undefined);
    }
    if (result.done !== true) return result;
    isOver = true;
    return done;
  };
  const first = async (): Promise<IteratorResult<O, undefined>> => {
    if (isOver) return done;
    try {
      messages = open()[Symbol.asyncIterator]();
    } catch (error) {
      return stop(error);
    }
    return messages.next().then(pass, stop);
  };

  const polled = ({ poll }: Prompt<O>): ReturnType<typeof poll> => {
    try {
      const result = poll();
      return result === undefined || result instanceof Promise ? result : pass(result);
    } catch (error) {
      return stop(error);
    }
  };

  const stream: ReturnType<typeof guardStream<O>> = {
    next: () => (messages === undefined || isOver ? first() : messages.next().then(pass, stop)),
    async return() {
      await leave();
      return done;
    },
    // What comes up while a message is on its way is that the caller went away: no fault of this process.
    async throw(error) {
      await leave();
      throw error;
    },
    prompt() {
      const prompt = messages && promptOf(messages);
      return prompt && { poll: () => polled(prompt), onReady: prompt.onReady };
    },
    [Symbol.asyncIterator]: () => stream,
  };
  return stream;
}

const done: IteratorReturnResult<undefined> = { done: true, value: undefined };
