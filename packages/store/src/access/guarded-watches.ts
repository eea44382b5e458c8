import {
  parseVariableRef,
  readPattern,
  type Store,
  StoreError,
  untilLeft,
  type WatchEvent,
  type WatchOptions,
} from "@trimtab/core";
import type { Sessions } from "../sessions.ts";
import type { WatchOperation } from "../watch-operation.ts";
import { ownerOf } from "./call-owner.ts";
import { asSent } from "./foreign-calls.ts";
import { toldTo } from "./guarded-sessions.ts";
import { watchGuarded } from "./guarded-watch.ts";
import type { SessionAccess } from "./session-access.ts";

/** What watches are made of. */
export interface GuardedWatchParts {
  readonly sessions: Sessions;
  readonly watching: WatchOperation;
}

/** Watches of a principal's own sessions, which cost it nothing, and of variables of others. */
export const createGuardedWatches = (parts: GuardedWatchParts, access: SessionAccess): Pick<Store, "watch"> => ({
  watch(session, selection = {}, options = {}) {
    const { refs = [] } = selection;
    try {
      access.act(session);
      const owner = ownerOf(session, refs);
      const strip = (ref: string) => parseVariableRef(session, ref).ref;
      // Here a pattern adds nothing, and one that could not is refused as everywhere.
      readPattern(selection.pattern);
      if (owner !== session) return watchOther(parts, access, { session, owner, refs, strip, options });
      const own = refs.length === 0 ? selection : { ...selection, refs: refs.map(strip) };
      return parts.watching.watch(session, own, options);
    } catch (error) {
      return { [Symbol.asyncIterator]: () => ({ next: () => Promise.reject(error) }) };
    }
  },
});

interface OtherWatch {
  readonly session: string;
  readonly owner: string;
  /** As they were sent. */
  readonly refs: readonly string[];
  readonly strip: (ref: string) => string;
  readonly options: WatchOptions;
}

const watchOther = (
  { sessions, watching }: GuardedWatchParts,
  access: SessionAccess,
  { session, owner, refs: sent, strip, options }: OtherWatch,
): AsyncIterable<WatchEvent> =>
  untilLeft(options.signal, async function* (signal): AsyncGenerator<WatchEvent, undefined> {
    const refs = sent.map(strip);
    // Its rules are for the session alone that they are about.
    const wanted = { ...options, sessionPermissions: false, signal };
    // Who watches uses the session that it watches as, too.
    const kept = await sessions.keep(session);
    const viewer = access.onlooker(kept.state, ["observe"]);
    try {
      yield* watchGuarded({ sessions, watching, viewer }, { owner, refs, options: wanted });
    } catch (error) {
      // Where that session has ended there is nobody any more to whom anything may be told.
      kept.state();
      const told = await toldTo(error, { sessions, viewer, owner, refs });
      throw told instanceof StoreError ? asSent(told, sent, strip) : told;
    } finally {
      kept.release();
    }
    return undefined;
  });
