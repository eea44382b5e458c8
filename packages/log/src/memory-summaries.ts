import * as checks from "./checks.ts";
import type { StreamSummary, SummaryStore } from "./commit-log.ts";

/** Makes a store of records that lives in this process's memory. Data is kept by reference. */
export function createMemorySummaries<Data = Uint8Array>(): SummaryStore<Data> {
  const kept = new Map<string, StreamSummary<Data>>();
  return {
    async save(stream, number, data) {
      kept.set(checks.stream(stream), { stream, number: checks.number("number", number), data });
    },
    async *all() {
      yield* [...kept.values()];
    },
    async drop(stream) {
      kept.delete(checks.stream(stream));
    },
  };
}
