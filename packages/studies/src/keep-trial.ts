import type { LiveStudy } from "./live-study.ts";

/** Renews a trial three times in each of its leases, until it is told to stop or the trial is no longer there to be kept. */
export function keepTrial(study: LiveStudy, number: number, ttlMs: number): () => void {
  const timer = setInterval(
    () => {
      // That a trial is lost is found by whoever tells what came of it.
      study.renew(number).catch(() => clearInterval(timer));
    },
    Math.max(1, Math.min(ttlMs / 3, 2 ** 31 - 1)),
  );
  // A program that waits for nothing else may end.
  timer.unref();
  return () => clearInterval(timer);
}
