/** How much may be done: so many calls a second in the long run, and so many at once. */
export interface Rate {
  /** Tokens that come back each second, above 0. */
  readonly perSecond: number;
  /** Tokens that a bucket holds, at least 1. */
  readonly burst: number;
}

/** A token bucket (RFC 2697 has its like): what was left in it at a moment. A new one is full. */
export interface TokenBucket {
  readonly tokens: number;
  /** By a clock that never jumps, in milliseconds. */
  readonly atMs: number;
}

/** What taking a token came to: the bucket afterwards, and how long to wait where there was none. */
export type Taken =
  | { readonly kind: "taken"; readonly bucket: TokenBucket }
  | { readonly kind: "empty"; readonly bucket: TokenBucket; readonly retryAfterMs: number };

/** What is in a bucket at a later moment. */
export const refill = ({ tokens, atMs }: TokenBucket, nowMs: number, { perSecond, burst }: Rate): TokenBucket => ({
  tokens: Math.min(burst, tokens + (Math.max(0, nowMs - atMs) * perSecond) / 1000),
  atMs: Math.max(atMs, nowMs),
});

const presentOf = (bucket: TokenBucket | undefined, nowMs: number, rate: Rate): TokenBucket =>
  bucket === undefined ? { tokens: rate.burst, atMs: nowMs } : refill(bucket, nowMs, rate);

const waitOf = ({ tokens }: TokenBucket, { perSecond }: Rate): number =>
  tokens >= 1 ? 0 : Math.ceil(((1 - tokens) * 1000) / perSecond);

/** Takes a token out of a bucket. Where there is none, the bucket is none the emptier for having been asked. */
export function takeToken(bucket: TokenBucket | undefined, nowMs: number, rate: Rate): Taken {
  const present = presentOf(bucket, nowMs, rate);
  const { tokens, atMs } = present;
  if (tokens >= 1) return { kind: "taken", bucket: { tokens: tokens - 1, atMs } };
  return { kind: "empty", bucket: present, retryAfterMs: waitOf(present, rate) };
}

/** How long to wait for a token, in milliseconds; 0 where there is one. */
export const waitForToken = (bucket: TokenBucket | undefined, nowMs: number, rate: Rate): number =>
  waitOf(presentOf(bucket, nowMs, rate), rate);

/** Takes a token whether there is one or not, down to a debt as large as the bucket. */
export function chargeTokens(bucket: TokenBucket | undefined, nowMs: number, rate: Rate): TokenBucket {
  const { tokens, atMs } = presentOf(bucket, nowMs, rate);
  return { tokens: Math.max(-rate.burst, tokens - 1), atMs };
}
