import { findVariable, storeError, type Variable } from "@trimtab/core";
import type { Sessions } from "./sessions.ts";
import { tellRead } from "./tell-read.ts";

/**
 * Reads the variables of one session without waiting: what is durable at the moment of the call, as `getVariable` gives
 * it. While it is open the session stays in memory and does not expire, as while somebody watches it.
 */
export interface SessionReader extends Disposable {
  readonly session: string;
  /** Revision that reads show at present. */
  readonly revision: number;
  /**
   * The variable of an id or name; `undefined` where there is none. Throws `session_not_found` once the session has ended,
   * and `unavailable` once the reader or the store is closed.
   */
  get(ref: string): Variable | undefined;
  /** Lets the session go; a second call does nothing. */
  close(): void;
}

/** Opens readers. */
export interface ReaderStore {
  /** Opens a reader of a live session; rejects as every read does. */
  openReader(session: string): Promise<SessionReader>;
}

/** The part of a store that reads without waiting. */
export function createReaderOperation(sessions: Sessions): ReaderStore {
  const { telemetry } = sessions;
  return {
    async openReader(session) {
      const kept = await sessions.keep(session);
      let read = kept.state;
      const close = (): void => {
        read = refuseClosed;
        kept.release();
      };
      return {
        session,
        get revision() {
          return read().revision;
        },
        get(ref) {
          const variable = findVariable(read(), ref);
          if (telemetry.isHeard && variable !== undefined) tellRead(telemetry, session, [variable]);
          return variable;
        },
        close,
        [Symbol.dispose]: close,
      };
    },
  };
}

function refuseClosed(): never {
  throw storeError("unavailable", "the reader is closed", {});
}
