/** Something that holds until it is revoked or its time is up. */
export interface Revocable {
  readonly signal: AbortSignal;
  revoke(): void;
}

/** Longest that a timer of Node runs; what lasts longer is looked at again then. */
const maxTimerMs = 2 ** 31 - 1;

/** Makes one that ends at this moment by the wall clock. It keeps no process alive. */
export function createRevocable(expiresAtMs: number): Revocable {
  const controller = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const wait = (): void => {
    const left = expiresAtMs - Date.now();
    if (left <= 0) controller.abort();
    else timer = setTimeout(wait, Math.min(left, maxTimerMs)).unref();
  };
  if (expiresAtMs !== Number.POSITIVE_INFINITY) wait();
  return {
    signal: controller.signal,
    revoke() {
      clearTimeout(timer);
      controller.abort();
    },
  };
}
