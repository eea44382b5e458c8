import { storeError } from "@trimtab/core";

/**
 * Refuses anything but a whole number of at least `limit`.
 *
 * @throws StoreError `invalid_argument` naming the field, the limit and the value
 */
export function checkLimit(field: string, value: number, limit: number): void {
  if (Number.isSafeInteger(value) && value >= limit) return;
  const details = { field, limit, value };
  throw storeError("invalid_argument", `${field} must be a whole number of at least ${limit}, got ${value}`, details);
}
