import type { SnapshotStore } from "@trimtab/log";
import { unpack } from "./packed.ts";
import { checkNumber, checkSize, checkStream } from "./sqlite-commit-log.ts";
import type { Thread } from "./thread.ts";
import type { SqliteLogDamage } from "./verify.ts";
import type { WriteQueue } from "./write-queue.ts";

/**
 * Makes the snapshot store. A snapshot that is not what was saved is as good as none, since the log has the truth or
 * says that it is trimmed; `onDamage` is told.
 */
export function createSnapshotStore(
  queue: WriteQueue,
  reads: Pick<Thread, "call">,
  onDamage: (damage: SqliteLogDamage) => void = () => {},
): SnapshotStore {
  return {
    async save(stream, number, data) {
      checkSize(data.length);
      await queue.submit({ kind: "save", stream: checkStream(stream), number: checkNumber("number", number) }, [data]);
    },
    async load(stream) {
      const answer = await reads.call("snapshot", checkStream(stream));
      if (answer.kind === "none") return undefined;
      if (answer.kind === "damaged") {
        onDamage({ kind: "snapshot", stream, number: answer.number });
        return undefined;
      }
      const [data = new Uint8Array()] = unpack(answer.packed);
      return { number: answer.number, data };
    },
    async drop(stream) {
      await queue.submit({ kind: "drop", stream: checkStream(stream) }, []);
    },
  };
}
