/** Runs things later, and draws random numbers: all that the handles take from the machine. Tests bring their own. */
export interface Timers {
  /**
   * Runs something once, after so many milliseconds, unless the returned function is called before.
   * One in the `background` does not keep a process alive.
   */
  schedule(delayMs: number, run: () => void, options?: { readonly background?: boolean }): () => void;
  /** A number drawn evenly from [0, 1). */
  random(): number;
}

/** The machine's own timers. */
export const systemTimers: Timers = {
  schedule(delayMs, run, { background = false } = {}) {
    const timer: { unref?(): unknown } = setTimeout(run, delayMs);
    // Browsers have no such thing: there a timer is a number and keeps nothing alive.
    if (background) timer.unref?.();
    return () => clearTimeout(timer as ReturnType<typeof setTimeout>);
  },
  random: () => Math.random(),
};
