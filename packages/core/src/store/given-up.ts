import type { Store } from "../store.ts";

/**
 * Where a store keeps what gives it with calls that are given up when a signal is aborted: one whose calls may take long, since
 * they go over a network. A write that is given up may have been made.
 */
export const whichGivesUp: unique symbol = Symbol.for("trimtab.store.whichGivesUp");

/** Gives a store whose calls are given up when a signal is aborted; the store itself where its calls cannot be. */
export const storeWhichGivesUp = (store: Store & Partial<GivesUp>, signal: AbortSignal): Store =>
  // Asked first: a store that is a proxy may have an answer to every name.
  (whichGivesUp in store ? store[whichGivesUp]?.(signal) : undefined) ?? store;

interface GivesUp {
  readonly [whichGivesUp]: (signal: AbortSignal) => Store;
}
