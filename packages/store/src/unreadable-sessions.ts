import { type StoreError, tellUnlisted } from "@trimtab/core";

/** The sessions that cannot be read, as far as that was found out: they are neither listed nor counted. */
export interface UnreadableSessions {
  readonly size: number;
  /** Notes that a session cannot be read, and tells of it where it was not known. */
  note(id: string, error: StoreError<"data_loss">): void;
  /** Notes where the log of one of them ends, the first time that this is known. */
  noteEnd(id: string, last: number): void;
  /** Says whether a session whose log ends there is known to be one of them. One that went on since may be readable again. */
  has(id: string, last: number): boolean;
  /** Notes that a session can be read, or is to be tried again. */
  forget(id: string): void;
}

/** Makes an empty list. Damage is told of each session, and a key that is missing once. */
export function createUnreadableSessions(onDamage: (error: StoreError) => void): UnreadableSessions {
  /** Where their logs ended, where that is known. */
  const known = new Map<string, number | undefined>();
  const tell = tellUnlisted(onDamage);
  return {
    get size() {
      return known.size;
    },
    note(id, error) {
      if (known.has(id)) return;
      known.set(id, undefined);
      tell({ what: `session ${id}`, session: id, error });
    },
    noteEnd(id, last) {
      if (known.has(id)) known.set(id, known.get(id) ?? last);
    },
    has: (id, last) => known.has(id) && (known.get(id) ?? last) === last,
    forget: (id) => void known.delete(id),
  };
}
