import { checkWhole, StoreError } from "@trimtab/core";

/**
 * Refuses anything but a whole number of at least `limit`.
 *
 * @throws StoreError `invalid_argument` naming the field, the limit and the value
 */
export function checkLimit(field: string, value: number, limit: number): void {
  const refused = checkWhole(value, field, limit);
  if (refused !== undefined) throw new StoreError(refused);
}
