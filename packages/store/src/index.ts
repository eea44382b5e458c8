export { isStoreError, StoreError } from "@trimtab/core";
export type { AppendObserver } from "./append-observer.ts";
export { type Clock, systemClock } from "./clock.ts";
export { createStore, type LocalStore, type StoreOptions } from "./create-store.ts";
export type { SessionReader } from "./reader-operation.ts";
