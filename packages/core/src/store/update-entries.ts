import { checkObject } from "../check-argument.ts";
import type { Value } from "../payload.ts";
import { StoreError, storeError } from "../store-error.ts";
import type { Updates } from "./variable-store.ts";

/**
 * Gives updates as entries, whichever form they came in.
 *
 * @throws StoreError `invalid_argument` for what is neither an object nor pairs of a ref and a value
 */
export function updateEntries(updates: Updates): (readonly [string, Value])[] {
  const wrong = checkObject(updates, "updates");
  if (wrong !== undefined) throw new StoreError(wrong);
  const entries = readEntries(updates);
  if (entries.every(Array.isArray)) return entries;
  throw noEntries();
}

function readEntries(updates: Updates): (readonly [string, Value])[] {
  try {
    if (Symbol.iterator in updates) return [...(updates as Iterable<readonly [string, Value]>)];
    return Object.entries(updates as Readonly<Record<string, Value>>);
  } catch (cause) {
    throw noEntries(cause);
  }
}

const noEntries = (cause?: unknown): StoreError =>
  storeError(
    "invalid_argument",
    "updates must be an object, or pairs of a ref and a value",
    { field: "updates" },
    { cause },
  );
