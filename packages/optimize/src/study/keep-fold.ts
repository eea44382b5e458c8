import type { Trial } from "./trial.ts";
import type { TrialTable } from "./trial-table.ts";

/** How something is made of the trials that have ended, in the order in which they did. */
export interface EndedFold<Context, Fold> {
  /** Names what makes the same trial mean something else where it is another object, for instance the space. */
  readonly keyOf: (context: Context) => object;
  /** What nothing has been made of. */
  readonly begin: (context: Context) => Fold;
  /** Takes one more trial in. */
  readonly add: (fold: Fold, trial: Trial, context: Context) => void;
}

interface Kept<Fold> {
  readonly fold: Fold;
  count: number;
  last: Trial | undefined;
}

/**
 * Makes a function that folds the trials of a study that have ended, and keeps what it has made of them: it takes in each of them once,
 * however often it is asked, as they are never taken back. What a study has gone on to otherwise than the last time is folded anew.
 */
export function keepFold<Context extends { readonly table: Pick<TrialTable, "ended"> }, Fold>({
  keyOf,
  begin,
  add,
}: EndedFold<Context, Fold>): (context: Context) => Fold {
  // The first trial that has ended tells studies apart.
  const known = new WeakMap<object, WeakMap<Trial, Kept<Fold>>>();
  return (context) => {
    const { ended } = context.table;
    const first = ended.get(0);
    if (first === undefined) return begin(context);
    const key = keyOf(context);
    const ofKey = known.get(key) ?? new WeakMap<Trial, Kept<Fold>>();
    known.set(key, ofKey);
    let kept = ofKey.get(first);
    if (kept === undefined || ended.get(kept.count - 1) !== kept.last) {
      kept = { fold: begin(context), count: 0, last: undefined };
      ofKey.set(first, kept);
    }
    for (const trial of ended.values(kept.count)) {
      add(kept.fold, trial, context);
      kept.count++;
      kept.last = trial;
    }
    return kept.fold;
  };
}
