/** Runs things later, and draws random numbers: all that the handles take from the machine. Tests bring their own. */
export interface Timers {
  /**
   * Runs something once, after so many milliseconds, unless the returned function is called before; never after `Infinity`.
   * One in the `background` does not keep a process alive.
   */
  schedule(delayMs: number, run: () => void, options?: { readonly background?: boolean }): () => void;
  /** A number drawn evenly from [0, 1). */
  random(): number;
}

/** The longest that a machine's timer waits, in milliseconds; told to wait longer, it runs at once. */
const longestTimeoutMs = 2 ** 31 - 1;

/** The machine's own timers, which wait as long as they are told. */
export const systemTimers: Timers = {
  schedule(delayMs, run, { background = false } = {}) {
    let timer: { unref?(): unknown };
    const wait = (leftMs: number): void => {
      const partMs = Math.min(leftMs, longestTimeoutMs);
      timer = setTimeout(() => (leftMs > partMs ? wait(leftMs - partMs) : run()), partMs);
      // Browsers have no such thing: there a timer is a number and keeps nothing alive.
      if (background) timer.unref?.();
    };
    wait(delayMs);
    return () => clearTimeout(timer as ReturnType<typeof setTimeout>);
  },
  random: () => Math.random(),
};
