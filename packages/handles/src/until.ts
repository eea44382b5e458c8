import { storeError } from "@trimtab/core";
import { type Ending, sessionClosed } from "./session-runtime.ts";

/** What {@link waitUntil} listens to. */
export interface Observed<V> {
  /** What is waited for, for messages. */
  readonly name: string;
  readonly session: string;
  /** The present value; throws where there is none. */
  readonly read: () => V;
  /** Calls back on every later value; gives the function that stops it. */
  readonly follow: (listener: (value: V) => void) => () => void;
  /** What is to end with the session; `undefined` when it has ended. */
  readonly endings: () => Set<Ending> | undefined;
}

/** Resolves with the first value, the present one or a later one, for which a condition holds. */
export function waitUntil<V>(
  observed: Observed<V>,
  condition: (value: V) => boolean,
  signal: AbortSignal | undefined,
): Promise<V> {
  const { name, session, read, follow, endings } = observed;
  return new Promise<V>((resolve, reject) => {
    const settle = (conclude: () => void): void => {
      stop();
      endings()?.delete(ending);
      signal?.removeEventListener("abort", abandon);
      conclude();
    };
    const look = (value: V): void => {
      try {
        if (condition(value)) settle(() => resolve(value));
      } catch (error) {
        settle(() => reject(error));
      }
    };
    const abandon = () => settle(() => reject(storeError("cancelled", `stopped waiting for ${name}`, {})));
    const ending: Ending = { end: () => settle(() => reject(sessionClosed(session))) };
    const stop = follow(look);
    if (endings() === undefined) return ending.end();
    if (signal?.aborted) return abandon();
    endings()?.add(ending);
    signal?.addEventListener("abort", abandon);
    const present = attempt(read);
    if (present !== undefined) look(present.value);
  });
}

/** What a function gives; `undefined` where it throws. */
export function attempt<T>(read: () => T): { readonly value: T } | undefined {
  try {
    return { value: read() };
  } catch {
    return undefined;
  }
}
