import { type Commit, isStoreError, type SessionSummary, summaryOf } from "@trimtab/core";
import type { SummaryStore } from "@trimtab/log";
import type { Clock } from "./clock.ts";
import { createLeastUsed, type Used } from "./least-used.ts";
import { loadSession, type RuntimeOptions, type SessionRuntime } from "./session-runtime.ts";
import { isToBeSummarized } from "./summary-pace.ts";
import type { UnreadableSessions } from "./unreadable-sessions.ts";

/** When a session was last accessed. */
export interface Accessed {
  /** By the clock that never jumps. */
  readonly accessedAt: number;
  /** The same moment by the wall clock, for showing. */
  readonly accessedAtMs: number;
}

/** A live session that is not in memory, by what it is listed by. */
export interface RestingSession extends Accessed {
  readonly summary: SessionSummary;
}

/** A loaded session with what only this process knows of it. */
export interface LoadedSession extends RestingSession {
  readonly runtime: SessionRuntime;
  /** Readers that keep it in memory and from expiring. */
  readonly readers: number;
}

/** A class for its speed, as what runs a session is. */
class Seat implements LoadedSession, Used {
  readonly runtime: SessionRuntime;
  readers = 0;
  turn = 0;
  accessedAt: number;
  accessedAtMs: number;
  /** Calls that work on it right now. */
  users = 0;
  /** The revision that the stored summary tells of, 0 where there is none that is known of. */
  summarized: number;
  /** When it was last renewed, by the clock that never jumps. */
  summarizedAt: number | undefined;

  constructor(runtime: SessionRuntime, { accessedAt, accessedAtMs }: Accessed, summarized: number) {
    this.runtime = runtime;
    this.accessedAt = accessedAt;
    this.accessedAtMs = accessedAtMs;
    this.summarized = summarized;
  }

  get summary(): SessionSummary {
    return this.runtime.state;
  }
}

/** How sessions come into memory and leave it. */
export interface TableOptions extends RuntimeOptions {
  readonly clock: Clock;
  readonly summaries: SummaryStore<SessionSummary> | undefined;
  readonly unreadable: UnreadableSessions;
  /** Sessions in memory, above which those that nobody uses leave it, the least recently used first. */
  readonly maxLoadedSessions: number;
  /** How long a session that nobody uses stays in memory, in milliseconds. */
  readonly idleSessionMs: number;
}

/** The sessions in memory. One leaves only while no call works on it, no write is under way and nobody watches it. */
export interface SessionTable {
  readonly loaded: ReadonlyMap<string, LoadedSession>;
  /** Live sessions that have left memory or were not in it yet. */
  readonly resting: Map<string, RestingSession>;
  /** Gives a loaded session, or loads it. It may leave memory at any time: see {@link SessionTable.hold}. */
  load(id: string): LoadedSession | Promise<LoadedSession>;
  /** Gives a session that is loaded, as {@link SessionTable.hold} does. */
  holdLoaded(id: string): LoadedSession | undefined;
  /** Gives a session, loaded where it must be, and keeps it in memory until it is released as often as it was held. */
  hold(id: string): LoadedSession | Promise<LoadedSession>;
  release(session: LoadedSession): void;
  /** Keeps a session that is held in memory and from expiring, for a reader; gives what ends that. */
  keep(session: LoadedSession): () => void;
  /** Notes an access at a moment of the clock that never jumps. */
  touch(session: LoadedSession, at: number): void;
  /** Notes what was written: the stored summary follows, at once where a session begins or is changed itself. */
  written(session: LoadedSession, commit: Commit): void;
  /** Lets those go that nobody has used for long. */
  restIdle(): void;
  /** Forgets a session that is not live and that nothing refers to. */
  forgetIfDead(session: LoadedSession): void;
  /** Waits for writes under way and stores what the sessions are listed by. */
  close(): Promise<void>;
}

/** Sessions in use that are passed over at once when one is to leave, so that no call pays for many watched sessions. */
const passedOver = 16;

