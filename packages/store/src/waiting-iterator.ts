import type { Prompt, PromptIterator } from "@trimtab/core";

/** An iterator over what comes about, and the ends by which it is held. */
export interface WaitingIterator<T extends object> {
  readonly iterator: AsyncIterableIterator<T, undefined> & PromptIterator<T>;
  /** There may be something to give now. */
  wake(): void;
  /** Gives nothing more: whoever waits hears so at once, by an error where there is one. */
  end(error?: Error): void;
}

/** Where the things that an iterator gives come from. */
export interface Source<T extends object> {
  /**
   * What comes next: `undefined` where there is nothing yet, a promise where it takes until then to know. Is called only
   * while somebody waits.
   */
  readonly next: () => T | "over" | undefined | Promise<unknown>;
  /** Called once, when nothing more is given. */
  readonly release: () => void;
}

interface Request<T extends object> {
  readonly resolve: (result: IteratorResult<T, undefined>) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Makes an iterator that gives what a source has, in order, to one request after the other. It does what an async generator
 * would, but that `return` ends a `next` that is waiting, and that it costs one promise for each thing that is given, or none
 * where it is polled.
 */
export function createWaitingIterator<T extends object>({ next, release }: Source<T>): WaitingIterator<T> {
  const requests: Request<T>[] = [];
  let onReady: (() => void) | undefined;
  let isBusy = false;
  let isOver = false;
  let failure: unknown;

  const over = (): void => {
    if (isOver) return;
    isOver = true;
    release();
  };

  const answerOver = ({ resolve, reject }: Request<T>): void => {
    if (failure === undefined) return void resolve(done);
    reject(failure);
    failure = undefined;
  };

  const tellReady = (): void => {
    const listener = onReady;
    onReady = undefined;
    listener?.();
  };

  const fail = (error: unknown): void => {
    const asker = requests.shift();
    if (asker !== undefined) asker.reject(error);
    else if (!isOver) failure = error;
    over();
    for (const request of requests.splice(0)) request.resolve(done);
  };

  const work = (): void => {
    tellReady();
    try {
      while (requests.length > 0 && !isBusy) {
        const found = isOver ? "over" : next();
        if (found === undefined) return;
        if (found === "over") end();
        else if (found instanceof Promise) waitFor(found);
        else requests.shift()?.resolve({ done: false, value: found });
      }
    } catch (error) {
      fail(error);
    }
  };

  const waitFor = (promise: Promise<unknown>): void => {
    isBusy = true;
    promise.then(
      () => {
        isBusy = false;
        work();
      },
      (error: unknown) => {
        isBusy = false;
        fail(error);
        tellReady();
      },
    );
  };

  const end = (error?: Error): void => {
    if (!isOver) failure = error;
    over();
    for (const request of requests.splice(0)) answerOver(request);
    if (onReady !== undefined) soon(tellReady);
  };

  const nextOrOver = () => {
    try {
      return next();
    } catch (error) {
      failure = error;
      return "over";
    }
  };

  const poll: Prompt<T>["poll"] = () => {
    if (isBusy) return undefined;
    const found = isOver ? "over" : nextOrOver();
    if (found === undefined) return undefined;
    if (found instanceof Promise) return void waitFor(found);
    if (found !== "over") return { done: false, value: found };
    over();
    if (failure === undefined) return done;
    const error = failure;
    failure = undefined;
    throw error;
  };
  const prompt: Prompt<T> = {
    poll,
    onReady(listener) {
      onReady = listener;
    },
  };

  const iterator: WaitingIterator<T>["iterator"] = {
    next: () =>
      new Promise((resolve, reject) => {
        requests.push({ resolve, reject });
        work();
      }),
    async return() {
      end();
      return done;
    },
    prompt: () => prompt,
    [Symbol.asyncIterator]: () => iterator,
  };
  return { iterator, wake: () => soon(work), end };
}

let due: (() => void)[] = [];

/** Has something done when whatever runs now is done; one turn serves all that is asked for meanwhile. */
function soon(work: () => void): void {
  if (due.push(work) === 1) queueMicrotask(doWhatIsDue);
}

function doWhatIsDue(): void {
  const works = due;
  due = [];
  for (const work of works) work();
}

const done: IteratorReturnResult<undefined> = { done: true, value: undefined };
