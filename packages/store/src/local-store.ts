import type {
  AccessControl,
  AnyVariableType,
  Commit,
  CompileExpression,
  DerivationFunction,
  HistoryOptions,
  Limits,
  Principal,
  SessionCheckpoint,
  SessionSummary,
  Store,
  StoreError,
  Telemetry,
  TypeRegistry,
} from "@trimtab/core";
import type { CommitLog, SnapshotStore, SummaryStore } from "@trimtab/log";
import type { AppendObserver } from "./append-observer.ts";
import type { Clock } from "./clock.ts";
import type { Optimizer } from "./optimizer.ts";
import type { ReaderStore } from "./reader-operation.ts";
import type { TailStore } from "./tail-operation.ts";

/** What a store is made of. Everything but the types has a default. */
export interface StoreOptions {
  /** The types of variable that the store knows: `builtinTypes` of `@trimtab/types`, and one's own. */
  readonly types: Iterable<AnyVariableType> | TypeRegistry;
  /** Where commits are kept; a memory log of the store's own unless given. */
  readonly log?: CommitLog<Commit>;
  /** Where snapshots are kept, behind which the log is trimmed; in memory unless given, where a log that is given is kept whole. */
  readonly snapshots?: SnapshotStore<SessionCheckpoint>;
  /** Other processes append to the same log; `true` unless the store made its own log. */
  readonly shared?: boolean;
  /** What sessions may hold: `defaultLimits` of `@trimtab/core`, with these in their place. */
  readonly limits?: Partial<Limits>;
  /**
   * Reads the expressions of derived variables, rules and filters: `cel` of `@trimtab/expressions`. Without
   * it expressions are refused with `unimplemented`.
   */
  readonly expressions?: CompileExpression;
  /**
   * Judges what callers may do with variables of other sessions: `createAccessControl` of `@trimtab/access-control`.
   * Without it access rules are kept, and nothing can be asked of them.
   */
  readonly access?: AccessControl;
  /** Functions of this process that variables may be derived by, by name. */
  readonly functions?: Readonly<Record<string, DerivationFunction>>;
  /**
   * Optimizers of this process, by name: an optimization that is started by one of these names is worked on by it, with the rights of whoever
   * opened the store. One of any other name is somebody else's work.
   */
  readonly optimizers?: Readonly<Record<string, Optimizer>>;
  /** How much of each variable's past is kept at hand: 100 versions, values up to 4096 bytes, unless given. */
  readonly history?: Partial<HistoryOptions>;
  readonly clock?: Clock;
  /** Is told of every append to the log, for traces and metrics. */
  readonly appends?: AppendObserver;
  /** Where the store tells what happens; telemetry of its own unless given. */
  readonly telemetry?: Telemetry;
  /** Sessions that may be live at once; 100 000 unless given. */
  readonly maxSessions?: number;
  /**
   * Milliseconds without access after which sessions expire that are created without a time to live of their own, from 1 to
   * 315 576 000 000 000 (10 000 years); an hour unless given. What expires is deleted.
   */
  readonly sessionTtlMs?: number;
  /** Writes that may wait to be stored, of all sessions together, before more are refused; 10 000 unless given. */
  readonly maxWaitingWrites?: number;
  /** How often expired sessions are removed, in milliseconds; 60 000 unless given. */
  readonly sweepIntervalMs?: number;
  /** A watch that has nothing to tell says how far it is at least this often, in milliseconds; 15 000 unless given. */
  readonly bookmarkIntervalMs?: number;
  /** Where it is kept by what sessions are listed; without, each is read from the log once before any is listed. */
  readonly summaries?: SummaryStore<SessionSummary>;
  /** Sessions in memory, above which those that nobody uses leave it; 10 000 unless given. */
  readonly maxLoadedSessions?: number;
  /** How long a session that nobody uses or watches stays in memory, in milliseconds; 600 000 unless given. */
  readonly idleSessionMs?: number;
  /** Told how many sessions were found so far, while a store that was opened on a log finds out which there are. */
  readonly onProgress?: (sessions: number) => void;
  /**
   * Told of sessions that are neither listed nor counted because what is stored of them cannot be read: of each that is damaged, and of
   * the first for each key that is missing. To use one is refused with `data_loss`, to delete it is not.
   */
  readonly onDamage?: (error: StoreError) => void;
  /** Commits of each session kept in memory for watches, from the first on; 1024 unless given. */
  readonly recentCommits?: number;
  /** Bytes that the values in those commits may take together, the newest one's aside; 16 MiB unless given. */
  readonly recentBytes?: number;
  /**
   * Bytes that those commits, with what they are made of, may take of all sessions together before each session keeps to its equal part:
   * those that are written to at once, the others within half of `bookmarkIntervalMs`, and never more than twice as much, the newest
   * commit of each session aside. 256 MiB unless given. What a watch does not find there it reads from the log.
   */
  readonly recentTotalBytes?: number;
  /** Commits between two snapshots of a session; 1000 unless given. */
  readonly snapshotEvery?: number;
  /** Commits of each session that stay in the log behind its latest snapshot, at least 1; 10 000 unless given. */
  readonly historyCommits?: number;
  /** How long commits stay in the log, in milliseconds; not limited by age unless given. A session's last one stays. */
  readonly historyAgeMs?: number;
  /** Bytes of each session's newest commits that stay in the log; not limited by size unless given. */
  readonly historyBytes?: number;
}

/** A store in this process. */
export interface LocalStore extends Store, TailStore, ReaderStore {
  readonly types: TypeRegistry;
  /** Tells what happens in this store, to those who listen. */
  readonly telemetry: Telemetry;
  /**
   * The store as a principal sees it: it acts as its own sessions, and reaches variables of others, as far as their
   * access rules allow, as `<session>/<id or name>`. Everything else is refused with `access_denied`, whether it is
   * there or not. Throws `unimplemented` where the store was given nothing that judges access.
   */
  as(principal: Principal): Store;
  /** Removes expired sessions now and gives their number; otherwise a timer does. */
  sweep(): Promise<number>;
  /** How many sessions are live. Before the first answer the log is looked through. */
  countSessions(): Promise<number>;
  /** How many sessions were found not to be readable, so that they are neither listed nor counted. */
  readonly unreadableSessions: number;
  /** Waits for writes under way, ends every watch and stops all timers. The log stays as it is. */
  close(): Promise<void>;
}
