import { byteLengthOf, checks, type PartsSnapshots } from "@trimtab/log";
import { unpack } from "./packed.ts";
import type { SqliteLogDamage } from "./report.ts";
import { toSectioned } from "./sectioned.ts";
import { checkSize } from "./sqlite-commit-log.ts";
import type { Thread } from "./thread.ts";
import type { WriteQueue } from "./write-queue.ts";

/** Is told of damage that was found and worked around. */
type OnDamage = (damage: SqliteLogDamage) => void;

/**
 * Makes what loads snapshots. One that is not what was saved counts as none, since the log has the truth or says that it is trimmed;
 * `onDamage` is told.
 */
export function createSnapshotReads(reads: Pick<Thread, "call">, onDamage: OnDamage = () => {}) {
  /** Passes over what is damaged: the snapshot before it is as good, with more to replay. */
  const latest = async (stream: string, through: number) => {
    for (let upTo = through; ; ) {
      const answer = await reads.call("snapshot", { stream, through: upTo });
      if (answer.kind === "snapshot") return answer;
      if (answer.kind === "none") return undefined;
      onDamage({ kind: "snapshot", stream, number: answer.number });
      upTo = answer.number - 1;
    }
  };
  const load: PartsSnapshots["load"] = async (stream, through = Number.MAX_SAFE_INTEGER) => {
    const found = await latest(checks.stream(stream), checks.number("through", through));
    if (found === undefined) return undefined;
    const [data = new Uint8Array()] = unpack(found.packed);
    return { number: found.number, data };
  };
  return { latest, load };
}

/** Makes the snapshot store. */
export function createSnapshotStore(
  queue: WriteQueue,
  reads: Pick<Thread, "call">,
  onDamage?: OnDamage,
): PartsSnapshots {
  const { latest, load } = createSnapshotReads(reads, onDamage);
  const save: PartsSnapshots["saveParts"] = async (stream, number, data) => {
    checkSize(byteLengthOf(data));
    const write = { kind: "save", stream: checks.stream(stream), number: checks.number("number", number) } as const;
    await queue.submit(write, [toSectioned(data)]);
  };
  return {
    save,
    saveParts: save,
    load,
    async trim(stream, through) {
      const found = await latest(checks.stream(stream), checks.number("through", through));
      if (found === undefined) return 0;
      await queue.submit({ kind: "drop", stream, before: found.number }, []);
      return found.number;
    },
    async drop(stream) {
      await queue.submit({ kind: "drop", stream: checks.stream(stream) }, []);
    },
  };
}
