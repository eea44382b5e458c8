import {
  type AccessControl,
  type Command,
  type CompileExpression,
  checkName,
  type DerivationFunction,
  type Limits,
  type Session,
  type SessionCheckpoint,
  type SessionState,
  type SessionSummary,
  StoreError,
  sessionNotFound,
  storeClosed,
  storeError,
  type Telemetry,
  type TypeRegistry,
} from "@trimtab/core";
import type { SnapshotStore } from "@trimtab/log";
import { createAgeLimit } from "./age-limit.ts";
import { createSessionBeginning } from "./begin-session.ts";
import { eachOf } from "./each-of.ts";
import { createUnreadableEnding } from "./end-unreadable.ts";
import { createEndedSessions } from "./ended-sessions.ts";
import { createRefusals } from "./request-answers.ts";
import { createSessionAges, createSessionExpiry } from "./session-expiry.ts";
import { createSessionIndex, type IndexOptions } from "./session-index.ts";
import { createSessionTable, type LoadedSession, type RestingSession, type TableOptions } from "./session-table.ts";
import { viewOf } from "./session-view.ts";
import { createSessionWriter } from "./session-writer.ts";
import { unlessDamaged } from "./unless-damaged.ts";
import { createUnreadableSessions } from "./unreadable-sessions.ts";
import { createWaitingWrites } from "./waiting-writes.ts";
import { createWriteMaker, type HowToWrite, type Means } from "./write-maker.ts";
import type { WriteResult } from "./write-pipeline.ts";

/** What the sessions of one store share. */
export interface SessionsOptions
  extends Omit<TableOptions, "refusals" | "unreadable">,
    Pick<IndexOptions, "onProgress" | "onDamage"> {
  readonly types: TypeRegistry;
  readonly limits: Limits;
  readonly compile?: CompileExpression;
  readonly functions: ReadonlyMap<string, DerivationFunction>;
  /** What judges access; without it nobody can be asked who they are. */
  readonly control?: AccessControl;
  readonly maxSessions: number;
  /** Writes that may wait to be stored, of all sessions together. */
  readonly maxWaitingWrites: number;
  readonly telemetry: Telemetry;
}

/** A session that is kept in memory. */
export interface KeptSession {
  /** Its state at this moment; throws `session_not_found` once it has ended and `unavailable` once the store is closed. */
  state(): SessionState;
  /** Keeps it no longer. */
  release(): void;
}

/** The sessions of one store: found, loaded on first use, kept alive by access, swept when expired. */
export interface Sessions {
  readonly limits: Limits;
  /** What this process decides by, beside the state and the time. */
  readonly means: Means;
  readonly snapshots: SnapshotStore<SessionCheckpoint>;
  readonly telemetry: Telemetry;
  readonly control: AccessControl | undefined;
  /** The time by the wall clock, in milliseconds since the Unix epoch. */
  now(): number;
  /** Finds a live session; rejects with `session_not_found` or `session_expired`. */
  live(id: string): Promise<LoadedSession>;
  /** Finds a live session, lets `use` work on it, and counts that as an access. */
  access<T>(id: string, use: (session: LoadedSession) => T | Promise<T>): Promise<T>;
  /** Counts as an access to a session what has gone on in it until now. */
  touch(session: LoadedSession): void;
  /** Finds a live session and keeps it in memory and from expiring, as a watch does, until the function is called. */
  keep(id: string): Promise<KeptSession>;
  /** Writes to a session, at once where nothing has to be waited for, and counts that as an access; creates it where the command is to. */
  write(id: string, commands: readonly Command[], options: HowToWrite): WriteResult | Promise<WriteResult>;
  /** Every live session, oldest first. */
  all(): Promise<RestingSession[]>;
  view(session: RestingSession): Session;
  /** How many sessions are live. */
  count(): Promise<number>;
  /** How many were found not to be readable. */
  unreadable(): number;
  sweep(): Promise<number>;
  tick(): void;
  close(): Promise<void>;
}

