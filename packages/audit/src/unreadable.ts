import { storeError } from "@trimtab/core";
import { isLogError, missingKey } from "@trimtab/log";

/** Gives what a caller is told where entries of a record cannot be read: damage, and keys that are missing; other failures as they are. */
export function unreadable(session: string, error: unknown): unknown {
  if (isLogError(error, "damaged")) {
    return storeError("data_loss", "the audit cannot be read further: it is damaged", { session }, { cause: error });
  }
  if (!isLogError(error, "unsupported")) return error;
  const details = { session, ...missingKey(error) };
  return storeError("data_loss", `the audit cannot be read further: ${error.message}`, details, { cause: error });
}
