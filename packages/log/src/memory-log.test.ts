import { describeCommitLog, describeSnapshotStore, describeSummaryStore } from "./conformance/index.ts";
import { createMemoryLog, createMemorySnapshots, createMemorySummaries } from "./index.ts";

// A memory log survives in the object itself, which is what a store that is opened anew on it sees.
describeCommitLog("memory", async () => {
  const log = createMemoryLog();
  return { log, reopen: async () => log };
});
describeSnapshotStore("memory", async () => createMemorySnapshots());
describeSummaryStore("memory", async () => createMemorySummaries());
