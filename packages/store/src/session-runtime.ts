import {
  type Commit,
  deletionWithSession,
  evolveDecided,
  type MadeVariable,
  type SessionHistory,
  type SessionState,
} from "@trimtab/core";
import type { CommitLog, LogRead, MemoryLog, MemoryStream } from "@trimtab/log";
import type { AppendObserver } from "./append-observer.ts";
import { endsSession } from "./ends-session.ts";
import { type Following, followOthers } from "./follow-others.ts";
import { createRecentCommits, type RecentCommits } from "./recent-commits.ts";
import { type FoldOptions, type Loaded, loadFold, type SessionFold } from "./session-fold.ts";
import { askedFrom, createSnapshotKeeper, type SnapshotKeeper } from "./snapshot-keeper.ts";
import { createWatchHub, setChangesOf, type WatchHub } from "./watch-hub.ts";
import { writeNow } from "./write-now.ts";
import {
  createWritePipeline,
  type PipelineOptions,
  type Write,
  type WritePipeline,
  type WriteResult,
} from "./write-pipeline.ts";

/** One session in memory: its durable state, those who watch it, and the only way to write to it in this process. */
export interface SessionRuntime
  extends Omit<SessionFold, "appends" | "apply" | "applyRead" | "readOn" | "isBusy">,
    Omit<WritePipeline, "submit"> {
  /**
   * Decides a write, makes it durable and folds it in: at once where nothing has to be waited for. Throws or rejects with a
   * StoreError.
   */
  submit(write: Write): WriteResult | Promise<WriteResult>;
  /** Tells those who watch and have been idle how far it is, and gives back memory that others are in want of. */
  tick(): void;
  /** Stops following the log, and gives back what it had of what all sessions share. */
  close(): void;
}

/** What the runtimes of a store's sessions work with. */
export interface RuntimeOptions extends FoldOptions, PipelineOptions {
  /** The log, where it is one that need not be waited for. */
  readonly prompt?: Pick<MemoryLog<Commit>, "stream"> | undefined;
}

/** Loads a session and, where the log is shared, keeps up with what others append. */
export async function loadSession(id: string, options: RuntimeOptions): Promise<SessionRuntime> {
  return new Runtime(await loadFold(id, options), options);
}

const nothingMade: readonly undefined[] = [];

/**
 * A session in one object, of a class: a write to one of many pays for each object that it has to look into. What most
 * sessions do without is made at the first need.
 */
class Runtime implements SessionRuntime, SessionFold {
  state: SessionState;
  history: SessionHistory;
  isBusy = false;
  readonly #options: RuntimeOptions;
  /** Where writes are appended that need not be waited for. */
  readonly #stream: MemoryStream<Commit> | undefined;
  /** What others append, followed where they may. */
  readonly #following: Following | undefined;
  /** The way of writes that have to be waited for. */
  #pipeline: WritePipeline | undefined;
  #recent: RecentCommits | undefined;
  #hub: WatchHub | undefined;
  #keeper: SnapshotKeeper | undefined;
  readonly #snapshotAt: number;
  /** The revision from which on the keeper is to be asked. */
  #askKeeperFrom: number;

  constructor({ state, history, snapshotAt }: Loaded, options: RuntimeOptions) {
    this.state = state;
    this.history = history;
    this.#options = options;
    this.#stream = options.prompt?.stream(state.id);
    this.#snapshotAt = snapshotAt;
    this.#askKeeperFrom = askedFrom(snapshotAt, options);
    // Nobody else appends to a log that is not shared: nothing follows it, and nothing is to be stopped.
    this.#following = options.shared ? followOthers(this, () => this.idle()) : undefined;
  }

  get recent(): RecentCommits {
    this.#recent ??= createRecentCommits(this.state.revision, this.#options.recent);
    return this.#recent;
  }

  get hub(): WatchHub {
    if (this.#hub === undefined) {
      this.#hub = createWatchHub();
      // Whoever watches follows the newest commits from now on.
      this.#recent = this.recent;
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

  idle(): boolean {
    return this.#pipeline === undefined || this.#pipeline.idle();
  }

  submit(write: Write): WriteResult | Promise<WriteResult> {
    const stream = this.#stream;
    if (stream === undefined || this.isBusy || !this.idle()) return this.#submitLater(write);
    this.isBusy = true;
    try {
      return writeNow(this, write, stream) ?? this.#submitLater(write);
    } finally {
      this.isBusy = false;
    }
  }

  async settled(): Promise<void> {
    await this.#pipeline?.settled();
  }

  async retain(nowMs: number): Promise<void> {
    if (this.#options.historyAgeMs !== undefined) await this.#kept().retain(this.state, this.history, nowMs);
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
    if (commit.revision >= this.#askKeeperFrom)
      this.#askKeeperFrom = this.#kept().committed(this.state, this.history, commit);
  }

  async applyRead(read: LogRead<Commit>): Promise<void> {
    if (read.kind === "entries") {
      for (const commit of read.entries) if (commit.revision === this.state.revision + 1) this.apply(commit);
      return;
    }
    const { state, history } = await loadFold(this.state.id, this.#options);
    // Meanwhile a write may have gone on from a later state.
    if (state.revision <= this.state.revision) return;
    this.state = state;
    this.history = history;
    this.#recent?.leave();
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

  tick(): void {
    this.#recent?.shrink();
    if (this.watchers > 0) this.hub.tick(this.state.revision);
  }

  close(): void {
    this.#recent?.leave();
    this.#following?.stop();
  }

  #kept(): SnapshotKeeper {
    this.#keeper ??= createSnapshotKeeper(this.#snapshotAt, this.#options);
    return this.#keeper;
  }

  #submitLater(write: Write): Promise<WriteResult> {
    this.#pipeline ??= createWritePipeline(this, this.#options, this.#following?.resume);
    return this.#pipeline.submit(write);
  }
}
