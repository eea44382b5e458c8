/** Wakes those who wait for a stream's next entry. */
export interface Followers {
  /** Subscribes to a stream until `end` is called. */
  join(stream: string, signal: AbortSignal): Follower;
  /** Tells that a stream has grown. */
  wake(stream: string): void;
  /** Wakes everyone. */
  wakeAll(): void;
}

/** One who follows a stream. */
export interface Follower {
  /** Resolves when the stream has grown since the last call, or the signal aborted. */
  next(): Promise<void>;
  leave(): void;
}

/** Makes an empty register of followers. */
export function createFollowers(): Followers {
  const byStream = new Map<string, Set<() => void>>();

  return {
    join(stream, signal) {
      let grown = false;
      let resume = () => {};
      const wake = () => {
        grown = true;
        resume();
      };
      const others = byStream.get(stream) ?? new Set();
      byStream.set(stream, others.add(wake));
      signal.addEventListener("abort", wake, { once: true });
      return {
        async next() {
          if (!grown && !signal.aborted) await new Promise<void>((resolve) => (resume = resolve));
          grown = false;
        },
        leave() {
          signal.removeEventListener("abort", wake);
          others.delete(wake);
          if (others.size === 0 && byStream.get(stream) === others) byStream.delete(stream);
        },
      };
    },
    wake(stream) {
      for (const wake of byStream.get(stream) ?? []) wake();
    },
    wakeAll() {
      for (const waiting of byStream.values()) for (const wake of waiting) wake();
    },
  };
}
