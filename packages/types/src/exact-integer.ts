import { isInt64 } from "@trimtab/core";

/**
 * The canonical form of an exact 64-bit integer: a `number` within ±(2^53-1), a `bigint` beyond.
 * `undefined` for everything else, also for whole numbers beyond 2^53-1, which may have been rounded.
 */
export function toExact(input: unknown): number | bigint | undefined {
  if (typeof input === "number") return Number.isSafeInteger(input) ? input + 0 : undefined;
  return typeof input === "bigint" && isInt64(input) ? fromExact(input) : undefined;
}

/** A bigint as a `number` where that is exact. */
export function fromExact(value: bigint): number | bigint {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}

/** Says whether `value - anchor` is a whole multiple of `step`, exactly. */
export function isMultiple(value: number | bigint, step: number | bigint, anchor: number | bigint): boolean {
  if (typeof value === "number" && typeof step === "number" && typeof anchor === "number") {
    const offset = value - anchor;
    if (Number.isSafeInteger(offset)) return offset % step === 0;
  }
  return (BigInt(value) - BigInt(anchor)) % BigInt(step) === 0n;
}
