import type { CommitLog, LogRead } from "./commit-log.ts";

interface Stream<Data> {
  trimmed: number;
  readonly entries: Data[];
  /** Called, and forgotten, at the next append. */
  readonly waiting: Set<() => void>;
}

/** How a memory log counts. */
export interface MemoryLogOptions<Data> {
  /** What an entry holds, in bytes; unless given, bytes count and other data does not. */
  readonly sizeOf?: (data: Data) => number;
}

/** A log in memory, which need not be waited for. */
export interface MemoryLog<Data = Uint8Array> extends CommitLog<Data> {
  /** Does what `append` does, and promises the same, before it returns. */
  appendNow(stream: string, after: number, entries: readonly Data[]): boolean;
}

/**
 * Makes a log that lives in this process's memory and ends with it. An append is durable, as far as that goes, when it
 * resolves. Entries are kept by reference. A stream that was trimmed whole keeps only its last number.
 */
export function createMemoryLog<Data = Uint8Array>(options: MemoryLogOptions<Data> = {}): MemoryLog<Data> {
  const sizeOf = options.sizeOf ?? ((data: Data) => (data instanceof Uint8Array ? data.length : 0));
  const streams = new Map<string, Stream<Data>>();

  const streamOf = (name: string): Stream<Data> => {
    let stream = streams.get(name);
    if (stream === undefined) {
      stream = { trimmed: 0, entries: [], waiting: new Set() };
      streams.set(name, stream);
    }
    return stream;
  };

  const appendNow: MemoryLog<Data>["appendNow"] = (name, after, entries) => {
    checkNumber(after);
    const known = streams.get(name);
    if (after !== (known === undefined ? 0 : lastOf(known))) return false;
    if (entries.length === 0) return true;
    const stream = known ?? streamOf(name);
    for (const entry of entries) stream.entries.push(entry);
    wake(stream);
    return true;
  };

  return {
    appendNow,
    append: async (name, after, entries) => appendNow(name, after, entries),

    read: async (name, after, limit) => readFrom(streams.get(name), checkNumber(after), limit),

    follow: (name, after, signal) => followStream(streamOf(name), checkNumber(after), signal),

    async trim(name, through) {
      const stream = streams.get(name);
      if (stream === undefined) return;
      const count = Math.min(through, lastOf(stream)) - stream.trimmed;
      if (count <= 0) return;
      // In place: an array that is let go of keeps what it held from being collected until it is itself, which is late.
      stream.entries.splice(0, count);
      stream.trimmed += count;
    },

    async before(name, bytes) {
      const { entries, trimmed } = streams.get(name) ?? { entries: [], trimmed: 0 };
      let kept = 0;
      for (let left = entries.length; left > 0; left--) {
        kept += sizeOf(entries[left - 1] as Data);
        if (kept > bytes) return trimmed + left;
      }
      return trimmed;
    },

    async *streams() {
      for (const [name, stream] of streams) {
        if (stream.entries.length > 0) yield { stream: name, last: lastOf(stream) };
      }
    },
  };
}

const lastOf = (stream: Stream<unknown>) => stream.trimmed + stream.entries.length;

function checkNumber(after: number): number {
  if (Number.isSafeInteger(after) && after >= 0) return after;
  throw new RangeError(`after must be a whole number of at least 0, got ${after}`);
}

function readFrom<Data>(
  stream: Stream<Data> | undefined,
  after: number,
  limit = Number.POSITIVE_INFINITY,
): LogRead<Data> {
  if (stream === undefined) return { kind: "entries", first: 1, entries: [] };
  if (after < stream.trimmed) return { kind: "trimmed", through: stream.trimmed };
  const start = Math.min(after, lastOf(stream)) - stream.trimmed;
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
  return new Promise((resolve) => {
    const settle = () => {
      stream.waiting.delete(settle);
      signal.removeEventListener("abort", settle);
      resolve();
    };
    stream.waiting.add(settle);
    signal.addEventListener("abort", settle, { once: true });
  });
}

function wake(stream: Stream<unknown>): void {
  if (stream.waiting.size === 0) return;
  for (const settle of [...stream.waiting]) settle();
}
