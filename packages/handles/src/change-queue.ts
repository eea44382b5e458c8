import type { Change } from "./change.ts";

/** Changes of one variable on their way to a `for await` loop. */
export interface ChangeQueue<V> extends AsyncIterableIterator<Change<V>> {
  push(change: Change<V>): void;
  /** Lets the loop read what is queued, and then end. */
  end(): void;
  next(): Promise<IteratorResult<Change<V>, undefined>>;
  return(): Promise<IteratorResult<Change<V>, undefined>>;
}

/**
 * Makes a queue of at most `capacity` changes. A reader that falls further behind gets the newest change next, marked
 * `lagged`, in place of everything that was queued: the last value is never lost, and memory stays bounded.
 */
export function createChangeQueue<V>(capacity: number, onReturn: () => void): ChangeQueue<V> {
  let queued: Change<V>[] = [];
  let waiting: ((result: IteratorResult<Change<V>, undefined>) => void)[] = [];
  let ended = false;

  const finished = { done: true, value: undefined } as const;
  const end = () => {
    ended = true;
    for (const resolve of waiting) resolve(finished);
    waiting = [];
  };

  const queue: ChangeQueue<V> = {
    push(change) {
      if (ended) return;
      const reader = waiting.shift();
      if (reader !== undefined) reader({ done: false, value: change });
      else if (queued.length < capacity) queued.push(change);
      else queued = [mergedWith(queued, change)];
    },
    end,
    next() {
      const change = queued.shift();
      if (change !== undefined) return Promise.resolve({ done: false, value: change });
      if (ended) return Promise.resolve(finished);
      return new Promise((resolve) => waiting.push(resolve));
    },
    return() {
      queued = [];
      end();
      onReturn();
      return Promise.resolve(finished);
    },
    [Symbol.asyncIterator]: () => queue,
  };
  return queue;
}

/**
 * The newest change in place of a whole run of them, with the value from before the run. A write stays one, with who made it,
 * where what comes after it leaves the value.
 */
function mergedWith<V>(run: readonly Change<V>[], newest: Change<V>): Change<V> {
  const write = leavesValue(newest) ? run.findLast((change) => !leavesValue(change)) : undefined;
  const { previous: _, ...told } = write ?? newest;
  const { value, revision } = newest;
  return { ...told, value, revision, ...valueBefore(run[0]), lagged: true };
}

function valueBefore<V>(oldest: Change<V> | undefined): Pick<Change<V>, "previous"> {
  if (oldest === undefined) return {};
  if ("previous" in oldest) return { previous: oldest.previous as V };
  return leavesValue(oldest) ? { previous: oldest.value } : {};
}

const leavesValue = ({ kind }: Change): boolean =>
  kind === "changed" || kind === "staleness" || kind === "dependency-changed";
