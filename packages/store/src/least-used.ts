/** Something that is used now and then. */
export interface Used {
  /** Greater than that of whatever was used before. */
  turn: number;
}

/** Tells which of many was used least recently. */
export interface LeastUsed<T extends Used> {
  /** Notes a use. */
  use(one: T): void;
  /** Finds whoever was used least recently; asked again before that one is used or gone, it may give another. */
  next(): T | undefined;
}

/**
 * Makes the order of use of those in a map, who come and go. A use costs a number: they are lined up when one has to go, which
 * is far less often, and then all at once, for as many times as there are of them.
 */
export function createLeastUsed<T extends Used>(all: ReadonlyMap<string, T>): LeastUsed<T> {
  let turns = 0;
  /** Keys as of a turn, the least recently used last. */
  let line: string[] = [];
  let linedUpAt = 0;
  return {
    use(one) {
      one.turn = ++turns;
    },
    next() {
      for (let key = line.pop(); key !== undefined; key = line.pop()) {
        const one = all.get(key);
        // Who was used since is not the one, nor is who came in the place of another.
        if (one !== undefined && one.turn <= linedUpAt) return one;
      }
      const sorted = [...all].sort(([, a], [, b]) => b.turn - a.turn);
      line = sorted.map(([key]) => key);
      linedUpAt = turns;
      line.pop();
      return sorted.at(-1)?.[1];
    },
  };
}
