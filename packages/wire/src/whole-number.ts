import { refuseMessage } from "./refuse.ts";

/** Puts a count, version or revision on the wire. The caller vouches that it is a whole number of at least 0. */
export const toUint64 = (value: number): bigint => BigInt(value);

/**
 * Reads a 64-bit count, version or revision.
 *
 * @throws StoreError `invalid_argument` beyond 2^53-1, which a number does not hold exactly
 */
export function fromUint64(value: bigint, path: string): number {
  const number = Number(value);
  if (Number.isSafeInteger(number)) return number;
  const limit = Number.MAX_SAFE_INTEGER;
  throw refuseMessage(path, `is ${value}, at most ${limit} is supported`, String(value), limit);
}
