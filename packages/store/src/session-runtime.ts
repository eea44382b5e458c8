import type { Commit, SessionHistory, SessionState } from "@trimtab/core";
import type { CommitLog } from "@trimtab/log";
import type { RecentCommits } from "./recent-commits.ts";
import type { Refusals } from "./request-answers.ts";
import { type FoldOptions, loadFold, type SessionFold } from "./session-fold.ts";
import type { WatchHub } from "./watch-hub.ts";
import type { AppendNow } from "./write-now.ts";
import { createWritePipeline, type Write, type WritePipeline, type WriteResult } from "./write-pipeline.ts";

/** One session in memory: its durable state, those who watch it, and the only way to write to it in this process. */
export interface SessionRuntime extends Omit<SessionFold, "appends" | "apply" | "applyRead" | "readOn">, WritePipeline {
  /** Stops following the log. */
  close(): void;
}

/** What a session's runtime works with. */
export interface RuntimeOptions extends FoldOptions {
  /** Other processes append to the same log. */
  readonly shared: boolean;
  /** Appends to the log without waiting, where it is one that need not be waited for. */
  readonly appendNow?: AppendNow | undefined;
  /** Why parts of batches were refused, for when such a batch is asked for again. */
  readonly refusals: Refusals;
}

/** Loads a session and, where the log is shared, keeps up with what others append. */
export async function loadSession(id: string, options: RuntimeOptions): Promise<SessionRuntime> {
  const fold = await loadFold(id, options);
  // Nobody else appends to a log that is not shared: nothing follows it, and nothing is to be stopped.
  const stopped = options.shared ? new AbortController() : undefined;
  let behind = false;

  const catchUp = async (): Promise<void> => {
    // The answer to an append under way tells whether others were first; until then their commits are left alone.
    behind = !pipeline.idle();
    if (behind) return;
    const read = await fold.log.read(id, fold.state.revision, 1000);
    if (!pipeline.idle()) behind = true;
    else if (read.kind === "trimmed" || read.entries.length > 0) {
      await fold.applyRead(read);
      await catchUp();
    }
  };
  const { refusals, shared, appendNow } = options;
  const onIdle = () => {
    if (behind) void catchUp().catch(() => {});
  };
  const pipeline = createWritePipeline(fold, { refusals, shared, appendNow, onIdle });
  if (stopped !== undefined) void follow(fold, catchUp, stopped.signal).catch(() => {});

  return new Runtime(fold, pipeline, stopped);
}

/** A class for its speed: of an object that has getters of its own V8 makes a dictionary, which every call would pay. */
class Runtime implements SessionRuntime {
  readonly hub: WatchHub;
  readonly log: CommitLog<Commit>;
  readonly #fold: SessionFold;
  readonly #pipeline: WritePipeline;
  readonly #stopped: AbortController | undefined;

  constructor(fold: SessionFold, pipeline: WritePipeline, stopped: AbortController | undefined) {
    this.hub = fold.hub;
    this.log = fold.log;
    this.#fold = fold;
    this.#pipeline = pipeline;
    this.#stopped = stopped;
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

  idle(): boolean {
    return this.#pipeline.idle();
  }

  retain(nowMs: number): Promise<void> {
    return this.#fold.retain(nowMs);
  }

  submit(write: Write): WriteResult | Promise<WriteResult> {
    return this.#pipeline.submit(write);
  }

  settled(): Promise<void> {
    return this.#pipeline.settled();
  }

  close(): void {
    this.#stopped?.abort();
  }
}

async function follow(fold: SessionFold, catchUp: () => Promise<void>, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    // Where the log was trimmed past what is known, catching up loads anew and following starts from there.
    for await (const read of fold.log.follow(fold.state.id, fold.state.revision, signal)) {
      if (read.kind === "trimmed" || read.first + read.entries.length - 1 > fold.state.revision) await catchUp();
    }
  }
}
