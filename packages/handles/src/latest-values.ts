import type { Ending } from "./session-runtime.ts";
import { attempt } from "./until.ts";

/** All values as they are after some commit. */
export interface Moment<Values> {
  readonly values: Values;
  /** Session revision that the values are of. */
  readonly revision: number;
}

/** What {@link followLatest} reads from. */
export interface LatestSource<Values> {
  /** The values at present; throws where one cannot be read. */
  readonly read: () => Moment<Values>;
  /** Calls back after every commit; gives the function that stops it. */
  readonly follow: (listener: () => void) => () => void;
  /** What is to end with the session; `undefined` when it has ended. */
  readonly endings: () => Set<Ending> | undefined;
}

/**
 * Gives the values as they are, and again each time after commits have changed them: whoever is busy meanwhile gets the
 * newest only. A moment at which a variable cannot be read is passed over. `return` ends a `next` that is waiting.
 */
export function followLatest<Values>(
  { read, follow, endings }: LatestSource<Values>,
  signal: AbortSignal | undefined,
): AsyncGenerator<Moment<Values>, void, undefined> {
  let isNew = true;
  let ended = false;
  let wake = () => {};
  const end = () => {
    ended = true;
    wake();
  };
  const ending: Ending = { end };

  async function* moments(): AsyncGenerator<Moment<Values>, void, undefined> {
    if (endings() === undefined || signal?.aborted) return;
    const stop = follow(() => {
      isNew = true;
      wake();
    });
    endings()?.add(ending);
    signal?.addEventListener("abort", end);
    try {
      while (!ended) {
        const moment = isNew ? attempt(read) : undefined;
        isNew = false;
        if (moment !== undefined) yield moment.value;
        else
          await new Promise<void>((resolve) => {
            wake = resolve;
          });
      }
    } finally {
      stop();
      endings()?.delete(ending);
      signal?.removeEventListener("abort", end);
    }
  }

  const generator = moments();
  const leave = generator.return.bind(generator);
  // A generator's own return would wait for the `next` that is waiting.
  generator.return = (value) => {
    end();
    return leave(value);
  };
  return generator;
}
