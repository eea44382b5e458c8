import { requireArguments } from "@trimtab/core";
import { tableArguments } from "./limit-kinds.ts";
import { chargeTokens, type Rate, refill, type TokenBucket, takeToken, waitForToken } from "./token-bucket.ts";

/** Token buckets by name, of one rate. A bucket that has filled up again is as good as none, and forgotten. */
export interface BucketTable {
  /** Takes a token of this name, and gives 0; or gives how long to wait for one, in milliseconds. */
  take(name: string): number;
  /** Gives how long to wait for a token of this name, in milliseconds, and takes none: 0 where there is one. */
  wait(name: string): number;
  /** Takes a token whether there is one or not; a bucket may come to owe as many as it holds. */
  charge(name: string): void;
  /** Buckets that are kept. */
  readonly size: number;
}

/** How many names a table knows apart. */
export interface BucketTableOptions {
  /** Buckets that are kept at most, above which names that are not known share one; any number unless given. */
  readonly most?: number;
}

/** Buckets that are kept before those that are full are looked for. */
const leastKept = 1024;

/** How often a table that holds as much as it may looks for buckets that are full, in milliseconds. */
const lookAgainMs = 1000;

/** The bucket of names for which there is no room. */
const others = "";

/** Makes an empty table; `now` is a clock in milliseconds that never jumps. Throws `invalid_argument` for a rate that limits nothing. */
export function createBucketTable(rate: Rate, now: () => number, options: BucketTableOptions = {}): BucketTable {
  requireArguments(tableArguments, [rate, now, options]);
  const { most = Number.POSITIVE_INFINITY } = options;
  const buckets = new Map<string, TokenBucket>();
  let forgetAt = leastKept;
  let forgotAt = Number.NEGATIVE_INFINITY;
  const forgetFull = (): void => {
    forgotAt = now();
    for (const [name, bucket] of buckets) {
      if (refill(bucket, forgotAt, rate).tokens >= rate.burst) buckets.delete(name);
    }
    // By doubling, looking costs each call a constant share.
    forgetAt = Math.max(leastKept, 2 * buckets.size);
  };
  const placeOf = (name: string): string => {
    if (buckets.size < most || buckets.has(name)) return name;
    if (now() - forgotAt >= lookAgainMs) forgetFull();
    return buckets.size < most ? name : others;
  };
  const put = (place: string, bucket: TokenBucket): void => {
    buckets.set(place, bucket);
    if (buckets.size > forgetAt) forgetFull();
  };
  return {
    take(name) {
      const place = placeOf(name);
      const taken = takeToken(buckets.get(place), now(), rate);
      put(place, taken.bucket);
      return taken.kind === "taken" ? 0 : taken.retryAfterMs;
    },
    wait: (name) => waitForToken(buckets.get(placeOf(name)), now(), rate),
    charge(name) {
      const place = placeOf(name);
      put(place, chargeTokens(buckets.get(place), now(), rate));
    },
    get size() {
      return buckets.size;
    },
  };
}
