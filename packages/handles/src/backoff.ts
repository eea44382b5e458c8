/** How long to wait between attempts. */
export interface BackoffOptions {
  /** Longest wait before the second attempt, in milliseconds; it doubles from there. */
  readonly baseMs: number;
  /** Longest wait of all, in milliseconds. */
  readonly capMs: number;
}

/** From 250 ms, doubling up to 30 s. */
export const connectionBackoff: BackoffOptions = { baseMs: 250, capMs: 30_000 };

/**
 * Milliseconds to wait after so many failures in a row: anywhere between nothing and a ceiling that doubles with each
 * failure, so that clients which lost the same server do not come back at the same moment ("full jitter", AWS
 * Architecture Blog, "Exponential Backoff And Jitter", 2015).
 *
 * @param failures - failures in a row, from 1
 * @param random - drawn evenly from [0, 1)
 */
export function backoffMs(failures: number, random: number, options: BackoffOptions = connectionBackoff): number {
  return random * Math.min(options.capMs, options.baseMs * 2 ** (failures - 1));
}
