import {
  type Command,
  type Commit,
  type CompileExpression,
  checkName,
  type DecideContext,
  type DerivationFunction,
  type HistoryOptions,
  isExpired,
  type Limits,
  parseRecord,
  type Session,
  type SessionCheckpoint,
  type SessionState,
  StoreError,
  sessionNotFound,
  storeError,
  type TypeRegistry,
  type WriteOptions,
} from "@trimtab/core";
import type { CommitLog, SnapshotStore } from "@trimtab/log";
import type { Clock } from "./clock.ts";
import { loadSession, type SessionRuntime } from "./session-runtime.ts";
import { viewOf } from "./session-view.ts";
import type { WriteResult } from "./write-pipeline.ts";

/** What the sessions of one store share. */
export interface SessionsOptions {
  readonly log: CommitLog<Commit>;
  readonly snapshots: SnapshotStore<SessionCheckpoint>;
  readonly shared: boolean;
  readonly clock: Clock;
  readonly types: TypeRegistry;
  readonly limits: Limits;
  readonly compile?: CompileExpression;
  readonly functions: ReadonlyMap<string, DerivationFunction>;
  readonly history: HistoryOptions;
  readonly maxSessions: number;
  readonly recentCommits: number;
  readonly snapshotEvery: number;
  readonly historyCommits: number;
}

/** A loaded session with what only this process knows of it. */
export interface LoadedSession {
  readonly runtime: SessionRuntime;
  /** When it was last accessed, by the clock that never jumps. */
  accessedAt: number;
  /** The same moment by the wall clock, for showing. */
  accessedAtMs: number;
}

/** Who writes, and how. */
export interface HowToWrite extends WriteOptions {
  /** All or nothing; `true` unless given. */
  readonly atomic?: boolean;
  /** Decide and answer, but change nothing. */
  readonly validateOnly?: boolean;
}

/** The sessions of one store: found, loaded on first use, kept alive by access, swept when expired. */
export interface Sessions {
  readonly limits: Limits;
  /** What this process decides by, beside the state and the time. */
  readonly means: Pick<DecideContext, "types" | "limits" | "compile" | "functions">;
  readonly snapshots: SnapshotStore<SessionCheckpoint>;
  /** Finds a live session; rejects with `session_not_found` or `session_expired`. */
  live(id: string): Promise<LoadedSession>;
  /** Finds a live session, lets `use` work on it, and counts that as an access. */
  access<T>(id: string, use: (session: LoadedSession) => T | Promise<T>): Promise<T>;
  /** Writes to a session and counts that as an access; creates it where the command is to. */
  write(id: string, commands: readonly Command[], options: HowToWrite): Promise<WriteResult>;
  /** Every live session, oldest first. */
  all(): Promise<LoadedSession[]>;
  view(session: LoadedSession): Session;
  sweep(): Promise<number>;
  tick(): void;
  close(): Promise<void>;
}

