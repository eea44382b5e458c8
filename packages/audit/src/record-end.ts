import { requireArguments } from "@trimtab/core";
import type { CommitLog } from "@trimtab/log";
import { endArguments } from "./argument-kinds.ts";
import { readStart, type StartNote, writeStart } from "./start-note.ts";
import { type AuditCodec, readHead, readSealed } from "./stored-record.ts";

/** How much older than the last entry a change may be that has no entry: entries are made within moments. */
export const marginMs = 60_000;

/** What the end of a record is read from. */
export interface RecordEndOptions {
  /** The log of the record. */
  readonly log: CommitLog;
  readonly codec: AuditCodec;
  /** Names of the logs that are to be held against the record. */
  readonly sources: readonly string[];
  /** The time of the wall clock, in milliseconds since the Unix epoch; the machine's own unless given. */
  readonly now?: () => number;
  /** Hears that the note of a start cannot be kept, or read; what an earlier process did is looked for all the same. */
  readonly onError?: (error: unknown) => void;
}

/** Where a record ended when a process began, and since when something may be missing in it. */
export interface RecordEnd extends Pick<RecordEndOptions, "log" | "codec"> {
  /** Number of the last entry, 0 where there was none. */
  readonly number: number;
  /** Since when a source may hold what has no entry; `undefined` where nothing was to be entered yet. */
  sinceMs(source: string): number | undefined;
  /** Whether what is of a time can be in the record far from its end, since the clock has shown that time more than once. */
  isOutOfOrder(atMs: number): boolean;
  /** Notes that all of a source is entered that an earlier process had no time to enter, once that resolves to its being durable. */
  finish(source: string, isDurable: Promise<boolean>): void;
  /** Resolves once no note is to be written; for before the log is closed. */
  settled(): Promise<void>;
}

/**
 * Reads the end of a record, and notes beside it that a process begins. To come before anything new is entered, or appended to a source.
 * Commit times alone do not say what is missing: clocks are set back. So a start notes when it was, and what it still has to look for.
 */
export async function readRecordEnd(options: RecordEndOptions): Promise<RecordEnd> {
  requireArguments(endArguments, [options]);
  const { log, codec, sources, now = Date.now, onError = () => {} } = options;
  const { number } = await readHead(log);
  const [last] = await readSealed(log, Math.max(0, number - 1), number);
  const lastMs = last && codec.decode(last.sealed.entry, number).recordedAtMs;
  // Without the note things are looked for by the time of the last entry.
  const before = await readStart(log).catch((error: unknown) => void onError(error));
  const ends = new Map(
    sources.flatMap((source): [string, number][] => {
      const sinceMs = sinceOf(source, { before, number, lastMs });
      return sinceMs === undefined ? [] : [[source, sinceMs]];
    }),
  );
  const startedMs = now();
  const latestMs = Math.max(before?.latestMs ?? -Infinity, lastMs ?? -Infinity);
  const unfinished = new Map(ends);
  const write = () =>
    writeStart(log, {
      startedMs,
      after: number,
      ...(Number.isFinite(latestMs) && { latestMs }),
      unfinished: Object.fromEntries(unfinished),
    }).catch(onError);
  let writing = write();
  await writing;
  return {
    log,
    codec,
    number,
    sinceMs: (source) => ends.get(source),
    isOutOfOrder: (atMs) => atMs <= (before?.latestMs ?? -Infinity) || atMs > (lastMs ?? startedMs) + marginMs,
    finish(source, isDurable) {
      writing = Promise.all([isDurable, writing]).then(async ([is]) => {
        if (is && unfinished.delete(source)) await write();
      });
    },
    settled: () => writing,
  };
}

interface Known {
  readonly before: StartNote | undefined;
  readonly number: number;
  readonly lastMs: number | undefined;
}

function sinceOf(source: string, { before, number, lastMs }: Known): number | undefined {
  const sinceLastMs = lastMs === undefined ? undefined : lastMs - marginMs;
  if (before === undefined) return sinceLastMs;
  // What was entered since that start is of its time; what comes before is of no use where the clock was set back.
  const ownMs = number > before.after ? sinceLastMs : before.startedMs;
  const times = [ownMs, before.unfinished[source]].filter((time) => time !== undefined);
  return times.length === 0 ? undefined : Math.min(...times);
}
