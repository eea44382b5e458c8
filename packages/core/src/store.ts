import type { Origin } from "./origin.ts";
import type { Payload, Value, ValueRecord } from "./payload.ts";
import type { StoreError } from "./store-error.ts";
import type { Variable } from "./variable.ts";

/**
 * What a caller sees of Trimtab, the same in process and over the network.
 *
 * A *session* is a consistency boundary: it has one gap-free `revision`, and every write to it is one commit that is
 * seen whole or not at all. Each variable also has its own `version`, 0 when registered and one more per write.
 * A `ref` is a variable's id or its name; an id wins where both exist.
 *
 * Every method rejects with a {@link StoreError}: `session_not_found` or `session_expired` where the session is not
 * there, `unavailable` where nothing could be reached, and the reasons named at each method. A call that rejects has
 * changed nothing. Reads and watches see only what is durable, and a resolved write is visible to every later read.
 */
export interface Store {
  /**
   * Starts a session. Without an id a random one is made.
   * Rejects with `already_exists`, unless `ifExists: "keep"`, which then gives the existing session untouched.
   */
  createSession(options?: CreateSessionOptions): Promise<Session>;
  getSession(session: string): Promise<Session>;
  /** Lists live sessions, oldest first. */
  listSessions(options?: ListSessionsOptions): Promise<Page<Session>>;
  /** Replaces the metadata or the time to live, whichever is given. */
  updateSession(session: string, changes: SessionChanges, options?: WriteOptions): Promise<Session>;
  /** Keeps a session from expiring, as every other successful call that names it does. */
  touchSession(session: string): Promise<Session>;
  /** Deletes a session with all it holds; watchers see each variable's deletion and then `ended`. */
  deleteSession(session: string, options?: DeleteOptions): Promise<void>;

  /**
   * Registers a variable. Rejects with `already_exists`, `invalid_type`, `invalid_constraints`,
   * `validation_failed`, `constraint_violation` or `limit_exceeded`.
   */
  registerVariable(session: string, spec: VariableSpec, options?: RegisterOptions): Promise<Registered>;
  /** Registers several variables in one commit: all of them or none. */
  registerVariables(session: string, specs: readonly VariableSpec[], options?: RegisterOptions): Promise<RegisteredAll>;
  /** Reads one variable; rejects with `not_found`. */
  getVariable(session: string, ref: string): Promise<Variable>;
  /** Reads several variables as they were at one revision; unknown ones are listed, not refused. */
  getVariables(session: string, refs: readonly string[]): Promise<Found>;
  /** Lists variables, oldest first. */
  listVariables(session: string, options?: ListVariablesOptions): Promise<VariablePage>;
  /**
   * Sets a value. Rejects with `not_found`, `read_only`, `validation_failed`, `constraint_violation`,
   * `version_mismatch` or `limit_exceeded`.
   */
  setVariable(session: string, ref: string, value: Value, options?: SetOptions): Promise<Written>;
  /**
   * Sets several values in one commit. Atomic unless told otherwise: then the first refusal rejects the whole with
   * every item's own error in `items`. With `atomic: false` what is valid is written and the rest is reported.
   * Two refs that mean one variable reject with `invalid_argument`.
   */
  setVariables(session: string, updates: Updates, options?: BatchOptions): Promise<BatchWritten>;
  /** Changes what surrounds a value: description, metadata, constraints. New constraints must admit the present value. */
  updateVariable(session: string, ref: string, changes: VariableChanges, options?: SetOptions): Promise<Variable>;
  /** Deletes a variable; rejects with `not_found` unless `allowMissing`, and with `has_dependents`. */
  deleteVariable(session: string, ref: string, options?: DeleteOptions): Promise<Receipt>;
  /** Deletes several variables in one commit: all of them or none. */
  deleteVariables(session: string, refs: readonly string[], options?: DeleteOptions): Promise<Receipt>;

  /** Stores a program: a named plain-data body that travels with the session. */
  putProgram(session: string, id: string, body: ValueRecord, options?: WriteOptions): Promise<Receipt>;
  getProgram(session: string, id: string): Promise<Program>;
  listPrograms(session: string, options?: PageOptions): Promise<Page<Program>>;
  deleteProgram(session: string, id: string, options?: DeleteOptions): Promise<Receipt>;

