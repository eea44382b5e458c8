import type { SnapshotStore } from "./commit-log.ts";

/** Makes a snapshot store that lives in this process's memory. Data is kept by reference. */
export function createMemorySnapshots<Data = Uint8Array>(): SnapshotStore<Data> {
  const snapshots = new Map<string, { number: number; data: Data }>();
  return {
    async save(stream, number, data) {
      snapshots.set(stream, { number, data });
    },
    load: async (stream) => snapshots.get(stream),
    async drop(stream) {
      snapshots.delete(stream);
    },
  };
}
