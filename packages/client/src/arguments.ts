import { checkWhole, type DeleteOptions, type PageOptions, type Refusal, StoreError, storeError } from "@trimtab/core";
import { encodeText } from "@trimtab/wire";

// What no request can carry is refused here with what the store would have said.

/** Throws a refusal, if there is one. */
export function refuseIf(refusal: Refusal | undefined): void {
  if (refusal !== undefined) throw new StoreError(refusal);
}

/** Checks a time to live, of which a request could not carry every number. */
export function checkedTtlMs(ttlMs: number): number {
  refuseIf(checkWhole(ttlMs, "ttlMs", 1));
  return ttlMs;
}

/** Takes text that narrows a listing or a watch; in a request, empty would mean that there is none. */
export function encodeFilter(text: string | undefined, field: string): string {
  if (text === "") throw storeError("invalid_argument", `${field} must not be empty`, { field, value: text });
  return text === undefined ? "" : encodeText(text, field);
}

const maxPageSize = 1000;

/** Takes which page is wanted. */
export function encodePage({ pageSize, pageToken }: PageOptions): { pageSize: number; pageToken: string } {
  if (pageSize !== undefined && !(Number.isSafeInteger(pageSize) && pageSize >= 1 && pageSize <= maxPageSize)) {
    const message = `pageSize must be a whole number from 1 to ${maxPageSize}, got ${pageSize}`;
    throw storeError("invalid_argument", message, { field: "pageSize", limit: maxPageSize, value: pageSize });
  }
  return { pageSize: pageSize ?? 0, pageToken: encodeFilter(pageToken, "pageToken") };
}

/** Refuses an expected version where nothing has a version to compare. */
export function refuseExpectedVersion({ expectedVersion }: DeleteOptions, why: string): void {
  if (expectedVersion === undefined) return;
  throw storeError("invalid_argument", `expectedVersion: ${why}`, { field: "expectedVersion" });
}
