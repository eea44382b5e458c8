import type { RecentEntries } from "./recent-entries.ts";

/** What a watch waits for: something new, the end, or the time to say how far it is. */
export interface Pulse {
  /** Resolves once there is an entry after this one, a bookmark is due, or the watch is over. */
  next(number: number): Promise<void>;
  /** Says once that a bookmark is due. */
  isDue(): boolean;
  /** Something was told, so that no bookmark is due for a while. */
  reset(): void;
  stop(): void;
}

/** Makes the pulse of one watch. */
export function createPulse(
  { recent, bookmarkIntervalMs }: { readonly recent: RecentEntries; readonly bookmarkIntervalMs: number },
  signal: AbortSignal,
): Pulse {
  let due = false;
  let resume: (() => void) | undefined;
  const wake = (): void => {
    resume?.();
    resume = undefined;
  };
  const timer = setInterval(() => {
    due = true;
    wake();
  }, bookmarkIntervalMs).unref();
  const unsubscribe = recent.subscribe(wake);
  signal.addEventListener("abort", wake, { once: true });
  return {
    async next(number) {
      if (due || signal.aborted || recent.last > number) return;
      await new Promise<void>((resolve) => {
        resume = resolve;
      });
    },
    isDue() {
      const is = due;
      due = false;
      return is;
    },
    reset() {
      due = false;
      timer.refresh();
    },
    stop() {
      clearInterval(timer);
      unsubscribe();
      signal.removeEventListener("abort", wake);
    },
  };
}
