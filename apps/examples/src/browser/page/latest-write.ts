/** Writes values that come faster than they can be written, such as those of a slider being dragged. */
export interface LatestWrite<V> {
  /** Whether a write is under way. */
  readonly isBusy: boolean;
  /** Writes a value, at once or when the write under way has ended; one that waits gives way to a newer one. */
  push(value: V): void;
}

/** Makes a queue of one: the newest value is always written last. `write` must not reject; `settled` follows the last. */
export function createLatestWrite<V>(write: (value: V) => Promise<unknown>, settled: () => void): LatestWrite<V> {
  let waiting: { readonly value: V } | undefined;
  let isBusy = false;
  const run = async () => {
    isBusy = true;
    while (waiting !== undefined) {
      const { value } = waiting;
      waiting = undefined;
      await write(value);
    }
    isBusy = false;
    settled();
  };
  return {
    get isBusy() {
      return isBusy;
    },
    push(value) {
      waiting = { value };
      if (!isBusy) void run();
    },
  };
}
