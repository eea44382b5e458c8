import type { CommitLog } from "@trimtab/log";
import { isBatchEnd, knownEntry } from "./known-entry.ts";

/** Reads a stream to its end and compares every entry; returns the number of the last one. Throws at the first wrong one. */
export async function checkHistory(log: CommitLog, stream: string): Promise<number> {
  let last = 0;
  for (;;) {
    const read = await log.read(stream, last, 1000);
    if (read.kind === "trimmed") {
      last = read.through;
      continue;
    }
    if (read.entries.length === 0) break;
    if (read.first !== last + 1) throw new Error(`${stream}: after ${last} comes ${read.first}`);
    for (const entry of read.entries) {
      last++;
      if (!Buffer.from(entry).equals(knownEntry(stream, last)))
        throw new Error(`${stream} ${last} is not what was written`);
    }
  }
  if (!isBatchEnd(last)) throw new Error(`${stream} ends at ${last}, within a batch`);
  return last;
}
