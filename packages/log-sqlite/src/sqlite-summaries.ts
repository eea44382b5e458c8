import { checks, type SummaryStore } from "@trimtab/log";
import { unpack } from "./packed.ts";
import type { SummariesPage } from "./reader.ts";
import { checkSize } from "./sqlite-commit-log.ts";
import type { Thread } from "./thread.ts";
import type { WriteQueue } from "./write-queue.ts";

/** Makes the store of summaries. One that is not what was saved counts as none, since the log has the truth. */
export function createSummaryStore(queue: WriteQueue, reads: Pick<Thread, "call">): SummaryStore {
  return {
    async save(stream, number, data) {
      checkSize(checks.array("data", data).length);
      const write = {
        kind: "summarize",
        stream: checks.stream(stream),
        number: checks.number("number", number),
      } as const;
      await queue.submit(write, [data]);
    },
    async *all() {
      for (let after: number | undefined = 0; after !== undefined; ) {
        const page: SummariesPage = await reads.call("summaries", after);
        const parts = unpack(page.packed);
        for (const [i, { stream, number }] of page.streams.entries()) {
          yield { stream, number, data: parts[i] ?? new Uint8Array() };
        }
        after = page.next;
      }
    },
    async drop(stream) {
      await queue.submit({ kind: "drop-summary", stream: checks.stream(stream) }, []);
    },
  };
}
