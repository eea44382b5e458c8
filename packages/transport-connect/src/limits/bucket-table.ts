import { type Rate, refill, type TokenBucket, takeToken } from "./token-bucket.ts";

/** Token buckets by name, of one rate. A bucket that has filled up again is as good as none, and forgotten. */
export interface BucketTable {
  /** Takes a token of this name, and gives 0; or gives how long to wait for one, in milliseconds. */
  take(name: string): number;
  /** Buckets that are kept. */
  readonly size: number;
}

/** Buckets that are kept before those that are full are looked for. */
const leastKept = 1024;

/** Makes an empty table; `now` is a clock in milliseconds that never jumps. */
export function createBucketTable(rate: Rate, now: () => number): BucketTable {
  const buckets = new Map<string, TokenBucket>();
  let forgetAt = leastKept;
  const forgetFull = (): void => {
    for (const [name, bucket] of buckets) {
      if (refill(bucket, now(), rate).tokens >= rate.burst) buckets.delete(name);
    }
    // By doubling, looking costs each call a constant share.
    forgetAt = Math.max(leastKept, 2 * buckets.size);
  };
  return {
    take(name) {
      const taken = takeToken(buckets.get(name), now(), rate);
      buckets.set(name, taken.bucket);
      if (buckets.size > forgetAt) forgetFull();
      return taken.kind === "taken" ? 0 : taken.retryAfterMs;
    },
    get size() {
      return buckets.size;
    },
  };
}