  /**
   * Watches variables. The first event is a `snapshot` unless `after` resumes an earlier watch; from there every
   * commit that touches a selected variable arrives once, in order, whole, with its own values. Where the history
   * between the token and now is gone, a `reset` carries a full view instead; where nothing has happened since, a
   * `bookmark` says so at once. A slow reader slows nobody. Without `after` it rejects with `not_found` where a ref names
   * no variable; a pattern may match nothing yet.
   */
  watch(session: string, selection?: Selection, options?: WatchOptions): AsyncIterable<WatchEvent>;
}

/** A session as callers see it. Times are milliseconds since the Unix epoch. */
export interface Session {
  readonly id: string;
  /** Changes when a session of the same id is created anew, so a token of the old one is not mistaken. */
  readonly epoch: string;
  /** Number of commits so far; the first, which creates the session, is 1. */
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
  readonly totalItems: number;
  readonly ageMs: number;
  readonly timeSinceAccessMs: number;
}

/** What every write answers with: once a watch has reached `revision`, it has seen this write. */
export interface Receipt {
  readonly session: string;
  readonly revision: number;
}

/** Receipt of one value set. */
export interface Written extends Receipt {
  readonly id: string;
  readonly name: string;
  readonly version: number;
  readonly updatedAtMs: number;
}

/** Receipt of one registration. */
export interface Registered extends Receipt {
  readonly variable: Variable;
}

/** Receipt of a batch registration: ids by name. */
export interface RegisteredAll extends Receipt {
  readonly ids: ReadonlyMap<string, string>;
}

/** Receipt of a batch of values, keyed by the ref that was sent. */
export interface BatchWritten extends Receipt {
  readonly applied: ReadonlyMap<string, Written>;
  /** Empty where the batch was atomic. */
  readonly refused: ReadonlyMap<string, StoreError>;
}

/** Variables read together, keyed by the ref that was sent. */
export interface Found {
  readonly revision: number;
  readonly found: ReadonlyMap<string, Variable>;
  /** Refs that name nothing, in the order they were sent. */
  readonly missing: readonly string[];
}

/** One page of a listing. */
export interface Page<T> {
  readonly items: readonly T[];
  /** Pass it back to go on; absent on the last page. */
  readonly nextPageToken?: string;
}

/** One page of variables, all as they were at `revision`. */
export interface VariablePage extends Page<Variable> {
  readonly revision: number;
}

/** A named plain-data body in a session. */
export interface Program {
  readonly id: string;
  readonly body: ValueRecord;
  readonly createdAtMs: number;
  readonly updatedAtMs: number;
}

export interface PageOptions {
  /** Items per page, 1 to 1000; 100 unless given. */
  readonly pageSize?: number;
  readonly pageToken?: string;
}

export interface ListSessionsOptions extends PageOptions {
  /** A glob over ids: `*` stands for any run of characters, everything else for itself. */
  readonly pattern?: string;
}

export interface ListVariablesOptions extends PageOptions {
  /** A glob over names: `*` stands for any run of characters, everything else for itself. */
  readonly pattern?: string;
  readonly type?: string;
  readonly origin?: Origin;
  /** Only variables whose metadata has all of these entries. */
  readonly metadata?: ValueRecord;
  /** `false` leaves each variable's metadata out. */
  readonly includeMetadata?: boolean;
}

/** Who writes and why; kept with the commit. */
export interface WriteOptions {
  /** Who is answerable; otherwise `metadata.optimizer_id`, `metadata.source` or the session's id. */
  readonly actor?: string;
  /** The runtime the write comes from; `typescript` unless given. */
  readonly origin?: Origin;
  /** Kept verbatim with this write and merged into the variable's metadata. */
  readonly metadata?: ValueRecord;
}

export interface SetOptions extends WriteOptions {
  /** Refuse with `version_mismatch` unless the variable has this version. */
  readonly expectedVersion?: number;
}

export interface BatchOptions extends WriteOptions {
  /** All or nothing; `true` unless given. */
  readonly atomic?: boolean;
  /** Versions that must hold, by ref; a ref that is not among the updates is a condition on its own. */
  readonly expectedVersions?: Readonly<Record<string, number>>;
}

