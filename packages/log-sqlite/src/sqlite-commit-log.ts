import { type Bytes, byteLengthOf, type LogError, type LogRead, type PartsLog } from "@trimtab/log";
import { createFollowers } from "./followers.ts";
import { unpack } from "./packed.ts";
import type { SqliteLogReads } from "./read-sqlite-log.ts";
import type { StreamsPage } from "./reader.ts";
import type { LogCounts } from "./report.ts";
import { toSectioned } from "./sectioned.ts";
import type { Thread } from "./thread.ts";
import type { WriteQueue } from "./write-queue.ts";

/** The log over its threads. */
export interface SqliteCommitLog {
  readonly log: PartsLog;
  counts(): LogCounts;
  /** Lets everyone who follows a stream fail with this. */
  endFollowers(error: LogError): void;
}

/** Entries that a follower takes at once. */
const followBatch = 1000;
/** What an entry may hold, in bytes: well below what SQLite takes and a buffer can be. */
const maxEntryBytes = 512 << 20;

/** Makes the part of the log that reads, over the thread that does. */
export function createLogReads(reads: Pick<Thread, "call">): SqliteLogReads["log"] {
  return {
    async read(stream, after, limit = Number.MAX_SAFE_INTEGER) {
      const request = {
        stream: checkStream(stream),
        after: checkNumber("after", after),
        limit: checkNumber("limit", limit),
      };
      const answer = await reads.call("read", request);
      if (answer.kind === "trimmed") return answer;
      return { kind: "entries", first: answer.first, entries: unpack(answer.packed) };
    },
    before: async (stream, bytes) =>
      reads.call("before", { stream: checkStream(stream), bytes: checkNumber("bytes", bytes) }),
    async *streams() {
      for (let after: number | undefined = 0; after !== undefined; ) {
        const page: StreamsPage = await reads.call("streams", after);
        yield* page.ends;
        after = page.next;
      }
    },
  };
}

/** Makes the log. */
export function createCommitLog(queue: WriteQueue, reads: Pick<Thread, "call">): SqliteCommitLog {
  const followers = createFollowers();
  const count = { appends: 0, lost: 0, failed: 0, entries: 0, bytes: 0 };
  let ended: LogError | undefined;

  const reading = createLogReads(reads);

  const noteAppend = (stream: string, entries: readonly Bytes[]): void => {
    count.appends++;
    count.entries += entries.length;
    for (const entry of entries) count.bytes += byteLengthOf(entry);
    followers.wake(stream);
  };

  async function* follow(stream: string, after: number, signal: AbortSignal): AsyncGenerator<LogRead<Uint8Array>> {
    const follower = followers.join(stream, signal);
    try {
      for (let position = after; !signal.aborted; ) {
        if (ended !== undefined) throw ended;
        const found = await reading.read(stream, position, followBatch);
        if (signal.aborted) return;
        if (found.kind === "trimmed") return yield found;
        if (found.entries.length === 0) await follower.next();
        else {
          position += found.entries.length;
          yield found;
        }
      }
    } finally {
      follower.leave();
    }
  }

  const append: PartsLog["appendParts"] = async (stream, after, entries, { notes } = {}) => {
    checkStream(stream);
    checkNumber("after", after);
    for (const entry of entries) checkSize(byteLengthOf(entry));
    try {
      const write = {
        kind: "append",
        stream,
        after,
        count: entries.length,
        notes: notes && JSON.stringify(notes),
      } as const;
      const won = await queue.submit(write, entries.map(toSectioned));
      if (won) noteAppend(stream, entries);
      else count.lost++;
      return won;
    } catch (error) {
      count.failed++;
      throw error;
    }
  };

  return {
    log: {
      append,
      appendParts: append,
      gather: queue.gather,
      ...reading,
      follow: (stream, after, signal) => follow(checkStream(stream), checkNumber("after", after), signal),
      async trim(stream, through) {
        checkStream(stream);
        await queue.submit({ kind: "trim", stream, through: checkNumber("through", through) }, []);
      },
    },
    counts: () => ({ ...count }),
    endFollowers(error) {
      ended = error;
      followers.wakeAll();
    },
  };
}

/** Two names that differ only in broken characters would become one name in the database. */
export function checkStream(stream: string): string {
  if (stream.isWellFormed()) return stream;
  throw new RangeError(`stream must be well-formed text, got ${JSON.stringify(stream)}`);
}

/** Numbers of entries, and counts of them. */
export function checkNumber(field: string, value: number): number {
  if (Number.isSafeInteger(value) && value >= 0) return value;
  throw new RangeError(`${field} must be a whole number of at least 0, got ${value}`);
}

/** What one entry or snapshot may hold. */
export function checkSize(bytes: number): void {
  if (bytes <= maxEntryBytes) return;
  throw new RangeError(`an entry may hold ${maxEntryBytes} bytes, got ${bytes}`);
}
