import {
  absentSession,
  type Commit,
  evolveSummary,
  isStoreError,
  type SessionSummary,
  type StoreError,
  summaryOf,
} from "@trimtab/core";
import type { CommitLog, SummaryStore } from "@trimtab/log";
import type { Clock } from "./clock.ts";
import type { LoadedSession, RestingSession, SessionTable } from "./session-table.ts";
import { unlessDamaged } from "./unless-damaged.ts";
import type { UnreadableSessions } from "./unreadable-sessions.ts";

/** What the index of sessions is made from. */
export interface IndexOptions {
  readonly log: CommitLog<Commit>;
  readonly summaries: SummaryStore<SessionSummary> | undefined;
  readonly shared: boolean;
  readonly clock: Clock;
  /** Told how many sessions were found so far, while the index is made. */
  readonly onProgress: (sessions: number) => void;
  readonly unreadable: UnreadableSessions;
  /** Told where what sessions are listed by is damaged. */
  readonly onDamage: (error: StoreError) => void;
}

/** Knows every live session without having it in memory, but for those that are found not to be readable. */
export interface SessionIndex {
  /** Resolves when the index knows all sessions there are; where others write to the log, as of this call. */
  refresh(): Promise<void>;
  /** Resolves when the index knows all sessions there were when it was first asked. */
  ready(): Promise<void>;
  /** Every live session, in no promised order. */
  all(): (RestingSession | LoadedSession)[];
  /** Live sessions, and ids that are being looked at. */
  readonly size: number;
}

/** Commits that a stored summary is brought up to date with; from further behind, the session is loaded. */
const mostToFold = 1000;

/**
 * Makes the index over a table. What was stored of each session is compared with where its log ends; only the commits
 * in between are read, or the session itself where that is not enough. `onEnded` hears of streams that hold no live
 * session any more.
 */
export function createSessionIndex(
  table: SessionTable,
  { log, summaries, shared, clock, unreadable, onProgress, onDamage }: IndexOptions,
  onEnded: (id: string, revision: number) => void,
): SessionIndex {
  let refreshing: Promise<void> | undefined;
  let complete = false;

  const storedSummaries = async (): Promise<Map<string, SessionSummary>> => {
    const found = new Map<string, SessionSummary>();
    if (summaries === undefined) return found;
    try {
      for await (const { stream, data } of summaries.all()) found.set(stream, data);
    } catch (error) {
      // The log has the truth.
      if (!isStoreError(error, "data_loss")) throw error;
      onDamage(error);
    }
    return found;
  };

  const addStream = async (id: string, last: number, stored: SessionSummary | undefined): Promise<void> => {
    const known = table.resting.get(id)?.summary;
    if (table.loaded.has(id) || (known !== undefined && known.revision >= last)) return;
    const base = (known?.revision ?? 0) > (stored?.revision ?? 0) ? known : stored;
    const summary = base?.revision === last ? base : await bringUp(base ?? absentSession(id), last);
    // Meanwhile somebody may have loaded it, and written to it.
    if (table.loaded.has(id) || (table.resting.get(id)?.summary.revision ?? 0) > last) return;
    if (summary.status !== "live") {
      table.resting.delete(id);
      return onEnded(id, last);
    }
    const { accessedAt = clock.elapsed(), accessedAtMs = clock.now() } = table.resting.get(id) ?? {};
    table.resting.set(id, { summary, accessedAt, accessedAtMs });
  };

  const bringUp = async (base: SessionSummary, last: number): Promise<SessionSummary> => {
    const { id, revision } = base;
    if (last - revision <= mostToFold) {
      const commits = await entriesBetween(id, revision, last);
      const folded = commits.reduce<SessionSummary | undefined>(
        (sum, commit) => sum && evolveSummary(sum, commit),
        base,
      );
      if (folded?.revision === last) return folded;
    }
    return load(id);
  };

  /** None where they are not all there, or damaged: a later snapshot may make them superfluous. */
  const entriesBetween = async (id: string, after: number, last: number): Promise<readonly Commit[]> => {
    const read = await log.read(id, after, last - after).catch(unlessDamaged);
    return read?.kind === "entries" ? read.entries : [];
  };

  const load = async (id: string): Promise<SessionSummary> => {
    const session = await table.hold(id);
    const summary = summaryOf(session.summary);
    if (summary.status === "live") await summaries?.save(id, summary.revision, summary).catch(() => {});
    table.release(session);
    return summary;
  };

  /** Leaves out a session that cannot be read, so that it keeps no other from being listed. */
  const addReadable = async (id: string, last: number, stored: SessionSummary | undefined): Promise<void> => {
    if (!unreadable.has(id, last)) {
      unreadable.forget(id);
      try {
        return await addStream(id, last, stored);
      } catch (error) {
        unlessDamaged(error);
      }
    }
    // Loading it has noted that it cannot be read; from here on that is known until its log goes on.
    unreadable.noteEnd(id, last);
  };

  const fill = async (): Promise<void> => {
    const stored = await storedSummaries();
    const gone = new Set(shared && complete ? table.resting.keys() : []);
    let found = 0;
    for await (const { stream, last } of log.streams()) {
      gone.delete(stream);
      await addReadable(stream, last, stored.get(stream));
      if (!complete) onProgress(++found);
    }
    for (const id of gone) table.resting.delete(id);
    complete = true;
  };

  const ready = async (): Promise<void> => {
    if (complete) return;
    refreshing ??= fill().finally(() => {
      refreshing = undefined;
    });
    await refreshing;
  };

  return {
    // Where others write, what an earlier call is about to find may be older than this call.
    refresh: () => (shared ? fill() : ready()),
    ready,
    all() {
      const sessions: (RestingSession | LoadedSession)[] = [...table.resting.values()];
      for (const session of table.loaded.values()) if (session.summary.status === "live") sessions.push(session);
      return sessions;
    },
    get size() {
      return table.resting.size + table.loaded.size;
    },
  };
}
