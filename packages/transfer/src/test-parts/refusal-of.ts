import { isStoreError } from "@trimtab/core";

/** The message with which something is refused as malformed; fails where it is not, or is in any other way. */
export function refusalOf(attempt: () => unknown): string {
  try {
    attempt();
  } catch (error) {
    if (isStoreError(error, "invalid_argument") && error.message.startsWith(error.details.field)) return error.message;
    throw error;
  }
  throw new Error("nothing was refused");
}
