import { isStoreError, type StoreError, storeError } from "@trimtab/core";
import { isLogError, missingKey } from "@trimtab/log";

/** Rejects with what callers are told of a failing log: never more than that it failed, where its fault is nobody's business. */
export const telling = <T>(session: string, answer: Promise<T>): Promise<T> =>
  answer.catch((cause: unknown) => {
    throw fromLogFailure(session, cause);
  });

function fromLogFailure(session: string, cause: unknown): StoreError {
  if (isStoreError(cause)) return cause;
  if (!isLogError(cause)) return unanswered(session, cause);
  switch (cause.code) {
    case "full":
      return storeError("storage_full", "there is no room left to store the write", { session }, { cause });
    case "read_only":
      return storeError("storage_read_only", "the storage may not be written to", { session }, { cause });
    case "damaged":
      return storeError("data_loss", `what is stored of a study of ${session} is damaged`, { session }, { cause });
    case "unsupported": {
      const details = { session, ...missingKey(cause) };
      const message = `what is stored of a study of ${session} cannot be opened: ${cause.message}`;
      return storeError("data_loss", message, details, { cause });
    }
    default:
      return unanswered(session, cause);
  }
}

const unanswered = (session: string, cause: unknown): StoreError =>
  storeError("unavailable", `the log of studies of ${session} did not answer`, {}, { cause });
