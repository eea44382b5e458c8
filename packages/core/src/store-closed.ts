import { type StoreError, storeError } from "./store-error.ts";

const given = new WeakSet<StoreError>();

/**
 * What a store answers with once its own process has closed it: `unavailable`, as everybody may know who comes over a network, where
 * another process may take its place.
 */
export function storeClosed(): StoreError<"unavailable"> {
  const error = storeError("unavailable", "the store is closed", {});
  given.add(error);
  return error;
}

/** Says of what a store in this process has answered whether it was closed, so that no later call can succeed. */
export const isStoreClosed = (error: StoreError): boolean => given.has(error);
