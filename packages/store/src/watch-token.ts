import { storeError } from "@trimtab/core";

/** Where a watch stood: a session's epoch and a revision of it. */
export interface WatchPosition {
  readonly epoch: string;
  readonly revision: number;
  /**
   * Time of the commit of that revision, which tells it from another of the same number, such as where an older backup has
   * gone on; absent where it is not known.
   */
  readonly atMs?: number | undefined;
}

/** Writes a position as a token; its form is no promise to callers. */
export const formatToken = ({ epoch, revision, atMs }: WatchPosition): string =>
  atMs === undefined ? `${epoch}.${revision}` : `${epoch}.${revision}.${microseconds(atMs)}`;

/**
 * Reads a token back.
 *
 * @throws StoreError `invalid_argument` for text that no watch has given out
 */
export function parseToken(token: string): WatchPosition {
  const [, epoch, digits, time] = /^([A-Za-z0-9_-]{1,64})\.(\d{1,16})(?:\.(\d{1,16}))?$/.exec(token) ?? [];
  const revision = Number(digits);
  if (epoch === undefined || !Number.isSafeInteger(revision)) {
    throw storeError("invalid_argument", `after: "${token.slice(0, 80)}" is not a token of a watch`, {
      field: "after",
    });
  }
  return { epoch, revision, ...(time !== undefined && { atMs: Number(time) / 1000 }) };
}

/** Says whether a commit, or a state right after it, is the one that a position of its revision was given out for. */
export const isPlaceOf = (position: WatchPosition, { atMs }: { readonly atMs: number }): boolean =>
  position.atMs === undefined || microseconds(position.atMs) === microseconds(atMs);

/** What times are stored to. */
const microseconds = (ms: number): number => Math.round(ms * 1000);
