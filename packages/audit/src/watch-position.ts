import { storeError } from "@trimtab/core";

/** Where a watch stands: right after an entry, which is known by its number and the beginning of its hash. */
export interface WatchPosition {
  readonly number: number;
  readonly mark: string;
}

/** Bytes of a hash that a position holds: enough to tell this record from another one. */
const markBytes = 8;

/** Gives the position right after the entry of this number and hash. */
export const positionAt = (number: number, hash: Uint8Array): WatchPosition => ({
  number,
  mark: Buffer.from(hash.subarray(0, markBytes)).toString("hex"),
});

/** Writes a position as a token; its form is no promise to callers. */
export const formatToken = ({ number, mark }: WatchPosition): string => `${number}.${mark}`;

/**
 * Reads a token back.
 *
 * @throws StoreError `invalid_argument` for text that no watch has given out
 */
export function parseToken(token: string): WatchPosition {
  const [, digits = "", mark] = /^(\d{1,15})\.([0-9a-f]{16})$/.exec(token) ?? [];
  if (mark !== undefined) return { number: Number(digits), mark };
  const message = `after: "${token.slice(0, 80)}" is not a token of a watch of the audit`;
  throw storeError("invalid_argument", message, { field: "after" });
}
