import {
  checkRange,
  type DeleteOptions,
  type PageOptions,
  type Refusal,
  type SetOptions,
  StoreError,
  storeError,
  ttlLimits,
  type Updates,
  updateEntries,
} from "@trimtab/core";
import { encodeText, encodeValue, encodeWhole } from "@trimtab/wire";

// What no request can carry is refused here with what the store would have said.

/** Throws a refusal, if there is one. */
export function refuseIf(refusal: Refusal | undefined): void {
  if (refusal !== undefined) throw new StoreError(refusal);
}

/** Checks a time to live, of which a request could not carry every number. */
export function checkedTtlMs(ttlMs: number): number {
  refuseIf(checkRange(ttlMs, "ttlMs", ttlLimits));
  return ttlMs;
}

/** Takes text that narrows a listing or a watch; in a request, empty means that there is none. */
export const encodeFilter = (text: string | undefined, field: string): string =>
  text === undefined ? "" : encodeText(text, field);

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

/** Takes a session and a variable of it. */
export const encodeRef = (session: string, ref: string) => ({
  sessionId: encodeText(session, "session"),
  variable: encodeText(ref, "ref"),
});

/** Takes a session and the name of something in it. */
export const encodeName = (session: string, name: string) => ({
  sessionId: encodeText(session, "session"),
  name: encodeText(name, "name"),
});

/** Takes the version that something must have, where one is given. */
export const encodeExpected = ({ expectedVersion }: Pick<SetOptions, "expectedVersion">) =>
  expectedVersion === undefined ? {} : { expectedVersion: encodeWhole(expectedVersion, "expectedVersion") };

/** Takes the revision that something must stand at, where one is given. */
export const encodeExpectedRevision = ({ expectedRevision }: { readonly expectedRevision?: number }) =>
  expectedRevision === undefined ? {} : { expectedRevision: encodeWhole(expectedRevision, "expectedRevision") };

/** Takes new values, whichever form they came in. */
export const encodeUpdates = (updates: Updates) =>
  updateEntries(updates).map(([ref, value]) => ({
    variable: encodeText(ref, "updates"),
    value: encodeValue(value, ref || "value"),
  }));

/** The error about what, being empty, would be in a request as if it were not given. */
export const emptyArgument = (field: string) =>
  storeError("invalid_argument", `${field} must not be empty`, { field, limit: 1, value: 0 });

/** Checks a whole number within limits, of which a request could not carry every one. */
export function checkedRange(field: string, value: number, { min, max }: { min: number; max: number }): number {
  if (Number.isSafeInteger(value) && value >= min && value <= max) return value;
  const message = `${field} must be a whole number from ${min} to ${max}, got ${value}`;
  throw storeError("invalid_argument", message, { field, limit: value < min ? min : max, value });
}
