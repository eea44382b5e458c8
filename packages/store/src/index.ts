export type * from "@trimtab/core";
export { isStoreError, StoreError } from "@trimtab/core";
export type { AppendObserver } from "./append-observer.ts";
export { type Clock, createSteadyClock, systemClock } from "./clock.ts";
export { createStore } from "./create-store.ts";
export type { LocalStore, StoreOptions } from "./local-store.ts";
export type { Optimizer, OptimizerRun } from "./optimizer.ts";
export type { SessionReader } from "./reader-operation.ts";
