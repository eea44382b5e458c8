import { unref } from "../unref.ts";

const longestTimerMs = 2 ** 31 - 1;

/**
 * Renews something that is held for terms of `termMs` three times in each, until it fails with an error that `isOver` says yes to, or the
 * function that it gives is called. It keeps no program alive.
 */
export function keepLease(
  termMs: number,
  renew: () => Promise<unknown>,
  isOver: (error: unknown) => boolean,
): () => void {
  const stop = () => clearInterval(timer);
  const timer = setInterval(
    () => void renew().catch((error: unknown) => isOver(error) && stop()),
    Math.max(1, Math.min(termMs / 3, longestTimerMs)),
  );
  unref(timer);
  return stop;
}
