import { type Page, type PageOptions, storeError } from "@trimtab/core";

const maxPageSize = 1000;

/** Where an item stands in its list: keys that never change, compared in order. */
export type SortKey = readonly (number | string)[];

/**
 * Cuts one page out of a list, in the order of its keys. The token names the last item's place and not its index, so
 * that nothing is skipped or seen twice while the list changes.
 *
 * @throws StoreError `invalid_argument` for a page size outside 1 to 1000 and for a token from elsewhere
 */
export function pageAfter<T>(list: readonly T[], options: PageOptions, keyOf: (item: T) => SortKey): Page<T> {
  const items = inOrder(list, keyOf);
  return pageOfOrdered({ count: items.length, at: (index) => items[index] as T }, options, { keyOf });
}

/** Items in the order of their keys. */
export interface Ordered<T> {
  readonly count: number;
  readonly at: (index: number) => T;
}

/** Cuts one page out as {@link pageAfter} does, of what is in order already and is selected; looks at no more than it takes. */
export function pageOfOrdered<T>(
  { count, at }: Ordered<T>,
  { pageSize = defaultPageSize, pageToken }: PageOptions,
  { keyOf, selects = () => true }: { readonly keyOf: (item: T) => SortKey; readonly selects?: (item: T) => boolean },
): Page<T> {
  checkPageSize(pageSize);
  const first = count === 0 ? undefined : at(0);
  const start = pageToken === undefined ? 0 : firstAfter({ count, at }, parsePageToken(pageToken, first, keyOf), keyOf);
  const items: T[] = [];
  for (let index = start; index < count; index++) {
    const item = at(index);
    if (!selects(item)) continue;
    if (items.length === pageSize) return { items, nextPageToken: formatPageToken(keyOf(items.at(-1) as T)) };
    items.push(item);
  }
  return { items };
}

/** Items per page where a caller names no number. */
export const defaultPageSize = 100;

/** Throws `invalid_argument` for a page size outside 1 to 1000. */
export function checkPageSize(pageSize: number): void {
  if (Number.isSafeInteger(pageSize) && pageSize >= 1 && pageSize <= maxPageSize) return;
  const message = `pageSize must be a whole number from 1 to ${maxPageSize}, got ${pageSize}`;
  throw storeError("invalid_argument", message, { field: "pageSize", limit: maxPageSize, value: pageSize });
}

/** The list by key; the list itself where it is in order, which mostly it is. */
export function inOrder<T>(list: readonly T[], keyOf: (item: T) => SortKey): readonly T[] {
  const keys = list.map(keyOf);
  const isSorted = keys.every((key, index) => index === 0 || compare(keys[index - 1] ?? key, key) <= 0);
  return isSorted ? list : [...list].sort((a, b) => compare(keyOf(a), keyOf(b)));
}

function firstAfter<T>({ count, at }: Ordered<T>, key: SortKey, keyOf: (item: T) => SortKey): number {
  let low = 0;
  let high = count;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (compare(keyOf(at(middle)), key) > 0) high = middle;
    else low = middle + 1;
  }
  return low;
}

function compare(a: SortKey, b: SortKey): number {
  for (let i = 0; i < a.length; i++) {
    const [x, y] = [a[i], b[i]];
    if (x === y || x === undefined || y === undefined) continue;
    return x < y ? -1 : 1;
  }
  return 0;
}

const formatPageToken = (key: SortKey) => encodeURIComponent(JSON.stringify(key));

/** Reads a token as the key of an item; with an item to compare with, one of a listing with other keys is refused. */
function parsePageToken<T>(token: string, item: T | undefined, keyOf: (item: T) => SortKey): SortKey {
  try {
    const key: unknown = JSON.parse(decodeURIComponent(token));
    if (isKey(key) && (item === undefined || isLike(key, keyOf(item)))) return key;
  } catch {
    // Falls through to the refusal.
  }
  throw storeError("invalid_argument", "pageToken is not one that a listing has given out", { field: "pageToken" });
}

const isKey = (key: unknown): key is SortKey =>
  Array.isArray(key) && key.every((part) => typeof part === "number" || typeof part === "string");

const isLike = (key: SortKey, other: SortKey): boolean =>
  key.length === other.length && key.every((part, index) => typeof part === typeof other[index]);
