import { parseVariableRef, type Store, untilLeft, type WatchEvent, type WatchOptions } from "@trimtab/core";
import type { Sessions } from "../sessions.ts";
import type { WatchOperation } from "../watch-operation.ts";
import { ownerOf } from "./call-owner.ts";
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
      const stripped = refs.map((ref) => parseVariableRef(session, ref).ref);
      if (owner !== session) return watchOther(parts, access, { session, owner, refs: stripped, options });
      return parts.watching.watch(session, refs.length === 0 ? selection : { ...selection, refs: stripped }, options);
    } catch (error) {
      return { [Symbol.asyncIterator]: () => ({ next: () => Promise.reject(error) }) };
    }
  },
});

interface OtherWatch {
  readonly session: string;
  readonly owner: string;
  readonly refs: readonly string[];
  readonly options: WatchOptions;
}

const watchOther = (
  { sessions, watching }: GuardedWatchParts,
  access: SessionAccess,
  { session, owner, refs, options }: OtherWatch,
): AsyncIterable<WatchEvent> =>
  untilLeft(options.signal, async function* (signal): AsyncGenerator<WatchEvent, undefined> {
    const viewer = await access.viewer(session, ["observe"]);
    // Its rules are for the session alone that they are about.
    const told = { ...options, sessionPermissions: false, signal };
    // Who watches uses the session that it watches as, too.
    const kept = await sessions.keep(session);
    try {
      yield* watchGuarded({ sessions, watching, viewer }, { owner, refs, options: told });
    } catch (error) {
      throw await toldTo(error, { sessions, viewer, owner, refs });
    } finally {
      kept.release();
    }
    return undefined;
  });
