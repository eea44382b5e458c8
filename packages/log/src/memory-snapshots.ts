import * as checks from "./checks.ts";
import type { SnapshotStore } from "./commit-log.ts";

/** Makes a snapshot store that lives in this process's memory. Data is kept by reference. */
export function createMemorySnapshots<Data = Uint8Array>(): SnapshotStore<Data> {
  /** By stream, the oldest first. */
  const kept = new Map<string, { readonly number: number; readonly data: Data }[]>();
  const latest = (stream: string, through = Number.MAX_SAFE_INTEGER) => {
    checks.number("through", through);
    return kept.get(checks.stream(stream))?.findLast(({ number }) => number <= through);
  };
  return {
    async save(stream, number, data) {
      checks.stream(stream);
      checks.number("number", number);
      const snapshots = kept.get(stream) ?? [];
      const others = snapshots.filter((snapshot) => snapshot.number !== number);
      kept.set(
        stream,
        [...others, { number, data }].sort((a, b) => a.number - b.number),
      );
    },
    load: async (stream, through) => latest(stream, through),
    async trim(stream, through) {
      checks.number("through", through);
      const { number = 0 } = latest(stream, through) ?? {};
      const snapshots = kept.get(stream) ?? [];
      if (number > 0)
        kept.set(
          stream,
          snapshots.filter((snapshot) => snapshot.number >= number),
        );
      return number;
    },
    async drop(stream) {
      kept.delete(checks.stream(stream));
    },
  };
}
