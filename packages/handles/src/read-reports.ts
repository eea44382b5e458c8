import { type AnalyticsStore, type ClientReads, isStoreError } from "@trimtab/core";
import type { Timers } from "./timers.ts";

/** What takes reports of reads: `analytics.of(store)` in process, `createAnalyticsClient(transport)` for a server. */
export type ReadsListener = Pick<AnalyticsStore, "reportClientReads">;

/** Counts reads that a session's cache has answered or could not answer, and reports them now and then. */
export interface ReadReports {
  /** Gives what counts the reads of one variable. */
  of(name: string): ReadCounter;
  /** Every variable was read at once, from the cache. */
  allRead(): void;
  /** Counts no more; reports what is left, once, where there is somebody to take it. */
  close(isReachable: boolean): Promise<void>;
}

/** Counts the reads of one variable. */
export interface ReadCounter {
  hit(): void;
  miss(): void;
}

/** What reports are made with. */
export interface ReadReportsParts {
  readonly session: string;
  readonly listener: ReadsListener;
  readonly timers: Timers;
  readonly intervalMs: number;
}

interface Counts {
  hits: number;
  misses: number;
  /** Times that all variables had been read at once when this one was last reported. */
  allReads: number;
}

/** Counts that were sent and not acknowledged yet: sent again under the same id, they count once. */
interface Report {
  readonly requestId: string;
  readonly reads: readonly ClientReads[];
}

/** Variables in one report. */
const maxReads = 1000;

/**
 * Makes reports in which each read costs the addition of a number: counts are kept by variable, and sent together an
 * interval after the first of them. A report that did not get through is sent again, and no other before it; where the
 * other side takes none, none is made any more. Nothing that goes wrong here is told to those who read.
 */
export function createReadReports({ session, listener, timers, intervalMs }: ReadReportsParts): ReadReports {
  const counts = new Map<string, Counts>();
  let allReads = 0;
  let cancel: (() => void) | undefined;
  let unsent: readonly Report[] = [];
  let sending: Promise<void> | undefined;
  let isOver = false;

  const schedule = (): void => {
    if (isOver || cancel !== undefined) return;
    cancel = timers.schedule(intervalMs, report, { background: true });
  };

  const report = (): void => {
    cancel = undefined;
    sending ??= send().finally(() => {
      sending = undefined;
      if (unsent.length > 0) schedule();
    });
  };

  /** Takes what was counted, unless what was taken before is still to be sent: so it stays bounded. */
  const take = (): void => {
    if (unsent.length > 0) return;
    const lastReadAtMs = Date.now();
    const reads: ClientReads[] = [];
    for (const [ref, each] of counts) {
      const cacheHits = each.hits + allReads - each.allReads;
      const cacheMisses = each.misses;
      if (cacheHits + cacheMisses > 0) reads.push({ ref, cacheHits, cacheMisses, lastReadAtMs });
      each.hits = 0;
      each.misses = 0;
      each.allReads = allReads;
    }
    unsent = Array.from({ length: Math.ceil(reads.length / maxReads) }, (_, part) => ({
      requestId: createRequestId(),
      reads: reads.slice(part * maxReads, (part + 1) * maxReads),
    }));
  };

  const send = async (): Promise<void> => {
    take();
    for (let next = unsent[0]; next !== undefined; next = unsent[0]) {
      try {
        await listener.reportClientReads(session, next.reads, { requestId: next.requestId });
      } catch (error) {
        if (mayGetThrough(error)) return;
        if (takesNone(error)) {
          isOver = true;
          unsent = [];
        }
      }
      unsent = unsent.slice(1);
    }
  };

  return {
    of(name) {
      const own: Counts = { hits: 0, misses: 0, allReads };
      counts.set(name, own);
      return {
        hit() {
          own.hits++;
          if (cancel === undefined) schedule();
        },
        miss() {
          own.misses++;
          if (cancel === undefined) schedule();
        },
      };
    },
    allRead() {
      allReads++;
      if (cancel === undefined) schedule();
    },
    async close(isReachable) {
      cancel?.();
      if (isOver) return;
      isOver = true;
      if (!isReachable) return;
      await sending;
      await send();
    },
  };
}

/** An id that no other report has; browsers make UUIDs for pages of secure origins only. */
const createRequestId = (): string =>
  Array.from(crypto.getRandomValues(new Uint32Array(4)), (part) => part.toString(16).padStart(8, "0")).join("");

/** The same report may get through another time. */
const mayGetThrough = (error: unknown): boolean =>
  isStoreError(error) && ["unavailable", "deadline_exceeded", "resource_exhausted", "aborted"].includes(error.code);

/** The other side takes no reports of this caller. */
const takesNone = (error: unknown): boolean =>
  isStoreError(error) && ["unimplemented", "permission_denied", "unauthenticated"].includes(error.code);
