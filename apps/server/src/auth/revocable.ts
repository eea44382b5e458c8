/** Something that holds until it is revoked or its time is up. */
export interface Revocable {
  /** Aborted once it does not hold any more, at most a minute later where the clock was set or the machine has slept. */
  readonly signal: AbortSignal;
  /** Says whether it holds now. */
  holds(): boolean;
  revoke(): void;
}

/** How long a timer runs, which knows nothing of the clock, until that is looked at again. */
const maxTimerMs = 60_000;

/** Makes one that ends at this moment by the wall clock. It keeps no process alive. */
export function createRevocable(expiresAtMs: number): Revocable {
  const controller = new AbortController();
  const { signal } = controller;
  let timer: NodeJS.Timeout | undefined;
  const revoke = (): void => {
    clearTimeout(timer);
    controller.abort();
  };
  const wait = (): void => {
    const left = expiresAtMs - Date.now();
    if (left <= 0) controller.abort();
    else timer = setTimeout(wait, Math.min(left, maxTimerMs)).unref();
  };
  if (expiresAtMs !== Number.POSITIVE_INFINITY) wait();
  return {
    signal,
    holds() {
      if (expiresAtMs !== Number.POSITIVE_INFINITY && expiresAtMs <= Date.now()) revoke();
      return !signal.aborted;
    },
    revoke,
  };
}