/** Makes an empty table. */
export function createSessionTable(options: TableOptions): SessionTable {
  const { clock, summaries, unreadable } = options;
  const seats = new Map<string, Seat>();
  const loading = new Map<string, Promise<Seat>>();
  const resting = new Map<string, RestingSession>();
  const order = createLeastUsed(seats);
  let isClosed = false;

  const seat = (id: string, runtime: SessionRuntime): Seat => {
    const { accessedAt = clock.elapsed(), accessedAtMs = clock.now(), summary } = resting.get(id) ?? {};
    if (isClosed) runtime.close();
    // What is only read leaves memory without a write.
    const made = new Seat(runtime, { accessedAt, accessedAtMs }, summary?.revision ?? 0);
    resting.delete(id);
    order.use(made);
    seats.set(id, made);
    unreadable.forget(id);
    return made;
  };

  /** What cannot be read is listed no longer, whatever was stored to list it by. */
  const leaveOut = (id: string) => (error: unknown) => {
    if (isStoreError(error, "data_loss")) {
      resting.delete(id);
      unreadable.note(id, error);
    }
    throw error;
  };

  const summarize = ({ runtime: { state } }: Seat): void => {
    summaries?.save(state.id, state.revision, summaryOf(state)).catch(() => {});
  };

  const isDead = ({ runtime, users }: Seat) => runtime.state.status !== "live" && runtime.idle() && users === 0;
  const mayRest = ({ runtime, users }: Seat) =>
    users === 0 && runtime.idle() && runtime.watchers === 0 && runtime.state.status === "live";

  const drop = (one: Seat): void => {
    const { id } = one.runtime.state;
    one.runtime.close();
    if (seats.get(id) === one) seats.delete(id);
  };

  const rest = (one: Seat): void => {
    const { runtime, accessedAt, accessedAtMs } = one;
    drop(one);
    resting.set(runtime.state.id, { summary: summaryOf(runtime.state), accessedAt, accessedAtMs });
    if (one.summarized !== runtime.state.revision) summarize(one);
  };

  const restLeastUsed = (): void => {
    for (let rounds = passedOver; rounds > 0 && seats.size > options.maxLoadedSessions; rounds--) {
      const one = order.next();
      if (one === undefined) return;
      if (mayRest(one)) rest(one);
      else order.use(one);
    }
  };

  const load = (id: string): Seat | Promise<Seat> => {
    const here = seats.get(id);
    if (here !== undefined) return here;
    const known = loading.get(id);
    if (known !== undefined) return known;
    const made = loadSession(id, options)
      .then((runtime) => seat(id, runtime), leaveOut(id))
      .finally(() => loading.delete(id));
    loading.set(id, made);
    return made;
  };

  const holdLoaded = (id: string): Seat | undefined => {
    const one = seats.get(id);
    if (one !== undefined) one.users++;
    return one;
  };

  const hold = (id: string): Seat | Promise<Seat> => holdLoaded(id) ?? loadAndHold(id);

  const loadAndHold = async (id: string): Promise<Seat> => {
    await load(id);
    // Between being loaded and being held it may have left memory again.
    return hold(id);
  };

  const release = (one: Seat): void => {
    one.users--;
    if (isDead(one)) drop(one);
    if (seats.size > options.maxLoadedSessions) restLeastUsed();
  };

  const touch = (one: Seat, at: number): void => {
    order.use(one);
    // Whoever comes again and again within a millisecond is not worth a look at two clocks each time.
    if (at - one.accessedAt < 1) return;
    one.accessedAt = at;
    one.accessedAtMs = clock.now();
  };

  return {
    loaded: seats,
    resting,
    load,
    holdLoaded,
    hold,
    release: (session) => release(session as Seat),
    keep(session) {
      const one = session as Seat;
      one.users++;
      one.readers++;
      let isKept = true;
      return () => {
        if (!isKept) return;
        isKept = false;
        one.readers--;
        touch(one, clock.elapsed());
        release(one);
      };
    },
    touch: (session, at) => touch(session as Seat, at),
    written(session, commit) {
      const one = session as Seat;
      if (!isToBeSummarized(one, commit)) return;
      one.summarized = commit.revision;
      one.summarizedAt = one.accessedAt;
      if (one.runtime.state.status === "live") summarize(one);
    },
    restIdle() {
      const since = clock.elapsed() - options.idleSessionMs;
      for (const one of seats.values()) if (one.accessedAt < since && mayRest(one)) rest(one);
    },
    forgetIfDead(session) {
      if (isDead(session as Seat)) drop(session as Seat);
    },
    async close() {
      isClosed = true;
      for (const { runtime } of seats.values()) runtime.close();
      await Promise.all(Array.from(seats.values(), ({ runtime }) => runtime.settled()));
      const live = [...seats.values()].filter(({ runtime }) => runtime.state.status === "live");
      const late = live.filter(({ runtime, summarized }) => summarized !== runtime.state.revision);
      const saves = late.map(({ runtime: { state } }) => summaries?.save(state.id, state.revision, summaryOf(state)));
      // What cannot be stored is made anew from the log.
      await Promise.allSettled(saves);
    },
  };
}
