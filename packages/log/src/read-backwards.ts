import * as checks from "./checks.ts";
import type { CommitLog, LogRead } from "./commit-log.ts";

/** Entries that follow one another, in order. */
export interface EntryBatch<Entry> {
  /** Number of the first of them. */
  readonly first: number;
  readonly entries: readonly Entry[];
}

/** How a stream is read backwards. */
export interface ReadBackwardsOptions {
  /** Entries of the first batch at most; as `batch` unless given. */
  readonly begin?: number;
  /** Entries of every further batch at most; 500 unless given. */
  readonly batch?: number;
}

/**
 * Reads a stream from entry `through`, which it has or had, back to the oldest that is kept, without a gap or a duplicate. The newest
 * batch comes first. Where an entry cannot be read, all that come after it have been given before that rejects.
 * A number that is none, or a batch of less than one entry, is a RangeError.
 */
export async function* readBackwards<Entry>(
  log: Pick<CommitLog<Entry>, "read">,
  stream: string,
  through: number,
  { batch = 500, begin = batch }: ReadBackwardsOptions = {},
): AsyncGenerator<EntryBatch<Entry>, void> {
  checks.number("batch", batch, 1);
  let [last, size, floor] = [checks.number("through", through), checks.number("begin", begin, 1), 0];
  while (last > floor) {
    const after = Math.max(floor, last - size);
    const wanted = last - after;
    const read: LogRead<Entry> | undefined = await log.read(stream, after, wanted).catch((error: unknown) => {
      if (wanted === 1) throw error;
      return undefined;
    });
    if (read?.kind === "trimmed") floor = read.through;
    else if (read?.entries.length === wanted) {
      yield { first: after + 1, entries: read.entries };
      last = after;
      size = Math.min(batch, 2 * wanted);
    }
    // What was left out, or could not be read, is at the end that comes first.
    else if (wanted > 1) size = Math.ceil(wanted / 2);
    else return;
  }
}
