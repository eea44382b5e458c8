export { isStoreError, StoreError } from "@trimtab/core";
export type { AppendObserver } from "./append-observer.ts";
export { type Clock, createSteadyClock, systemClock } from "./clock.ts";
export { createStore, type LocalStore, type StoreOptions } from "./create-store.ts";
export type { Optimizer, OptimizerRun } from "./optimizer.ts";
export type { SessionReader } from "./reader-operation.ts";
