import {
  type AuditEntry,
  type AuditTrail,
  type Commit,
  checkedCalls,
  type ListAuditOptions,
  type Page,
  requireArguments,
  storeError,
} from "@trimtab/core";
import type { CommitLog, EntryNote } from "@trimtab/log";
import { enteringArguments, recordArguments, refusingArguments, trailArguments } from "./argument-kinds.ts";
import { encodeSealed, seal } from "./chain.ts";
import { type AuditDraft, entriesOfCommit } from "./commit-entries.ts";
import { createAuditTest } from "./create-audit-test.ts";
import { createRecentEntries } from "./recent-entries.ts";
import { type AuditCodec, auditStream, type RecordedEntry, readHead, readSealed } from "./stored-record.ts";
import { unreadable } from "./unreadable.ts";
import { watchEntries } from "./watch-entries.ts";

/** What a record of an audit is made of. */
export interface AuditRecordOptions {
  /** Where entries are kept; its own, so that it can be kept for as long as it must. */
  readonly log: CommitLog;
  readonly codec: AuditCodec;
  /** Entries that are kept, at least 1; 1 000 000 unless given. */
  readonly keptEntries?: number;
  /** What people are told of an entry who look into the log with its own tools; nothing unless given. */
  readonly note?: (entry: AuditEntry) => EntryNote;
  /** How often a watch that has nothing to tell says how far it is, in milliseconds; 15 000 unless given. */
  readonly bookmarkIntervalMs?: number;
  /** The time of the wall clock, in milliseconds since the Unix epoch; the machine's own unless given. */
  readonly now?: () => number;
  /** Is given each entry once it is durable, with its number and its hash, in order. */
  readonly onEntries?: (entries: readonly RecordedEntry[]) => void;
  /** Hears that entries cannot be kept, once until they can; they wait, and are tried again. */
  readonly onError: (error: unknown) => void;
}

/** A record of who did what. Entries are kept in order, in batches, each tied to the one before. */
export interface AuditRecord extends AuditTrail {
  /** Enters what a commit has done, as {@link AuditRecord.enter} does. */
  commit(commit: Commit): void;
  /** Enters what was done. Entries are durable soon afterwards, or found again at the next start in what they tell of. */
  enter(drafts: readonly AuditDraft[]): void;
  /**
   * Enters something that was not done. Resolves once it is durable; where nothing can be kept for now, what was not denied but could not
   * be done is not waited for.
   */
  refuse(draft: AuditDraft): Promise<void>;
  /** Resolves to `true` once everything that was entered so far is durable, and to `false` where the record was closed before it could be. */
  settled(): Promise<boolean>;
  /** Ends watches, and waits until what was entered is kept, or cannot be for now. The log stays open. */
  close(): Promise<void>;
}

/** Entries that one append carries, so that no append holds up what comes after it for long. */
const batchEntries = 1000;

/** Entries that wait before those who refuse have to wait, too, and before newer ones of them are given up. */
const mostWaiting = 100_000;

/** How long to wait before what could not be kept is tried again. */
const retryMs = 1000;

const defaultKept = 1_000_000;

/** How far ahead of the clock a change may be, in milliseconds, for its time to be taken. Those of a session never go back, as clocks do. */
const aheadMs = 30_000;