/** Makes the session table of a store. */
export function createSessions(options: SessionsOptions): Sessions {
  const { clock, limits, types, functions, compile, telemetry } = options;
  const means = { types, limits, functions, ...(compile !== undefined && { compile }) };
  const unreadable = createUnreadableSessions(options.onDamage);
  const table = createSessionTable({ ...options, unreadable, refusals: createRefusals() });
  const ended = createEndedSessions(table, options);
  const index = createSessionIndex(table, { ...options, unreadable }, ended.add);
  const waiting = createWaitingWrites(options.maxWaitingWrites);
  const toWrite = createWriteMaker(means, clock);
  const { outlived, expired } = createSessionAges(clock);
  let closed = false;

  const checkOpen = (id: string): void => {
    if (closed) throw storeClosed();
    const wrong = checkName(id, "session", limits.nameLength);
    if (wrong !== undefined) throw new StoreError(wrong);
  };

  const live = async (id: string): Promise<LoadedSession> => {
    checkOpen(id);
    return requireLive(id, await table.load(id));
  };

  /** Keeps a session in memory, live or not; without waiting where it is there already, as it mostly is. */
  const hold = (id: string): LoadedSession | Promise<LoadedSession> => {
    // What is in memory has a name that was found good.
    const here = closed ? undefined : table.holdLoaded(id);
    if (here !== undefined) return here;
    checkOpen(id);
    return table.hold(id);
  };

  const requireLive = (id: string, session: LoadedSession, at = clock.elapsed()): LoadedSession => {
    const { state } = session.runtime;
    if (state.status !== "live") {
      table.forgetIfDead(session);
      throw new StoreError(sessionNotFound(id));
    }
    if (expired(session, at))
      throw storeError("session_expired", `Session '${id}' not found: it has expired`, { session: id });
    return session;
  };

  const writer = createSessionWriter({ clock, table, ended, waiting, toWrite, requireLive });
  const { expire, expireById, abandonLeases } = createSessionExpiry({ ...options, writer, table, hold, expired });
  const begin = createSessionBeginning({ ...options, index, table, writer, checkOpen, hold, expire, expired });

  const refuse = (error: unknown): never => {
    waiting.leave();
    throw error;
  };

  const write: Sessions["write"] = (id, commands, by) => {
    waiting.enter();
    if (commands[0]?.kind === "create-session") return begin(id, commands, by).finally(waiting.leave);
    let session: LoadedSession | Promise<LoadedSession>;
    try {
      session = hold(id);
    } catch (error) {
      return refuse(error);
    }
    if (session instanceof Promise) {
      const unread = (error: unknown) => endUnreadable(error, id, commands, by).finally(waiting.leave);
      return session.then((one) => writer.writeAndLeave(one, commands, by), unread);
    }
    return writer.writeAndLeave(session, commands, by);
  };

  const endUnreadable = createUnreadableEnding({ log: options.log, ended, toWrite, table, hold, write });
  const letAge = createAgeLimit({ ...options, table });

  return {
    limits,
    means,
    snapshots: options.snapshots,
    telemetry,
    control: options.control,
    now: () => clock.now(),
    live,
    async access(id, use) {
      const held = hold(id);
      const session = held instanceof Promise ? await held : held;
      try {
        const at = clock.elapsed();
        const used = use(requireLive(id, session, at));
        const isWaitedFor = used instanceof Promise;
        const result = isWaitedFor ? await used : used;
        table.touch(session, isWaitedFor ? clock.elapsed() : at);
        return result;
      } finally {
        table.release(session);
      }
    },
    touch: (session) => table.touch(session, clock.elapsed()),
    async keep(id) {
      const session = await hold(id);
      try {
        const { epoch } = requireLive(id, session).runtime.state;
        const state = (): SessionState => {
          const now = session.runtime.state;
          if (closed) throw storeClosed();
          if (now.status === "live" && now.epoch === epoch) return now;
          throw new StoreError(sessionNotFound(id));
        };
        return { state, release: table.keep(session) };
      } finally {
        table.release(session);
      }
    },
    write,
    async all() {
      await index.refresh();
      return index
        .all()
        .filter((session) => !("runtime" in session ? expired(session) : outlived(session)))
        .sort((a, b) => byAge(a.summary, b.summary));
    },
    view: (session) => viewOf(session, clock),
    async sweep() {
      await index.refresh();
      let count = 0;
      const expire = async ({ summary }: RestingSession) => {
        if (await expireById(summary.id).catch(unlessDamaged)) count++;
      };
      const due = () => index.all().filter((session) => outlived(session));
      const expireAll = () => eachOf(due(), expire);
      const abandonAll = () => eachOf([...table.loaded.values()], abandonLeases);
      await eachOf([ended.free, expireAll, abandonAll], (step) => step());
      return count;
    },
    tick() {
      for (const { runtime } of table.loaded.values()) runtime.tick();
      table.restIdle();
      letAge();
    },
    async count() {
      await index.refresh();
      return index.size;
    },
    unreadable: () => unreadable.size,
    async close() {
      closed = true;
      await table.close();
    },
  };
}

const byAge = (a: SessionSummary, b: SessionSummary) => a.createdAtMs - b.createdAtMs || (a.id < b.id ? -1 : 1);
