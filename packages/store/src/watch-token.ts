import { storeError } from "@trimtab/core";

/** Where a watch stood: a session's epoch and a revision of it. */
export interface WatchPosition {
  readonly epoch: string;
  readonly revision: number;
}

/** Writes a position as a token; its form is no promise to callers. */
export const formatToken = ({ epoch, revision }: WatchPosition): string => `${epoch}.${revision}`;

/**
 * Reads a token back.
 *
 * @throws StoreError `invalid_argument` for text that no watch has given out
 */
export function parseToken(token: string): WatchPosition {
  const [, epoch, digits] = /^([A-Za-z0-9_-]{1,64})\.(\d{1,16})$/.exec(token) ?? [];
  const revision = Number(digits);
  if (epoch === undefined || !Number.isSafeInteger(revision)) {
    throw storeError("invalid_argument", `after: "${token.slice(0, 80)}" is not a token of a watch`, {
      field: "after",
    });
  }
  return { epoch, revision };
}
