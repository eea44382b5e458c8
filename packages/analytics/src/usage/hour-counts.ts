/** Counts by the hour, counted from the Unix epoch: of the newest hours in which there were any. */
export interface HourCounts extends Iterable<readonly [hour: number, count: number]> {
  add(hour: number): void;
}

/** Makes counts of at most so many hours. */
export function createHourCounts(kept: number): HourCounts {
  // Nearly every count is of the hour that the one before was of.
  let hour = Number.NaN;
  let count = 0;
  const earlier = new Map<number, number>();

  const turn = (to: number): void => {
    if (count > 0) earlier.set(hour, count);
    // A clock that was set back comes through an hour again.
    count = earlier.get(to) ?? 0;
    earlier.delete(to);
    hour = to;
    const [oldest] = earlier.keys();
    if (earlier.size >= kept && oldest !== undefined) earlier.delete(oldest);
  };

  return {
    add(to) {
      if (to !== hour) turn(to);
      count++;
    },
    *[Symbol.iterator]() {
      yield* earlier;
      if (count > 0) yield [hour, count];
    },
  };
}
