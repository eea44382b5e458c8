import {
  type Bytes,
  byteLengthOf,
  checks,
  type EntryNote,
  type LogError,
  type LogRead,
  type PartsLog,
} from "@trimtab/log";
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
        stream: checks.stream(stream),
        after: checks.number("after", after),
        limit: checks.number("limit", limit),
      };
      const answer = await reads.call("read", request);
      if (answer.kind === "trimmed") return answer;
      return { kind: "entries", first: answer.first, entries: unpack(answer.packed) };
    },
    before: async (stream, bytes) =>
      reads.call("before", { stream: checks.stream(stream), bytes: checks.number("bytes", bytes) }),
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

  const append: PartsLog["appendParts"] = async (stream, after, entries, options) => {
    const notes = options?.notes;
    checks.stream(stream);
    checks.number("after", after);
    for (const entry of checks.list("entries", entries)) checkSize(byteLengthOf(entry));
    if (notes !== undefined) checkNotes(notes);
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
      gather: (append, entries) => queue.gather(checks.callable("append", append), checks.number("entries", entries)),
      ...reading,
      follow: (stream, after, signal) =>
        follow(checks.stream(stream), checks.number("after", after), checks.signal("signal", signal)),
      async trim(stream, through) {
        checks.stream(stream);
        await queue.submit({ kind: "trim", stream, through: checks.number("through", through) }, []);
      },
    },
    counts: () => ({ ...count }),
    endFollowers(error) {
      ended = error;
      followers.wakeAll();
    },
  };
}

/** Notes are put into columns of text. */
function checkNotes(notes: readonly EntryNote[]): void {
  for (const note of checks.list("notes", notes))
    for (const said of [note?.actor, note?.kind, note?.subject]) checks.text("notes", said);
}

/** What one entry or snapshot may hold. */
export function checkSize(bytes: number): void {
  if (bytes <= maxEntryBytes) return;
  throw new RangeError(`an entry may hold ${maxEntryBytes} bytes, got ${bytes}`);
}
