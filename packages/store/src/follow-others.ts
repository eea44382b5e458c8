import { unref } from "@trimtab/core";
import type { SessionFold } from "./session-fold.ts";

/** What others append to a session's log, being followed. */
export interface Following {
  /** Catches up with what was left alone while something was under way. */
  readonly resume: () => void;
  stop(): void;
}

/** How long a log that fails is left alone before it is asked again, in milliseconds. */
const retryMs = 1000;

/** Folds in what others append to a session's log, while nothing of this process is under way. */
export function followOthers(fold: SessionFold, idle: () => boolean): Following {
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
  const resume = (): void => {
    if (behind && !stopped.signal.aborted) void catchUp().catch(catchUpLater);
  };
  const catchUpLater = async (): Promise<void> => {
    behind = true;
    await pause();
    resume();
  };
  void follow(fold, catchUp, stopped.signal);
  return { resume, stop: () => stopped.abort() };
}

async function follow(fold: SessionFold, catchUp: () => Promise<void>, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    try {
      // Where the log was trimmed past what is known, catching up loads anew and following starts from there.
      for await (const read of fold.log.follow(fold.state.id, fold.state.revision, signal)) {
        if (read.kind === "trimmed" || read.first + read.entries.length - 1 > fold.state.revision) await catchUp();
      }
    } catch {
      await pause();
    }
  }
}

const pause = () => new Promise<void>((resolve) => unref(setTimeout(resolve, retryMs)));
