import { type Page, type PageOptions, storeError } from "@trimtab/core";
import type { NumberMap, Trial } from "@trimtab/optimize";

const maxPageSize = 1000;
const defaultPageSize = 100;

/**
 * Cuts one page out of what there is. The token names the last item's key, so that nothing is skipped or seen twice while
 * the list changes.
 *
 * @param items in the order of their keys, which never change
 * @throws StoreError `invalid_argument` for a page size outside 1 to 1000 and for a token from elsewhere
 */
export function pageAfter<T>(items: readonly T[], options: PageOptions, keyOf: (item: T) => string | number): Page<T> {
  const { pageSize, after } = parsePage(options);
  const start = after === undefined ? 0 : placeAfter(items, after, keyOf);
  return pageOf(items.slice(start, start + pageSize + 1), pageSize, keyOf);
}

/** A page that is asked for: how large, and behind which key. */
interface AskedPage {
  readonly pageSize: number;
  readonly after: string | number | undefined;
}

/** @throws StoreError `invalid_argument` for a page size outside 1 to 1000 and for a token from elsewhere */
function parsePage({ pageSize = defaultPageSize, pageToken }: PageOptions): AskedPage {
  if (!Number.isSafeInteger(pageSize) || pageSize < 1 || pageSize > maxPageSize) {
    const message = `pageSize must be a whole number from 1 to ${maxPageSize}, got ${pageSize}`;
    throw storeError("invalid_argument", message, { field: "pageSize", limit: maxPageSize, value: pageSize });
  }
  return { pageSize, after: pageToken === undefined ? undefined : parseToken(pageToken) };
}

/** A page of what comes first, which goes on where there is more than it holds. */
function pageOf<T>(items: readonly T[], pageSize: number, keyOf: (item: T) => string | number): Page<T> {
  const last = items[pageSize - 1];
  if (last === undefined || items.length <= pageSize) return { items };
  return { items: items.slice(0, pageSize), nextPageToken: encodeURIComponent(JSON.stringify([keyOf(last)])) };
}

/**
 * Cuts one page out of trials as {@link pageAfter} does, and looks at no more of them than come before its end.
 *
 * @throws StoreError `invalid_argument` for a page size outside 1 to 1000 and for a token from elsewhere
 */
export function pageOfTrials(
  all: NumberMap<Trial>,
  options: PageOptions & { readonly newestFirst: boolean },
  fits: (trial: Trial) => boolean,
): Page<Trial> {
  const { pageSize, after } = parsePage(options);
  if (typeof after === "string") throw strangeToken();
  const found: Trial[] = [];
  for (const trial of options.newestFirst ? downFrom(all, after) : all.values((after ?? -1) + 1)) {
    if (fits(trial)) found.push(trial);
    if (found.length > pageSize) break;
  }
  return pageOf(found, pageSize, ({ number }) => number);
}

/** The trials of lower numbers than one, or all, the newest first. */
function* downFrom(all: NumberMap<Trial>, number = all.size): Generator<Trial> {
  for (let at = Math.min(number, all.size) - 1; at >= 0; at--) yield all.get(at) as Trial;
}

/** The place behind a key: behind the item that has it, or before the first that comes after it. */
function placeAfter<T>(items: readonly T[], key: string | number, keyOf: (item: T) => string | number): number {
  const same = items.findIndex((item) => keyOf(item) === key);
  if (same >= 0) return same + 1;
  const [first, last] = [items[0], items.at(-1)];
  const isDescending = first !== undefined && last !== undefined && keyOf(first) > keyOf(last);
  const at = items.findIndex((item) => (isDescending ? keyOf(item) < key : keyOf(item) > key));
  return at < 0 ? items.length : at;
}

function parseToken(token: string): string | number {
  try {
    const key: unknown = JSON.parse(decodeURIComponent(token));
    if (Array.isArray(key) && (typeof key[0] === "string" || typeof key[0] === "number")) return key[0];
  } catch {
    // Falls through to the refusal.
  }
  throw strangeToken();
}

const strangeToken = () =>
  storeError("invalid_argument", "pageToken is not one that a listing has given out", { field: "pageToken" });
