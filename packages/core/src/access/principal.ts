import type { ValueRecord } from "../payload.ts";

/** Who calls, as the process that lets calls in has established. */
export interface Principal {
  /** Names it to people: in audits and explanations. Never a secret. */
  readonly id: string;
  /** Globs over the ids of the sessions that it may act as: `*` stands for any run of characters. */
  readonly sessions: readonly string[];
  /** What conditions of access rules are compared with; nothing unless given. */
  readonly attributes?: ValueRecord;
  /**
   * The metadata of the session that it acts as counts among its attributes. A session sets that itself, so that it is
   * believed only of callers that nobody asks who they are.
   */
  readonly believesSession?: boolean;
  /** What access rules may ask for as `caller.roles`. */
  readonly roles?: readonly string[];
}

/** A session that calls, and what access rules may ask of it. */
export interface Caller {
  /** The session that the call is made as. */
  readonly session: string;
  /** Id of the principal behind it; empty where nobody has asked. */
  readonly principal: string;
  readonly attributes: ValueRecord;
  readonly roles: readonly string[];
}
