import { storeError } from "@trimtab/core";

/** A command's part that expects a version, where a caller expects one. */
export const expecting = (expectedVersion: number | undefined): { expectedVersion?: number } =>
  expectedVersion === undefined ? {} : { expectedVersion };

/** Throws `invalid_argument` where a version is expected of what has none; `why` says so to the caller. */
export function refuseExpectedVersion(expectedVersion: number | undefined, why: string): void {
  if (expectedVersion === undefined) return;
  throw storeError("invalid_argument", `expectedVersion: ${why}`, { field: "expectedVersion" });
}
