import { type ErrorCode, isStoreError } from "@trimtab/core";
import type { LiveStudy } from "./live-study.ts";

/** Failures that may be over when the trial is next renewed; any other says that it is not there to be kept. */
const passing: ReadonlySet<ErrorCode> = new Set(["unavailable", "deadline_exceeded", "resource_exhausted"]);

/** Renews a trial three times in each of its leases, until it is told to stop or the trial is no longer there to be kept. */
export function keepTrial(study: Pick<LiveStudy, "renew">, number: number, ttlMs: number): () => void {
  const timer = setInterval(
    () => {
      study.renew(number).catch((error: unknown) => {
        // That a trial is lost is found by whoever tells what came of it.
        if (!isStoreError(error) || !passing.has(error.code)) clearInterval(timer);
      });
    },
    Math.max(1, Math.min(ttlMs / 3, 2 ** 31 - 1)),
  );
  // A program that waits for nothing else may end.
  timer.unref();
  return () => clearInterval(timer);
}
