/// <reference lib="esnext.disposable" preserve="true" />
import { findVariable, type SessionState, storeError, type Telemetry, type Variable } from "@trimtab/core";
import type { KeptSession, Sessions } from "./sessions.ts";
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
      return new Reader(session, await sessions.keep(session), telemetry);
    },
  };
}

/** A class for its speed, as what runs a session is. */
class Reader implements SessionReader {
  readonly session: string;
  readonly #kept: KeptSession;
  readonly #telemetry: Telemetry;
  #isClosed = false;

  constructor(session: string, kept: KeptSession, telemetry: Telemetry) {
    this.session = session;
    this.#kept = kept;
    this.#telemetry = telemetry;
  }

  get revision(): number {
    return this.#state().revision;
  }

  get(ref: string): Variable | undefined {
    const variable = findVariable(this.#state(), ref);
    if (this.#telemetry.isHeard && variable !== undefined) tellRead(this.#telemetry, this.session, [variable]);
    return variable;
  }

  close(): void {
    this.#isClosed = true;
    this.#kept.release();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  #state(): SessionState {
    if (this.#isClosed) throw storeError("unavailable", "the reader is closed", {});
    return this.#kept.state();
  }
}
