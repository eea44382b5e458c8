import { type StoreError, storeError } from "../store-error.ts";

/** What is left out of listings because it cannot be read, as people call it, and the session that it is of. */
export interface Unlisted {
  readonly what: string;
  readonly session: string;
  readonly error: StoreError<"data_loss">;
}

/**
 * Makes what tells of something that is not listed. Of a key that is missing it tells once, with the first that needs it: all that were
 * sealed with it need it.
 */
export function tellUnlisted(onDamage: (error: StoreError) => void): (unlisted: Unlisted) => void {
  const missingKeys = new Set<string>();
  return ({ what, session, error }) => {
    const { key } = error.details;
    if (key !== undefined && missingKeys.has(key)) return;
    if (key !== undefined) missingKeys.add(key);
    const others = key === undefined ? "" : `, nor is any other that was sealed with key ${key}`;
    // What the log says, such as the name of its file, is for people who operate it, and not for callers.
    const why = error.cause instanceof Error ? error.cause.message : error.message;
    const message = `${what} is not listed${others}: ${why}`;
    onDamage(storeError("data_loss", message, { ...error.details, session }, { cause: error }));
  };
}