export interface DeleteOptions extends WriteOptions {
  /** Deleting what is not there succeeds. */
  readonly allowMissing?: boolean;
  readonly expectedVersion?: number;
}

export interface RegisterOptions extends WriteOptions {
  /** What to do where the name is taken: refuse (the default), or keep the variable if its type is the same. */
  readonly ifExists?: "refuse" | "keep";
}

export interface CreateSessionOptions extends WriteOptions {
  /** 1 to 255 characters without control characters or `/`. */
  readonly id?: string;
  /** Milliseconds without access after which the session expires; 3 600 000 unless given, at least 1. */
  readonly ttlMs?: number;
  readonly ifExists?: "refuse" | "keep";
}

export interface SessionChanges {
  readonly metadata?: ValueRecord;
  readonly ttlMs?: number;
}

/** What a variable is registered with. */
export interface VariableSpec {
  /** Unique in its session; 1 to 255 characters without control characters or `/`. */
  readonly name: string;
  readonly type: string;
  readonly value: Value;
  readonly constraints?: ValueRecord;
  readonly description?: string;
  readonly metadata?: ValueRecord;
  /** The value can never be written again. */
  readonly readOnly?: boolean;
}

export interface VariableChanges {
  readonly description?: string;
  /** Replaces the metadata. */
  readonly metadata?: ValueRecord;
  /** Replaces the constraints. */
  readonly constraints?: ValueRecord;
}

/** New values by ref. A `Map` or entries keep any ref; a plain object serves most. */
export type Updates = Readonly<Record<string, Value>> | Iterable<readonly [string, Value]>;

/** What to watch: these refs and whatever matches the glob; everything where neither is given. */
export interface Selection {
  readonly refs?: readonly string[];
  readonly pattern?: string;
}

export interface WatchOptions {
  /** The token of the last event seen; the watch goes on right after it. */
  readonly after?: string;
  /** `false` starts at the present revision without a snapshot of values. */
  readonly initialValues?: boolean;
  /** When the reader falls behind, send each variable's latest change instead of every one. */
  readonly coalesce?: boolean;
  /** Send the value before the change along with it. */
  readonly oldValues?: boolean;
  /** Ends the watch. */
  readonly signal?: AbortSignal;
}

/** What a watch yields. `token` resumes right after the event; no token of any event runs ahead of what was sent. */
export type WatchEvent =
  /** The selected variables as they are at `revision`. */
  | {
      readonly kind: "snapshot";
      readonly revision: number;
      readonly token: string;
      readonly variables: readonly Variable[];
    }
  /** As `snapshot`, where what came before cannot be told any more: drop what you hold. */
  | {
      readonly kind: "reset";
      readonly cause: "history_lost" | "session_recreated";
      readonly revision: number;
      readonly token: string;
      readonly variables: readonly Variable[];
    }
  /** One commit, or several merged into one where `coalesced`. */
  | ChangesEvent
  /** Nothing selected has changed up to `revision`. */
  | { readonly kind: "bookmark"; readonly revision: number; readonly token: string }
  /** The session is gone and the watch is over. */
  | {
      readonly kind: "ended";
      readonly cause: "session_deleted" | "session_expired";
      readonly revision: number;
      readonly token: string;
    };

export interface ChangesEvent {
  readonly kind: "changes";
  readonly revision: number;
  readonly token: string;
  readonly atMs: number;
  readonly actor: string;
  readonly origin: Origin;
  readonly coalesced: boolean;
  readonly changes: readonly VariableChange[];
}

/** What one commit did to one variable. */
export interface VariableChange {
  readonly kind: "registered" | "updated" | "changed" | "deleted";
  readonly id: string;
  readonly name: string;
  readonly version: number;
  /** The new value, or for `deleted` the last one. */
  readonly value: Value;
  readonly payload: Payload;
  /** Only where the watch asked for old values and there was one. */
  readonly oldValue?: Value;
  /** What the writer said of this write. */
  readonly metadata: ValueRecord;
  /** The whole variable, where more than its value is new: `registered` and `changed`. */
  readonly variable?: Variable;
}
