import {
  absentSession,
  type Commit,
  createSessionHistory,
  evolve,
  fromSnapshot,
  type HistoryOptions,
  type MadeVariable,
  type SessionHistory,
  type SessionState,
  storeError,
} from "@trimtab/core";
import type { CommitLog, LogRead } from "@trimtab/log";
import type { AppendObserver } from "./append-observer.ts";
import type { RecentCommits, RecentOptions } from "./recent-commits.ts";
import { absentAt, beginsSession, freeUnreadable, stateWithoutSnapshot } from "./session-beginning.ts";
import type { KeeperOptions } from "./snapshot-keeper.ts";
import { unlessDamaged } from "./unless-damaged.ts";
import type { WatchHub } from "./watch-hub.ts";

/** What a session is folded from and how much of it is kept. */
export interface FoldOptions extends KeeperOptions {
  readonly history: HistoryOptions;
  /** Commits kept in memory for watches. */
  readonly recent: RecentOptions;
  readonly appends?: AppendObserver | undefined;
  /** Is given each session that is loaded, before anything is decided on it. */
  readonly onLoaded?: ((state: SessionState) => void) | undefined;
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

/** What a session is loaded as. */
export interface Loaded {
  readonly state: SessionState;
  readonly history: SessionHistory;
  /** The revision of the snapshot that it was loaded from; 0 for none. */
  readonly snapshotAt: number;
}

/** Loads a session from its snapshot and its log. One that has ended is absent, whether or not the rest of it can be read. */
export async function loadFold(id: string, options: FoldOptions): Promise<Loaded> {
  try {
    const loaded = await loadReadable(id, options);
    options.onLoaded?.(loaded.state);
    return loaded;
  } catch (error) {
    unlessDamaged(error);
    const end = await freeUnreadable(options, id).catch(unlessDamaged);
    if (end === undefined) throw error;
    return { state: absentAt(id, end), history: createSessionHistory(options.history), snapshotAt: 0 };
  }
}

async function loadReadable(id: string, options: FoldOptions): Promise<Loaded> {
  const { log, snapshots } = options;
  const snapshot = await snapshots.load(id);
  let state = snapshot === undefined ? absentSession(id) : fromSnapshot(snapshot.data.session);
  let history = createSessionHistory(options.history, snapshot?.data.history);
  const snapshotAt = snapshot?.number ?? 0;
  for (;;) {
    const read = await log.read(id, state.revision, 1000);
    if (read.kind === "trimmed") {
      const known = await stateWithoutSnapshot(log, id, read.through);
      if (known !== undefined) {
        state = known;
        history = createSessionHistory(options.history);
        continue;
      }
      // Only a session that is gone is trimmed whole: a live one keeps its last commits beside its snapshot.
      const rest = await log.read(id, read.through, 1);
      if (rest.kind === "trimmed" || rest.entries.some(beginsSession)) return loadFold(id, options);
      if (snapshot === undefined && rest.entries.length === 0) {
        return { state: absentAt(id, read.through), history: createSessionHistory(options.history), snapshotAt };
      }
      // While this one was read a later snapshot was taken, and the log trimmed up to it; or the session ended, and its own are gone.
      if (((await snapshots.load(id))?.number ?? 0) !== snapshotAt) return loadFold(id, options);
      throw logTrimmed(state, read.through);
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
