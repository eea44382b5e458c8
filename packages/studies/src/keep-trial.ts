import { type ErrorCode, isStoreError, keepLease } from "@trimtab/core";
import type { LiveStudy } from "./live-study.ts";

/** Failures that may be over when the trial is next renewed; any other says that it is not there to be kept. */
const passing: ReadonlySet<ErrorCode> = new Set(["unavailable", "deadline_exceeded", "resource_exhausted"]);

/**
 * Renews a trial three times in each of its leases, until it is told to stop or the trial is no longer there to be kept. That it is
 * lost is found by whoever tells what came of it.
 */
export const keepTrial = (study: Pick<LiveStudy, "renew">, number: number, ttlMs: number): (() => void) =>
  keepLease(
    ttlMs,
    () => study.renew(number),
    (error) => !isStoreError(error) || !passing.has(error.code),
  );
