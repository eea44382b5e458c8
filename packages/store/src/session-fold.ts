import {
  absentSession,
  type Commit,
  createSessionHistory,
  deletionWithSession,
  evolve,
  evolveDecided,
  fromSnapshot,
  type HistoryOptions,
  type MadeVariable,
  type SessionHistory,
  type SessionState,
  storeError,
} from "@trimtab/core";
import type { CommitLog, LogRead } from "@trimtab/log";
import type { AppendObserver } from "./append-observer.ts";
import { endsSession } from "./ends-session.ts";
import { createRecentCommits, type RecentCommits, type RecentOptions } from "./recent-commits.ts";
import { stateBeforeBeginning } from "./session-beginning.ts";
import { createSnapshotKeeper, type KeeperOptions, type SnapshotKeeper } from "./snapshot-keeper.ts";
import { createWatchHub, setChangesOf, type WatchHub } from "./watch-hub.ts";

/** What a session is folded from and how much of it is kept. */
export interface FoldOptions extends KeeperOptions {
  readonly history: HistoryOptions;
  /** Commits kept in memory for watches. */
  readonly recent: RecentOptions;
  readonly appends?: AppendObserver | undefined;
}

/** A session's durable state, always the fold of its log so far, and those who watch it. */
export interface SessionFold {
  readonly state: SessionState;
  /** The newest versions of its variables. */
  readonly history: SessionHistory;
  /** The newest commits since they were first asked for. */
  readonly recent: RecentCommits;
  readonly hub: WatchHub;
  /** How many watch it. */
  readonly watchers: number;
  readonly log: CommitLog<Commit>;
  readonly appends: AppendObserver | undefined;
  /** A commit is being decided or folded in: whoever hears of it may write again, but must wait until all have heard. */
  isBusy: boolean;
  /** Forgets what of the past has grown too old by now, where its age is limited. */
  retain(nowMs: number): Promise<void>;
  /** Folds in the next durable commit and tells the watchers; `made` is what `evolve` may take from deciding it. */
  apply(commit: Commit, made?: readonly MadeVariable[]): void;
  /** Folds in what a read found, passing over what is there already; loads anew where the log was trimmed past that. */
  applyRead(read: LogRead<Commit>): Promise<void>;
  /** Reads the log to its end and folds it in. */
  readOn(): Promise<void>;
}

const nothingMade: readonly undefined[] = [];

/** Loads a session from its snapshot and its log. */
export async function loadFold(id: string, options: FoldOptions): Promise<SessionFold> {
  return new Fold(await load(id, options), options);
}

interface Loaded {
  readonly state: SessionState;
  readonly history: SessionHistory;
  /** The revision of the snapshot that it was loaded from; 0 for none. */
  readonly snapshotAt: number;
}

async function load(id: string, options: FoldOptions): Promise<Loaded> {
  const { log, snapshots } = options;
  const snapshot = await snapshots.load(id);
  let state = snapshot === undefined ? absentSession(id) : fromSnapshot(snapshot.data.session);
  let history = createSessionHistory(options.history, snapshot?.data.history);
  const snapshotAt = snapshot?.number ?? 0;
  for (;;) {
    const read = await log.read(id, state.revision, 1000);
    if (read.kind === "trimmed") {
      const beginning = await stateBeforeBeginning(log, id, read.through);
      if (beginning !== undefined) {
        state = beginning;
        history = createSessionHistory(options.history);
        continue;
      }
      // Only a session that is gone is trimmed whole: a live one keeps its last commits beside its snapshot.
      const rest = await log.read(id, read.through, 1);
      if (snapshot !== undefined || rest.kind === "trimmed" || rest.entries.length > 0) {
        // A later snapshot was taken while this one was read, and the log trimmed up to it.
        if (((await snapshots.load(id))?.number ?? 0) > snapshotAt) return load(id, options);
        throw logTrimmed(state, read.through);
      }
      return { state: { ...state, revision: read.through }, history, snapshotAt };
    }
    if (read.entries.length === 0) return { state, history, snapshotAt };
    for (const commit of read.entries) {
      state = evolve(state, commit);
      history.apply(commit);
    }
  }
}

const logTrimmed = ({ id, revision }: SessionState, through: number) =>
  storeError(
    "data_loss",
    `the log of session ${id} is trimmed through revision ${through}, but only ${revision} is known`,
    { session: id },
  );

/** A class, since every session has one; what most do without is made when it is first asked for. */
class Fold implements SessionFold {
  state: SessionState;
  history: SessionHistory;
  isBusy = false;
  readonly #options: FoldOptions;
  readonly #keeper: SnapshotKeeper;
  #recent: RecentCommits | undefined;
  #hub: WatchHub | undefined;

  constructor({ state, history, snapshotAt }: Loaded, options: FoldOptions) {
    this.state = state;
    this.history = history;
    this.#options = options;
    this.#keeper = createSnapshotKeeper(snapshotAt, options);
  }

  get recent(): RecentCommits {
    this.#recent ??= createRecentCommits(this.state.revision, this.#options.recent);
    return this.#recent;
  }

  get hub(): WatchHub {
    if (this.#hub === undefined) {
      this.#hub = createWatchHub();
      // Whoever watches follows the newest commits from now on.
      this.#recent ??= this.recent;
    }
    return this.#hub;
  }

  get watchers(): number {
    return this.#hub?.size ?? 0;
  }

  get log(): CommitLog<Commit> {
    return this.#options.log;
  }

  get appends(): AppendObserver | undefined {
    return this.#options.appends;
  }

  retain(nowMs: number): Promise<void> {
    return this.#keeper.retain(this.state, this.history, nowMs);
  }

  apply(commit: Commit, made: readonly MadeVariable[] = nothingMade): void {
    const ending = endsSession(commit);
    if (ending) {
      const gone = Array.from(this.state.variables.values(), (variable) => deletionWithSession(variable, commit));
      setChangesOf(commit, gone);
    }
    this.state = evolveDecided(this.state, commit, made);
    this.history.apply(commit);
    this.#recent?.push(commit);
    this.#hub?.publish(commit);
    if (ending) this.#hub?.end(commit.revision);
    this.#keeper.committed(this.state, this.history, commit);
  }

  async applyRead(read: LogRead<Commit>): Promise<void> {
    if (read.kind === "entries") {
      for (const commit of read.entries) if (commit.revision === this.state.revision + 1) this.apply(commit);
      return;
    }
    const { state, history } = await load(this.state.id, this.#options);
    this.state = state;
    this.history = history;
    this.#recent = undefined;
    this.#hub?.startOver();
  }

  async readOn(): Promise<void> {
    for (;;) {
      const before = this.state.revision;
      await this.applyRead(await this.log.read(this.state.id, before, 1000));
      if (this.state.revision === before) return;
    }
  }
}
