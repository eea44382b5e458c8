import {
  type Commit,
  type CompileExpression,
  changesAccess,
  type PromptIterator,
  type Selection,
  type SessionState,
  type StoreError,
  type WatchEvent,
  type WatchOptions,
} from "@trimtab/core";
import { pullCommits, type WatchSource } from "./pull-commits.ts";
import { createWaitingIterator } from "./waiting-iterator.ts";
import { type ChangeView, coalesce, eventOf } from "./watch-events.ts";
import { createChangeFilter } from "./watch-filter.ts";
import { createSelector, type Watcher } from "./watch-hub.ts";
import { fullView, isStillThere, openingEvent, placeOf, timeOf } from "./watch-start.ts";
import type { WatchPosition } from "./watch-token.ts";

/** How a watch is wanted, and what its filter is read with. */
export interface SessionWatchOptions extends WatchOptions {
  readonly compile?: CompileExpression | undefined;
  /** Give a bookmark too where access rules have changed. */
  readonly followsAccess?: boolean;
  /** Asked when the signal aborts: the error that the watch is to end with, where it is not to end quietly. */
  readonly closedBy?: () => StoreError | undefined;
  /** Called once the watch is over, however it ended. */
  readonly onLeft?: () => void;
}

/**
 * Watches a loaded session. Nothing is buffered for the watch: it has a position, takes what lies after it from the
 * shared window of recent commits, and from the log where it has fallen further behind. So a slow reader costs its
 * own time and nobody's memory.
 */
export function watchSession(
  source: WatchSource,
  selection: Selection,
  options: SessionWatchOptions,
): PromptIterator<WatchEvent> {
  const selects = createSelector(selection);
  const filter = createChangeFilter(options, options.compile);
  const { oldValues = false, sessionPermissions = false, followsAccess = false } = options;
  const view: ChangeView = { selects, oldValues, filter, sessionPermissions };
  let { epoch } = source.state;
  let isBookmarkDue = false;
  let isEnded = false;
  let opening: WatchEvent | undefined;
  let unchecked: WatchPosition | undefined;
  let pulled: readonly Commit[] = [];
  let delivered = 0;
  let endCause: EndCause | undefined;
  const watcher: Watcher = {
    position: 0,
    waiting: false,
    idleTicks: 0,
    selects,
    followsAccess: followsAccess || sessionPermissions,
    wake(cause) {
      isBookmarkDue = cause === "bookmark";
      events.wake();
    },
  };

  const here = () => placeOf({ epoch, revision: watcher.position, atMs: timeOf(source, epoch, watcher.position) });
  const bookmark = (): WatchEvent => ({ kind: "bookmark", ...here() });

  const deliver = (): WatchEvent | undefined => {
    if (options.coalesce && delivered < pulled.length) {
      const changes = pulled.map((commit) => eventOf(commit, epoch, view)).filter((event) => event !== undefined);
      watcher.position = pulled.at(-1)?.revision ?? watcher.position;
      delivered = pulled.length;
      const merged = coalesce(changes, source.state);
      return merged ?? (followsAccess && pulled.some(changesAccess) ? bookmark() : undefined);
    }
    for (let commit = pulled[delivered]; commit !== undefined; commit = pulled[delivered]) {
      delivered++;
      watcher.position = commit.revision;
      const event = eventOf(commit, epoch, view);
      if (event !== undefined) return event;
      if (followsAccess && changesAccess(commit)) return bookmark();
    }
    return undefined;
  };

  const take = (found: readonly Commit[] | "trimmed"): void => {
    const read = found !== "trimmed" && isEarlier(found, source.state, epoch) ? "trimmed" : found;
    delivered = 0;
    pulled = read === "trimmed" ? [] : read;
    endCause = pulled.at(-1)?.events.find((event) => event.kind === "session-deleted")?.cause;
    if (read !== "trimmed") return;
    watcher.position = source.state.revision;
    opening = fullView(source.state, view, source.state.epoch === epoch ? "history_lost" : "session_recreated");
    // From here on it is the session that there is now.
    ({ epoch } = source.state);
  };

  const check = (isThere: boolean): void => {
    unchecked = undefined;
    if (!isThere) take("trimmed");
  };

  const ended = (cause: EndCause): WatchEvent => {
    isEnded = true;
    return { kind: "ended", cause, ...here() };
  };

  /** What lies ready; `undefined` where everything is delivered. */
  const ready = (): WatchEvent | undefined => {
    const event = opening ?? deliver();
    opening = undefined;
    return event ?? (endCause === undefined ? undefined : ended(endCause));
  };

  const next = (): WatchEvent | "over" | undefined | Promise<unknown> => {
    for (;;) {
      if (isEnded) return "over";
      if (unchecked !== undefined) return isStillThere(source, unchecked).then(check);
      const event = ready();
      if (event !== undefined) return event;
      const read = pullCommits(source, watcher.position, options.coalesce === true);
      if (read instanceof Promise) return read.then(take);
      take(read);
      if (pulled.length === 0 && watcher.position >= source.state.revision) break;
    }
    const { status } = source.state;
    if (status !== "live") return ended(status === "expired" ? "session_expired" : "session_deleted");
    if (isBookmarkDue) {
      isBookmarkDue = false;
      return bookmark();
    }
    watcher.waiting = true;
    watcher.idleTicks = 0;
    return undefined;
  };

  const start = openingEvent(source, selection, options, view);
  opening = start.event;
  unchecked = start.unchecked;
  watcher.position = start.position;
  const remove = source.hub.add(watcher, selection);
  const onAbort = () => events.end(options.closedBy?.());
  const events = createWaitingIterator({
    next,
    release() {
      remove();
      options.signal?.removeEventListener("abort", onAbort);
      options.onLeft?.();
    },
  });
  options.signal?.addEventListener("abort", onAbort, { once: true });
  if (options.signal?.aborted) onAbort();
  return events.iterator;
}

/** Says whether commits are of an earlier session of the same id, which a token can only claim to come from this one. */
const isEarlier = ([first]: readonly Commit[], { epoch, createdAtMs }: SessionState, watched: string): boolean =>
  first !== undefined && first.atMs < createdAtMs && epoch === watched;

type EndCause = Extract<WatchEvent, { kind: "ended" }>["cause"];
