import * as checks from "./checks.ts";
import type { CommitLog, LogRead } from "./commit-log.ts";

/** How a memory log counts. */
export interface MemoryLogOptions<Data> {
  /** What an entry holds, in bytes; unless given, bytes count and other data does not. */
  readonly sizeOf?: (data: Data) => number;
}

/** A log in memory, which need not be waited for. */
export interface MemoryLog<Data = Uint8Array> extends CommitLog<Data> {
  /** Does what `append` does, and promises the same, before it returns. */
  appendNow(stream: string, after: number, entries: readonly Data[]): boolean;
  /** Gives a stream to append to, for those who do so often and need not look for it each time. */
  stream(name: string): MemoryStream<Data>;
}

/** One stream of a log in memory. */
export interface MemoryStream<Data = Uint8Array> {
  /** Does what the log's `appendNow` does. */
  appendNow(after: number, entries: readonly Data[]): boolean;
}

/**
 * Makes a log that lives in this process's memory and ends with it. An append is durable, as far as that goes, when it
 * resolves. Entries are kept by reference. A stream that was trimmed whole keeps only its last number.
 *
 * @throws RangeError for options of another kind
 */
export function createMemoryLog<Data = Uint8Array>(options: MemoryLogOptions<Data> = {}): MemoryLog<Data> {
  checks.options("options", options, { sizeOf: checks.callable });
  const sizeOf = options.sizeOf ?? ((data: Data) => (data instanceof Uint8Array ? data.length : 0));
  const streams = new Map<string, Stream<Data>>();

  const stream = (name: string): Stream<Data> => {
    const known = streams.get(name);
    if (known !== undefined) return known;
    const made = new Stream<Data>();
    streams.set(checks.stream(name), made);
    return made;
  };

  const appendNow: MemoryLog<Data>["appendNow"] = (name, after, entries) => stream(name).appendNow(after, entries);

  return {
    appendNow,
    stream,
    append: async (name, after, entries) => appendNow(name, after, entries),

    async read(name, after, limit = Number.MAX_SAFE_INTEGER) {
      const known = streams.get(checks.stream(name));
      return readFrom(known, checks.number("after", after), checks.number("limit", limit));
    },

    follow: (name, after, signal) =>
      followStream(stream(name), checks.number("after", after), checks.signal("signal", signal)),

    async trim(name, through) {
      const known = streams.get(checks.stream(name));
      checks.number("through", through);
      if (known === undefined) return;
      const count = Math.min(through, known.last) - known.trimmed;
      if (count <= 0) return;
      // In place: an array that is let go of keeps what it held from being collected until it is itself, which is late.
      known.entries.splice(0, count);
      known.trimmed += count;
    },

    async before(name, bytes) {
      const { entries, trimmed } = streams.get(checks.stream(name)) ?? { entries: [], trimmed: 0 };
      checks.number("bytes", bytes);
      let kept = 0;
      for (let left = entries.length; left > 0; left--) {
        kept += sizeOf(entries[left - 1] as Data);
        if (kept > bytes) return trimmed + left;
      }
      return trimmed;
    },

    async *streams() {
      for (const [name, { entries, last }] of streams) if (entries.length > 0) yield { stream: name, last };
    },
  };
}

/** A class, since there may be many. */
class Stream<Data> implements MemoryStream<Data> {
  trimmed = 0;
  entries: Data[] = [];
  /** Called, and forgotten, at the next append; not there before anybody has waited. */
  waiting: Set<() => void> | undefined;

  /** Number of the last entry. */
  get last(): number {
    return this.trimmed + this.entries.length;
  }

  appendNow(after: number, entries: readonly Data[]): boolean {
    if (checks.number("after", after) !== this.last) return false;
    checks.list("entries", entries);
    // Where an empty array grows, V8 makes room for 17.
    if (this.entries.length === 0) this.entries = entries.slice();
    else for (const entry of entries) this.entries.push(entry);
    if (entries.length > 0 && this.waiting !== undefined) for (const settle of [...this.waiting]) settle();
    return true;
  }
}

function readFrom<Data>(
  stream: Stream<Data> | undefined,
  after: number,
  limit = Number.MAX_SAFE_INTEGER,
): LogRead<Data> {
  if (stream === undefined) return { kind: "entries", first: 1, entries: [] };
  if (after < stream.trimmed) return { kind: "trimmed", through: stream.trimmed };
  const start = Math.min(after, stream.last) - stream.trimmed;
  return { kind: "entries", first: stream.trimmed + start + 1, entries: stream.entries.slice(start, start + limit) };
}

async function* followStream<Data>(
  stream: Stream<Data>,
  after: number,
  signal: AbortSignal,
): AsyncGenerator<LogRead<Data>> {
  let position = after;
  while (!signal.aborted) {
    const found = readFrom(stream, position);
    if (found.kind === "trimmed") {
      yield found;
      return;
    }
    // A number that the stream has not reached yet is waited for.
    if (found.entries.length > 0 && found.first === position + 1) {
      position += found.entries.length;
      yield found;
    } else {
      await nextAppend(stream, signal);
    }
  }
}

function nextAppend(stream: Stream<unknown>, signal: AbortSignal): Promise<void> {
  stream.waiting ??= new Set();
  const { waiting } = stream;
  return new Promise((resolve) => {
    const settle = () => {
      waiting.delete(settle);
      signal.removeEventListener("abort", settle);
      resolve();
    };
    waiting.add(settle);
    signal.addEventListener("abort", settle, { once: true });
  });
}
