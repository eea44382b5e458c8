import type { Commit } from "@trimtab/core";
import { type CommitLog, createMemoryLog, type LogError } from "@trimtab/log";

/** A log in memory whose writes can be made to wait or to fail, as those of a disk can. */
export interface HeldLog extends CommitLog<Commit> {
  /** From now on writes wait. */
  hold(): void;
  /** What waits is written, and so is what comes. */
  release(): void;
  /** From now on writes fail; without an error, they work again. */
  failWith(error: LogError | undefined): void;
  /** Resolves when a write waits. */
  whenHeld(): Promise<void>;
}

export function createHeldLog(): HeldLog {
  const log = createMemoryLog<Commit>();
  let gate = Promise.withResolvers<void>();
  let held = Promise.withResolvers<void>();
  let failure: LogError | undefined;
  gate.resolve();
  return {
    ...log,
    async append(stream, after, entries) {
      held.resolve();
      await gate.promise;
      if (failure !== undefined) throw failure;
      return log.append(stream, after, entries);
    },
    hold() {
      gate = Promise.withResolvers();
      held = Promise.withResolvers();
    },
    release: () => gate.resolve(),
    failWith(error) {
      failure = error;
    },
    whenHeld: () => held.promise,
  };
}