/** Opens the record in a log. Rejects with `invalid_argument` for options of another kind, and for those that there are none of. */
export async function openAuditRecord(options: AuditRecordOptions): Promise<AuditRecord> {
  requireArguments(recordArguments, [options]);
  const { log, codec, note, onEntries = () => {}, onError } = options;
  const { keptEntries = defaultKept, bookmarkIntervalMs = 15_000, now = Date.now } = options;
  let head = await readHead(log);
  const recent = createRecentEntries(head.number);
  const closing = new AbortController();
  let trimmed = Math.max(0, head.number - keptEntries);
  const waiting: AuditDraft[] = [];
  let idle: Promise<void> | undefined;
  /** What the draining waits for now. */
  let step: Promise<void> = Promise.resolve();
  let isFailing = false;

  const append = async (): Promise<void> => {
    const drafts = waiting.slice(0, batchEntries);
    let { hash } = head;
    const recorded = drafts.map((draft, index): RecordedEntry & { readonly bytes: Uint8Array } => {
      const number = head.number + index + 1;
      const entry = { id: idOf(number), ...draft };
      const sealed = seal(hash, codec.encode(entry, number));
      hash = sealed.hash;
      return { entry, hash, bytes: encodeSealed(sealed) };
    });
    const won = await log.append(
      auditStream,
      head.number,
      recorded.map(({ bytes }) => bytes),
      note && { notes: recorded.map(({ entry }) => note(entry)) },
    );
    if (!won) throw new Error("another process writes the audit of this folder");
    head = { number: head.number + drafts.length, hash };
    waiting.splice(0, drafts.length);
    recent.push(recorded.map(({ entry, hash: own }) => ({ entry, hash: own })));
    onEntries(recorded);
    if (head.number - trimmed < keptEntries + keptEntries / 10) return;
    trimmed = head.number - keptEntries;
    await log.trim(auditStream, trimmed);
  };

  const tryToAppend = async (): Promise<void> => {
    try {
      await append();
      isFailing = false;
    } catch (error) {
      if (!isFailing) onError(error);
      isFailing = true;
    }
  };
  const go = (next: Promise<void>): Promise<void> => {
    step = next;
    return step;
  };
  const drain = async (): Promise<void> => {
    // What comes in one turn of the event loop goes in one append.
    await go(new Promise((resolve) => setImmediate(resolve)));
    while (waiting.length > 0) {
      await go(tryToAppend());
      if (!isFailing) continue;
      // What a commit has done is found there at the next start.
      if (closing.signal.aborted) waiting.length = 0;
      else await go(new Promise((resolve) => setTimeout(resolve, retryMs).unref()));
    }
    idle = undefined;
  };
  const enter = (draft: AuditDraft): void => {
    const nowMs = now();
    waiting.push(draft.recordedAtMs > nowMs + aheadMs ? { ...draft, recordedAtMs: nowMs } : draft);
    idle ??= drain();
  };
  const enterAll = (drafts: readonly AuditDraft[]): void => drafts.forEach(enter);
  const settled = async (): Promise<boolean> => {
    const last = head.number + waiting.length;
    while (idle !== undefined && head.number < last) await idle;
    return head.number >= last;
  };
  const tried = async (): Promise<void> => {
    const last = head.number + waiting.length;
    while (idle !== undefined && head.number < last && !isFailing) await step;
  };

  const record: AuditRecord = {
    commit: (commit) => enterAll(entriesOfCommit(commit)),
    enter(drafts) {
      // What cannot be entered would be tried again for ever, and keep all that follows out of the record.
      requireArguments(enteringArguments, [drafts]);
      enterAll(drafts);
    },
    async refuse(draft) {
      requireArguments(refusingArguments, [draft]);
      if (waiting.length < mostWaiting) enter(draft);
      await (draft.outcome === "denied" ? settled() : tried());
    },
    listAuditEntries: (session, list = {}) => listEntries({ log, codec, last: () => head.number }, session, list),
    watchAudit: (session, watch = {}) =>
      watchEntries(
        { log, codec, recent, head: () => head, bookmarkIntervalMs, closing: closing.signal },
        session,
        watch,
      ),
    settled,
    async close() {
      closing.abort();
      await settled();
    },
  };
  return checkedCalls(record, trailArguments);
}

const idDigits = 16;
const idOf = (number: number): string => String(number).padStart(idDigits, "0");

interface Source {
  readonly log: CommitLog;
  readonly codec: AuditCodec;
  readonly last: () => number;
}

/** Entries that one page looks through, so that a page costs so much at most. */
const mostLookedAt = 20_000;
const chunkEntries = 500;

async function listEntries(
  { log, codec, last }: Source,
  session: string,
  { pageSize = 100, pageToken, filter = {}, fromMs = 0, toMs = Number.POSITIVE_INFINITY }: ListAuditOptions,
): Promise<Page<AuditEntry>> {
  checkPageSize(pageSize);
  const isTold = createAuditTest(session, filter);
  let before = pageToken === undefined ? last() + 1 : parseToken(pageToken);
  const stop = before - mostLookedAt;
  const items: AuditEntry[] = [];
  let older = 0;
  try {
    while (before > 1 && before > stop) {
      const after = Math.max(0, before - 1 - chunkEntries);
      const chunk = await readSealed(log, after, before - 1);
      if (chunk.length === 0) return { items };
      for (const { number, sealed } of chunk.toReversed()) {
        const entry = codec.decode(sealed.entry, number);
        // What was recorded before is older still: entries are in the order in which things were decided, unless the clock was set back.
        older = entry.recordedAtMs < fromMs ? older + 1 : 0;
        if (older > mostOlder) return { items };
        before = number;
        if (!isTold(entry) || entry.recordedAtMs < fromMs || entry.recordedAtMs >= toMs) continue;
        items.push(entry);
        if (items.length === pageSize) return { items, nextPageToken: String(number) };
      }
    }
  } catch (error) {
    // What could be read is given first; the next page is where it could not.
    if (items.length === 0) throw unreadable(session, error);
  }
  return before > 1 ? { items, nextPageToken: String(before) } : { items };
}

/** Entries from before a time, one after the other, by which it is known that there are no more of after it. */
const mostOlder = 5000;

function checkPageSize(pageSize: number): void {
  if (Number.isSafeInteger(pageSize) && pageSize >= 1 && pageSize <= 1000) return;
  const message = `pageSize must be a whole number from 1 to 1000, got ${pageSize}`;
  throw storeError("invalid_argument", message, { field: "pageSize", limit: 1000, value: pageSize });
}

function parseToken(token: string): number {
  const number = Number(token);
  if (/^\d{1,15}$/.test(token) && number > 0) return number;
  throw storeError("invalid_argument", "pageToken is none that a page of this listing has given", {
    field: "pageToken",
  });
}
