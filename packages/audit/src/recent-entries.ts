import type { RecordedEntry } from "./stored-record.ts";

/** The newest entries of a record, which all who watch it share, and what wakes them. */
export interface RecentEntries {
  /** Number of the last entry. */
  readonly last: number;
  /** The first entries after a number, at most so many; `undefined` where they are older than what is held here. */
  after(number: number, limit: number): readonly RecordedEntry[] | undefined;
  /** Takes the entries that come right after the last. */
  push(entries: readonly RecordedEntry[]): void;
  /** Calls back whenever there is more; gives what ends that. */
  subscribe(wake: () => void): () => void;
}

/** Entries that are held at least, once there are so many; whoever is further behind reads the log. */
const leastHeld = 2000;

/** Makes a window that begins after an entry. */
export function createRecentEntries(before: number): RecentEntries {
  let held: RecordedEntry[] = [];
  let last = before;
  const waiting = new Set<() => void>();
  return {
    get last() {
      return last;
    },
    after(number, limit) {
      const from = number - (last - held.length);
      return from < 0 ? undefined : held.slice(from, from + limit);
    },
    push(entries) {
      held.push(...entries);
      last += entries.length;
      // By halves, forgetting costs each entry a constant share.
      if (held.length > 2 * leastHeld) held = held.slice(-leastHeld);
      for (const wake of waiting) wake();
    },
    subscribe(wake) {
      waiting.add(wake);
      return () => waiting.delete(wake);
    },
  };
}
