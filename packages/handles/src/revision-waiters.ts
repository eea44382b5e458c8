import { type StoreError, storeError } from "@trimtab/core";

/** Whoever waits for a watch to come as far as some revision. */
export interface RevisionWaiters {
  /** Resolves when that revision is reached; rejects with `cancelled` when the signal is aborted. */
  wait(revision: number, signal?: AbortSignal): Promise<void>;
  reached(revision: number): void;
  /** Rejects everyone who waits. */
  fail(error: StoreError): void;
}

interface Waiter {
  readonly revision: number;
  readonly resolve: () => void;
  readonly reject: (error: StoreError) => void;
}

/** Makes a waiting room with nobody in it. */
export function createRevisionWaiters(): RevisionWaiters {
  const waiters = new Set<Waiter>();

  const wait = (revision: number, signal?: AbortSignal) =>
    new Promise<void>((resolve, reject) => {
      const abandon = () =>
        settle(() => reject(storeError("cancelled", `stopped waiting for revision ${revision}`, {})));
      const settle = (conclude: () => void) => {
        waiters.delete(waiter);
        signal?.removeEventListener("abort", abandon);
        conclude();
      };
      const waiter: Waiter = {
        revision,
        resolve: () => settle(resolve),
        reject: (error) => settle(() => reject(error)),
      };
      waiters.add(waiter);
      if (signal?.aborted) abandon();
      else signal?.addEventListener("abort", abandon);
    });

  return {
    wait,
    reached(revision) {
      for (const waiter of [...waiters]) if (waiter.revision <= revision) waiter.resolve();
    },
    fail(error) {
      for (const waiter of [...waiters]) waiter.reject(error);
    },
  };
}
