import { type AuditEvent, type AuditFilter, untilLeft, type WatchAuditOptions } from "@trimtab/core";
import type { CommitLog } from "@trimtab/log";
import { beginning } from "./chain.ts";
import { createAuditTest } from "./create-audit-test.ts";
import { createPulse } from "./pulse.ts";
import type { RecentEntries } from "./recent-entries.ts";
import { type AuditCodec, auditStream, type RecordedEntry, type RecordHead, readSealed } from "./stored-record.ts";
import { unreadable } from "./unreadable.ts";
import { formatToken, parseToken, positionAt, type WatchPosition } from "./watch-position.ts";

/** What a watch reads from. */
export interface WatchSource {
  readonly log: CommitLog;
  readonly codec: AuditCodec;
  readonly recent: RecentEntries;
  readonly head: () => RecordHead;
  /** How often a watch that has nothing to tell says how far it is. */
  readonly bookmarkIntervalMs: number;
  /** Aborts when the record is closed, which ends every watch. */
  readonly closing: AbortSignal;
}

/** Entries that are taken at a time. */
const chunkEntries = 500;

/**
 * Watches a record. A watch has a position and no queue: when its reader asks it takes what follows, from the window that all
 * of them share or from the log. So a slow one costs nobody anything, and there is no seam between the past and the present.
 */
export const watchEntries = (
  source: WatchSource,
  session: string,
  options: WatchAuditOptions,
): AsyncIterable<AuditEvent> => {
  const { closing } = source;
  const ends = options.signal === undefined ? closing : AbortSignal.any([closing, options.signal]);
  return untilLeft(ends, (signal) => tell(source, { session, ...options, signal }));
};

interface Watch {
  readonly session: string;
  readonly filter?: AuditFilter;
  readonly after?: string;
  readonly signal: AbortSignal;
}

async function* tell(
  source: WatchSource,
  { session, filter = {}, after, signal }: Watch,
): AsyncGenerator<AuditEvent, undefined> {
  const isTold = createAuditTest(session, filter);
  const asked = after === undefined ? undefined : parseToken(after);
  const { number, hash } = source.head();
  let at = asked ?? positionAt(number, hash);
  const pulse = createPulse(source, signal);
  try {
    if (asked === undefined) yield { kind: "bookmark", token: formatToken(at) };
    else if (!(await isOfRecord(source, asked))) at = { number: -1, mark: "" };
    while (!signal.aborted) {
      const { from, entries } = await readNext(source, at).catch((error: unknown) => {
        throw unreadable(session, error);
      });
      if (from.number !== at.number) yield gapBefore(from, entries);
      at = from;
      for (const { entry, hash: own } of entries) {
        at = positionAt(at.number + 1, own);
        if (!isTold(entry)) continue;
        yield { kind: "entry", token: formatToken(at), entry };
        if (signal.aborted) return undefined;
        pulse.reset();
      }
      if (entries.length === 0) await pulse.next(at.number);
      if (pulse.isDue() && !signal.aborted) yield { kind: "bookmark", token: formatToken(at) };
    }
    return undefined;
  } finally {
    pulse.stop();
  }
}

/** Whether an entry that a token speaks of is one of this record, as far as that is still known. */
async function isOfRecord({ log, head }: WatchSource, { number, mark }: WatchPosition): Promise<boolean> {
  const last = head();
  if (number >= last.number) return number === last.number && positionAt(number, last.hash).mark === mark;
  const [next] = await readSealed(log, number, number + 1);
  return next === undefined || positionAt(number, next.sealed.previous).mark === mark;
}

/** What comes after a position; where that is no longer kept, from the first entry on that is. */
async function readNext(
  { log, codec, recent, head }: WatchSource,
  at: WatchPosition,
): Promise<{ readonly from: WatchPosition; readonly entries: readonly RecordedEntry[] }> {
  const held = recent.after(at.number, chunkEntries);
  if (held !== undefined) return { from: at, entries: held };
  const after = Math.max(0, at.number);
  let placed = await readSealed(log, after, after + chunkEntries);
  if (placed.length === 0 && after < head().number) {
    const kept = await log.read(auditStream, after, 1);
    if (kept.kind === "trimmed") placed = await readSealed(log, kept.through, kept.through + chunkEntries);
  }
  const [first] = placed;
  const start = first === undefined ? after : first.number - 1;
  // Where the log was trimmed while it was read, what follows the gap is told next.
  const following = placed.filter(({ number }, index) => number === start + 1 + index);
  return {
    from: start === at.number ? at : positionAt(start, first?.sealed.previous ?? beginning),
    entries: following.map(({ number, sealed }) => ({ entry: codec.decode(sealed.entry, number), hash: sealed.hash })),
  };
}

const gapBefore = (from: WatchPosition, [first]: readonly RecordedEntry[]): AuditEvent => ({
  kind: "gap",
  token: formatToken(from),
  ...(first !== undefined && { keptSinceMs: first.entry.recordedAtMs }),
});