/** Makes the session table of a store. */
export function createSessions(options: SessionsOptions): Sessions {
  const { clock, limits, types, functions, compile } = options;
  const means = { types, limits, functions, ...(compile !== undefined && { compile }) };
  const loaded = new Map<string, Promise<LoadedSession>>();
  const present = new Map<string, LoadedSession>();
  /** Sessions that ended since the last sweep, with the revision of their end. */
  let ended = new Map<string, number>();
  let closed = false;

  const load = (id: string): LoadedSession | Promise<LoadedSession> => {
    const here = present.get(id);
    if (here !== undefined) return here;
    const known = loaded.get(id);
    if (known !== undefined) return known;
    const loading = loadSession(id, options).then(
      (runtime) => {
        const session = { runtime, accessedAt: clock.elapsed(), accessedAtMs: clock.now() };
        present.set(id, session);
        return session;
      },
      (error: unknown) => {
        loaded.delete(id);
        throw error;
      },
    );
    loaded.set(id, loading);
    return loading;
  };

  /** Ids without a session behind them must not fill the table. */
  const forgetIfDead = (id: string, { runtime }: LoadedSession): void => {
    if (runtime.state.status === "live" || !runtime.idle || present.get(id)?.runtime !== runtime) return;
    runtime.close();
    present.delete(id);
    loaded.delete(id);
  };

  const expired = ({ runtime, accessedAt }: LoadedSession): boolean =>
    runtime.hub.size === 0 && isExpired(runtime.state, clock.elapsed() - accessedAt);

  const live = async (id: string): Promise<LoadedSession> => {
    if (closed) throw storeError("unavailable", "the store is closed", {});
    const wrong = checkName(id, "session", limits.nameLength);
    if (wrong !== undefined) throw new StoreError(wrong);
    return requireLive(id, await load(id));
  };

  /** A loaded session without waiting, which reads and writes mostly find; `undefined` where it must be loaded. */
  const here = (id: string): LoadedSession | undefined => {
    const session = closed ? undefined : present.get(id);
    return session === undefined ? undefined : requireLive(id, session);
  };

  const requireLive = (id: string, session: LoadedSession): LoadedSession => {
    const { state } = session.runtime;
    if (state.status !== "live") {
      forgetIfDead(id, session);
      throw new StoreError(sessionNotFound(id));
    }
    if (expired(session))
      throw storeError("session_expired", `Session '${id}' not found: it has expired`, { session: id });
    return session;
  };

  const touch = (session: LoadedSession): void => {
    session.accessedAt = clock.elapsed();
    session.accessedAtMs = clock.now();
  };

  const writeTo = async (session: LoadedSession, commands: readonly Command[], by: HowToWrite) => {
    const metadata = parseRecord(by.metadata, "metadata", limits.metadataBytes);
    if (metadata.kind === "refused") throw new StoreError(metadata.refusal);
    const { actor, origin, requestId, atomic = true, validateOnly = false } = by;
    const wrong = requestId === undefined ? undefined : checkName(requestId, "requestId", limits.nameLength);
    if (wrong !== undefined) throw new StoreError(wrong);
    const context = (): DecideContext => ({
      ...means,
      atMs: clock.now(),
      metadata: metadata.value,
      ...(actor !== undefined && { actor }),
      ...(origin !== undefined && { origin }),
      ...(requestId !== undefined && { requestId }),
    });
    const result = await session.runtime.submit({ commands, atomic, validateOnly, context });
    touch(session);
    if (result.commit?.events.some((event) => event.kind === "session-deleted")) {
      ended.set(session.runtime.state.id, result.revision);
    }
    return result;
  };

  /** Frees what the log holds of sessions that ended before the last sweep; until then their watchers may read it. */
  const forgetEnded = async (): Promise<void> => {
    const batch = ended;
    ended = new Map();
    for (const [id, revision] of batch) {
      if (present.get(id)?.runtime.state.status !== "live") await options.snapshots.drop(id);
      await options.log.trim(id, revision);
    }
  };

  const create = async (id: string, commands: readonly Command[], by: WriteOptions): Promise<WriteResult> => {
    if (closed) throw storeError("unavailable", "the store is closed", {});
    const wrong = checkName(id, "session", limits.nameLength);
    if (wrong !== undefined) throw new StoreError(wrong);
    const session = await load(id);
    // An expired session that nobody has swept yet makes room for its successor.
    if (session.runtime.state.status === "live" && expired(session)) await expire(session);
    if (session.runtime.state.status !== "live" && present.size > options.maxSessions) {
      forgetIfDead(id, session);
      const details = { field: "sessions", limit: options.maxSessions, value: present.size };
      throw storeError(
        "limit_exceeded",
        `the store may hold ${details.limit} sessions, this would be one more`,
        details,
      );
    }
    try {
      return await writeTo(session, commands, by);
    } finally {
      forgetIfDead(id, session);
    }
  };

  const expire = (session: LoadedSession) =>
    writeTo(session, [{ kind: "delete-session", cause: "session_expired" }], { actor: "trimtab" });

  return {
    limits,
    means,
    snapshots: options.snapshots,
    live,
    async access(id, use) {
      const session = here(id) ?? (await live(id));
      const used = use(session);
      const result = used instanceof Promise ? await used : used;
      touch(session);
      return result;
    },
    async write(id, commands, by) {
      if (commands[0]?.kind === "create-session") return create(id, commands, by);
      const session = here(id) ?? (await live(id));
      const result = await writeTo(session, commands, by);
      forgetIfDead(id, session);
      return result;
    },
    async all() {
      for await (const id of options.log.streams()) await load(id);
      const sessions = [...present.values()];
      for (const session of sessions) forgetIfDead(session.runtime.state.id, session);
      return sessions
        .filter((session) => session.runtime.state.status === "live" && !expired(session))
        .sort((a, b) => byAge(a.runtime.state, b.runtime.state));
    },
    view: (session) => viewOf(session, clock),
    async sweep() {
      await forgetEnded();
      let count = 0;
      for (const [id, session] of [...present]) {
        if (session.runtime.state.status === "live" && expired(session)) {
          await expire(session);
          count++;
        }
        forgetIfDead(id, session);
      }
      return count;
    },
    tick() {
      for (const { runtime } of present.values()) runtime.hub.tick(runtime.state.revision);
    },
    async close() {
      closed = true;
      for (const session of present.values()) session.runtime.close();
      await Promise.all([...present.values()].map(({ runtime }) => runtime.settled()));
    },
  };
}

const byAge = (a: SessionState, b: SessionState) => a.createdAtMs - b.createdAtMs || (a.id < b.id ? -1 : 1);
