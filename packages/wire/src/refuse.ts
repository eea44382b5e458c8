import { type StoreError, storeError, type Value } from "@trimtab/core";

/** The error for a message that means nothing: `invalid_argument` whose message and `field` name the path. */
export const refuseMessage = (path: string, problem: string, value?: Value, limit?: Value): StoreError =>
  storeError("invalid_argument", `${path} ${problem}`, {
    field: path,
    ...(limit !== undefined && { limit }),
    ...(value !== undefined && { value }),
  });
