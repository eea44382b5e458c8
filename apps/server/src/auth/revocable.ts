/** Something that holds until it is revoked or its time is up. */
export interface Revocable {
  /**
   * Aborted once it does not hold any more, at most a minute later where the clock was set or the machine has slept. Made when it is asked
   * for, and with it a timer: most callers never are watched.
   */
  readonly signal: AbortSignal;
  /** Says whether it holds now. */
  holds(): boolean;
  revoke(): void;
}

/** How long a timer runs, which knows nothing of the clock, until that is looked at again. */
const maxTimerMs = 60_000;

/** Makes one that ends at this moment by the wall clock. It keeps no process alive. */
export function createRevocable(expiresAtMs: number): Revocable {
  let isRevoked = false;
  let controller: AbortController | undefined;
  let timer: NodeJS.Timeout | undefined;
  const revoke = (): void => {
    isRevoked = true;
    clearTimeout(timer);
    controller?.abort();
  };
  const wait = (): void => {
    const left = expiresAtMs - Date.now();
    if (left <= 0) revoke();
    else if (left < Number.POSITIVE_INFINITY) timer = setTimeout(wait, Math.min(left, maxTimerMs)).unref();
  };
  return {
    get signal() {
      if (controller === undefined) {
        controller = new AbortController();
        if (isRevoked) controller.abort();
        else wait();
      }
      return controller.signal;
    },
    holds() {
      if (!isRevoked && expiresAtMs <= Date.now()) revoke();
      return !isRevoked;
    },
    revoke,
  };
}
