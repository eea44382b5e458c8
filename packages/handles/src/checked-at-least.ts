import { storeError } from "@trimtab/core";

/**
 * Gives a number back that is at least `least`; `Infinity` is, and means for ever where it is a time.
 *
 * @throws StoreError `invalid_argument` naming the field, for less and for what is no number
 */
export function checkedAtLeast(least: number, value: number, field: string): number {
  if (typeof value === "number" && value >= least) return value;
  const message = `${field} must be a number of at least ${least}, got ${String(value)}`;
  throw storeError("invalid_argument", message, {
    field,
    limit: least,
    ...(typeof value === "number" && { value }),
  });
}
