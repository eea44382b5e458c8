import { type StoreError, storeError } from "@trimtab/core";

/** The sessions that cannot be read, as far as that was found out: they are neither listed nor counted. */
export interface UnreadableSessions {
  readonly size: number;
  /** Notes that a session cannot be read, and tells of it where it was not known. */
  note(id: string, error: StoreError<"data_loss">): void;
  /** Says whether a session whose log ends there is known to be one of them. One that went on since may be readable again. */
  has(id: string, last: number): boolean;
  /** Notes that a session can be read, or is to be tried again. */
  forget(id: string): void;
}

/**
 * Makes an empty list. Damage is told of each session; of a key that is missing it is told once, for the first session that needs it:
 * all that were sealed with it need it.
 */
export function createUnreadableSessions(onDamage: (error: StoreError) => void): UnreadableSessions {
  /** Where their logs ended, where that is known. */
  const known = new Map<string, number | undefined>();
  const missingKeys = new Set<string>();

  const tell = (id: string, cause: StoreError<"data_loss">): void => {
    const { key } = cause.details;
    if (key !== undefined && missingKeys.has(key)) return;
    if (key !== undefined) missingKeys.add(key);
    const others = key === undefined ? "" : `, nor is any other that was sealed with key ${key}`;
    // What the log says, such as the name of its file, is for people who operate it, and not for callers.
    const why = cause.cause instanceof Error ? cause.cause.message : cause.message;
    const message = `session ${id} is not listed${others}: ${why}`;
    onDamage(storeError("data_loss", message, { ...cause.details, session: id }, { cause }));
  };

  return {
    get size() {
      return known.size;
    },
    note(id, error) {
      if (known.has(id)) return;
      known.set(id, undefined);
      tell(id, error);
    },
    has(id, last) {
      if (!known.has(id)) return false;
      const end = known.get(id) ?? last;
      known.set(id, end);
      return end === last;
    },
    forget: (id) => void known.delete(id),
  };
}
