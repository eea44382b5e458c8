import { type StoreError, storeError, type Value } from "@trimtab/core";

/** The error for a file that cannot be read: `invalid_argument` whose message and `field` name the place in it. */
export const malformed = (path: string, problem: string, value?: Value, limit?: Value): StoreError =>
  storeError("invalid_argument", `${path} ${problem}`, {
    field: path,
    ...(limit !== undefined && { limit }),
    ...(value !== undefined && { value }),
  });

/** What a caught failure says. */
export const problemOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** Refuses a file that is not handed over as bytes. */
export function checkBytes(file: unknown): void {
  if (!ArrayBuffer.isView(file) || !(file instanceof Uint8Array)) throw malformed("data", "must be bytes");
}
