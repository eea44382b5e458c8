import type { StudyEntry } from "./study-entry.ts";
import { type StudyView, trialsIn } from "./study-fold.ts";

/** Which entry of a study is meant. */
export interface EntryPlace {
  readonly revision: number;
  /** Its time, which tells it from another of its number, such as where an older backup has gone on; absent where it is not known. */
  readonly atMs?: number | undefined;
}

/** Which trials the last entries of a study have changed, for watches that resume. */
export interface KnownChanges {
  /** Forgets all; of a view it is known that nothing has changed since, and its time. */
  reset(view: StudyView | undefined): void;
  /** Takes in the next entry. */
  add(entry: StudyEntry): void;
  /**
   * Numbers of the trials, ascending, that changed in as many entries before now; `undefined` where that is not known any more, or the
   * entry before those has another time, in milliseconds since 1970.
   */
  after(entries: number, atMs: number | undefined): readonly number[] | undefined;
}

/** Entries that are known at least, where there have been so many. */
const kept = 4096;

export function createKnownChanges(view: StudyView | undefined): KnownChanges {
  let changes: { readonly atMs: number; readonly numbers: readonly number[] }[] = [];
  const reset = (from: StudyView | undefined): void => {
    changes = from === undefined ? [] : [{ atMs: from.updatedAtMs, numbers: [] }];
  };
  reset(view);
  return {
    reset,
    add(entry) {
      changes.push({ atMs: entry.atMs, numbers: trialsIn(entry) });
      if (changes.length > 2 * kept) changes = changes.slice(-kept);
    },
    after(entries, atMs) {
      // They are numbered without a gap.
      const at = changes.length - 1 - entries;
      const known = changes[at];
      // Times are told to the microsecond.
      if (known === undefined || Math.abs((atMs ?? known.atMs) - known.atMs) >= 1e-3) return undefined;
      return [...new Set(changes.slice(at + 1).flatMap((each) => each.numbers))].sort((a, b) => a - b);
    },
  };
}
