/** How often a pulse beats at most, in milliseconds. */
export const beatMs = 1000;

/**
 * What limits of time are counted by: it beats once a second, and less often where the process does not come to it. Between two beats
 * there is always time to read what has come, so that nobody is taken for slow because the process itself stood still.
 */
export interface Pulse {
  /** Calls the listener at every beat, until the function that it gives is called. */
  follow(onBeat: () => void): () => void;
}

/** Makes a pulse of one timer, which runs while somebody follows it and does not keep the process from ending. */
export function createPulse(): Pulse {
  const listeners = new Set<() => void>();
  let timer: NodeJS.Timeout | undefined;
  const beat = (): void => {
    for (const listener of listeners) listener();
  };
  return {
    follow(onBeat) {
      listeners.add(onBeat);
      timer ??= setInterval(beat, beatMs).unref();
      return () => {
        listeners.delete(onBeat);
        if (listeners.size > 0) return;
        clearInterval(timer);
        timer = undefined;
      };
    },
  };
}
