import type { ValueRecord } from "../payload.ts";
import type { Page, PageOptions } from "./page.ts";
import type { DeleteOptions, WriteOptions } from "./write.ts";

/** The part of a store that deals with sessions. */
export interface SessionStore {
  /**
   * Starts a session. Without an id a random one is made. Rejects with `already_exists`, unless `ifExists: "keep"`, which then
   * gives the existing session untouched, with `invalid_argument`, and with `limit_exceeded` where the store is full.
   */
  createSession(options?: CreateSessionOptions): Promise<Session>;
  getSession(session: string): Promise<Session>;
  /** Lists live sessions, oldest first. */
  listSessions(options?: ListSessionsOptions): Promise<Page<Session>>;
  /** Replaces the metadata, the time to live, or both. Rejects with `invalid_argument` and `limit_exceeded`. */
  updateSession(session: string, changes: SessionChanges, options?: WriteOptions): Promise<Session>;
  /** Keeps a session from expiring, as every other successful call that names it does. */
  touchSession(session: string): Promise<Session>;
  /** Deletes a session with all it holds; watchers see each variable's deletion and then `ended`. */
  deleteSession(session: string, options?: DeleteOptions): Promise<void>;
}

/** A session as callers see it. Times are milliseconds since the Unix epoch. */
export interface Session {
  readonly id: string;
  /** Changes when a session of the same id is created anew, so a token of the old one is not mistaken. */
  readonly epoch: string;
  /**
   * Number of commits so far; the first, which creates the session, is 1, or goes on where an earlier session of the same id
   * ended that is still remembered.
   */
  readonly revision: number;
  readonly metadata: ValueRecord;
  readonly createdAtMs: number;
  readonly lastAccessedAtMs: number;
  /** The session expires when it has not been accessed for this long. */
  readonly ttlMs: number;
  readonly stats: SessionStats;
}

/** Counts and ages of one session. */
export interface SessionStats {
  readonly variableCount: number;
  readonly programCount: number;
  /** Registrations and writes of variables since the session began. */
  readonly totalVariableUpdates: number;
  /** Variables and programs. */
  readonly totalItems: number;
  /** Since it was created. */
  readonly ageMs: number;
  readonly timeSinceAccessMs: number;
}

/** Which sessions to list. */
export interface ListSessionsOptions extends PageOptions {
  /** A glob over ids: `*` stands for any run of characters, everything else for itself. */
  readonly pattern?: string;
}

/** How a session is created. */
export interface CreateSessionOptions extends WriteOptions {
  /** 1 to 255 characters without control characters or `/`. */
  readonly id?: string;
  /**
   * Whole milliseconds without access after which the session expires, from 1 to 315 576 000 000 000; as the store says unless
   * given, which is an hour unless it was told otherwise. What expires is deleted.
   */
  readonly ttlMs?: number;
  /** What to do where the id is taken: refuse (the default), or give the session that is there. */
  readonly ifExists?: "refuse" | "keep";
}

/** What of a session to change; what is left out stays. */
export interface SessionChanges {
  /** Replaces the metadata. */
  readonly metadata?: ValueRecord;
  /** As when it was created. */
  readonly ttlMs?: number;
}
