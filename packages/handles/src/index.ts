export type * from "@trimtab/core";
export { isStoreError, StoreError } from "@trimtab/core";
export type { AnyChange, Change } from "./change.ts";
export type { ConnectionStatus } from "./connection-status.ts";
export type { PartialValuesOf } from "./declarations.ts";
export type { Moment } from "./latest-values.ts";
export type { HandlesOf, LiveSession, WaitOptions } from "./live-session.ts";
export {
  type BatchObserver,
  type EventObserver,
  type ObserveSessionOptions,
  observeSession,
  type SessionObservers,
} from "./observe/observe-session.ts";
export type { ObservedEvent } from "./observe/observed-event.ts";
export type { BatchSize, ObserveOptions } from "./observe/observer.ts";
export type { ObserveTarget } from "./observe/observer-table.ts";
export { type OpenSessionOptions, openSession } from "./open-session.ts";
export type { ProvisionOptions } from "./provision.ts";
export type { ReadsListener } from "./read-reports.ts";
export { createSettings, type Settings, type SettingsSource } from "./settings.ts";
export { systemTimers, type Timers } from "./timers.ts";
export type { ChangesOptions, SubscribeOptions, UntilOptions, VariableHandle } from "./variable-handle.ts";
export type { UpdateOptions } from "./variable-writer.ts";
