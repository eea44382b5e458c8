import { type Page, type PageOptions, storeError } from "@trimtab/core";

const maxPageSize = 1000;
const defaultPageSize = 100;

/**
 * Cuts one page out of what there is. The token names the last item's key, so that nothing is skipped or seen twice while
 * the list changes.
 *
 * @param items in the order of their keys, which never change
 * @throws StoreError `invalid_argument` for a page size outside 1 to 1000 and for a token from elsewhere
 */
export function pageAfter<T>(
  items: readonly T[],
  { pageSize = defaultPageSize, pageToken }: PageOptions,
  keyOf: (item: T) => string | number,
): Page<T> {
  if (!Number.isSafeInteger(pageSize) || pageSize < 1 || pageSize > maxPageSize) {
    const message = `pageSize must be a whole number from 1 to ${maxPageSize}, got ${pageSize}`;
    throw storeError("invalid_argument", message, { field: "pageSize", limit: maxPageSize, value: pageSize });
  }
  const start = pageToken === undefined ? 0 : placeAfter(items, parseToken(pageToken), keyOf);
  const page = items.slice(start, start + pageSize);
  const last = page.at(-1);
  if (last === undefined || start + pageSize >= items.length) return { items: page };
  return { items: page, nextPageToken: encodeURIComponent(JSON.stringify([keyOf(last)])) };
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
  throw storeError("invalid_argument", "pageToken is not one that a listing has given out", { field: "pageToken" });
}
