import { isStoreError, storeError } from "@trimtab/core";

/** The layout that is written; everything up to it is read. */
export const storedFormat = 1;

/** Throws for a layout that is newer than this program, and for none. */
export function checkFormat(found: number): void {
  if (found === storedFormat) return;
  throw new TypeError(
    found === 0 ? "has no format" : `is of format ${found}; this program reads up to ${storedFormat}`,
  );
}

/** Reads something stored; whatever goes wrong is `data_loss`. */
export function orDataLoss<T>(what: string, read: () => T): T {
  try {
    return read();
  } catch (cause) {
    if (isStoreError(cause, "data_loss")) throw cause;
    const problem = cause instanceof Error ? cause.message : String(cause);
    throw storeError("data_loss", `a stored ${what} cannot be read: ${problem}`, { session: "" }, { cause });
  }
}
