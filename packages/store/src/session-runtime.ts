import type { Commit, SessionHistory, SessionState } from "@trimtab/core";
import type { CommitLog, MemoryLog, MemoryStream } from "@trimtab/log";
import type { RecentCommits } from "./recent-commits.ts";
import { type FoldOptions, loadFold, type SessionFold } from "./session-fold.ts";
import type { WatchHub } from "./watch-hub.ts";
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
  /** Stops following the log. */
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

/** A class for its speed: of an object that has getters of its own V8 makes a dictionary, which every call would pay. */
class Runtime implements SessionRuntime {
  readonly #fold: SessionFold;
  readonly #options: RuntimeOptions;
  /** Where writes are appended that need not be waited for. */
  readonly #stream: MemoryStream<Commit> | undefined;
  /** What others append, followed where they may. */
  readonly #following: Following | undefined;
  /** The way of writes that have to be waited for. */
  #pipeline: WritePipeline | undefined;

  constructor(fold: SessionFold, options: RuntimeOptions) {
    this.#fold = fold;
    this.#options = options;
    this.#stream = options.prompt?.stream(fold.state.id);
    // Nobody else appends to a log that is not shared: nothing follows it, and nothing is to be stopped.
    this.#following = options.shared ? followOthers(fold, () => this.idle()) : undefined;
  }

  get state(): SessionState {
    return this.#fold.state;
  }

  get history(): SessionHistory {
    return this.#fold.history;
  }

  get recent(): RecentCommits {
    return this.#fold.recent;
  }

  get hub(): WatchHub {
    return this.#fold.hub;
  }

  get watchers(): number {
    return this.#fold.watchers;
  }

  get log(): CommitLog<Commit> {
    return this.#fold.log;
  }

  idle(): boolean {
    return this.#pipeline === undefined || this.#pipeline.idle();
  }

  retain(nowMs: number): Promise<void> {
    return this.#fold.retain(nowMs);
  }

  submit(write: Write): WriteResult | Promise<WriteResult> {
    const fold = this.#fold;
    const stream = this.#stream;
    if (stream === undefined || fold.isBusy || !this.idle()) return this.#submitLater(write);
    fold.isBusy = true;
    try {
      return writeNow(fold, write, stream) ?? this.#submitLater(write);
    } finally {
      fold.isBusy = false;
    }
  }

  async settled(): Promise<void> {
    await this.#pipeline?.settled();
  }

  close(): void {
    this.#following?.stop();
  }

  #submitLater(write: Write): Promise<WriteResult> {
    this.#pipeline ??= createWritePipeline(this.#fold, this.#options, this.#following?.resume);
    return this.#pipeline.submit(write);
  }
}

/** What others append to a session's log, being followed. */
interface Following {
  /** Catches up with what was left alone while something was under way. */
  readonly resume: () => void;
  stop(): void;
}

function followOthers(fold: SessionFold, idle: () => boolean): Following {
  const stopped = new AbortController();
  let behind = false;
  const catchUp = async (): Promise<void> => {
    // The answer to an append under way tells whether others were first; until then their commits are left alone.
    behind = !idle();
    if (behind) return;
    const read = await fold.log.read(fold.state.id, fold.state.revision, 1000);
    if (!idle()) behind = true;
    else if (read.kind === "trimmed" || read.entries.length > 0) {
      await fold.applyRead(read);
      await catchUp();
    }
  };
  void follow(fold, catchUp, stopped.signal).catch(() => {});
  return {
    resume() {
      if (behind) void catchUp().catch(() => {});
    },
    stop: () => stopped.abort(),
  };
}

async function follow(fold: SessionFold, catchUp: () => Promise<void>, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    // Where the log was trimmed past what is known, catching up loads anew and following starts from there.
    for await (const read of fold.log.follow(fold.state.id, fold.state.revision, signal)) {
      if (read.kind === "trimmed" || read.first + read.entries.length - 1 > fold.state.revision) await catchUp();
    }
  }
}
