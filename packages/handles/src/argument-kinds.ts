import { declarationsKind, kinds, refusal, storeArguments, writeKinds } from "@trimtab/core";
import type { LiveSession, WaitOptions } from "./live-session.ts";
import type { ObserveSessionOptions, SessionObservers } from "./observe/observe-session.ts";
import type { BatchSize, ObserveOptions } from "./observe/observer.ts";
import type { ObserveTarget } from "./observe/observer-table.ts";
import type { OpenSessionOptions } from "./open-session.ts";
import type { Settings } from "./settings.ts";
import type { VariableHandle } from "./variable-handle.ts";

const {
  anything,
  atLeast,
  callable,
  filled,
  flag,
  having,
  number,
  object,
  optional,
  options,
  recordOf,
  signal,
  text,
  values,
  whole,
} = kinds;

const store = ["store", having("createSession", "watch")] as const;
const session = ["session", text] as const;
const listener = ["listener", callable] as const;
const timers = having("schedule", "random");
const waiting = ["options", options<WaitOptions>({ signal })] as const;

/** What the arguments of `openSession` are. */
export const openingArguments = [
  store,
  ["id", text],
  ["declarations", declarationsKind],
  [
    "options",
    options<OpenSessionOptions>({
      names: recordOf(optional(text)),
      origin: writeKinds.origin,
      signal,
      timeoutMs: atLeast(0),
      livenessTimeoutMs: atLeast(1),
      onError: callable,
      reportReads: having("reportClientReads"),
      reportReadsMs: atLeast(0),
      timers,
      create: flag,
      ttlMs: number,
      metadata: values,
      actor: text,
    }),
  ],
] as const;

/** What the arguments are of the methods of a live session. */
export const sessionArguments: kinds.CallArguments<
  Pick<LiveSession<never>, "set" | "subscribe" | "latest" | "onStatus" | "settled" | "caughtUp">
> = {
  set: [
    ["values", values],
    ["options", options({ ...writeKinds, expectedVersions: recordOf(whole) })],
  ],
  subscribe: [listener],
  latest: [waiting],
  onStatus: [listener],
  settled: [waiting],
  caughtUp: [["revision", whole], waiting],
};

/** What the arguments are of the methods of a handle. */
export const handleArguments: kinds.CallArguments<
  Pick<VariableHandle<never>, "set" | "update" | "subscribe" | "changes" | "until">
> = {
  set: [["value", anything], storeArguments.setVariable[3]],
  update: [
    ["change", callable],
    ["options", options({ ...writeKinds, retries: atLeast(0), retryBackoffMs: atLeast(0) })],
  ],
  subscribe: [listener, ["options", options({ immediate: flag })]],
  changes: [["options", options({ signal, capacity: atLeast(1) })]],
  until: [["condition", callable], waiting],
};

/** What the arguments of `observeSession` are. */
export const observingArguments = [
  store,
  session,
  [
    "options",
    options<ObserveSessionOptions>({
      timers,
      onError: callable,
      capacity: atLeast(1),
      livenessTimeoutMs: atLeast(1),
    }),
  ],
] as const;

const pattern = object({ pattern: filled });
const target: kinds.Kind<ObserveTarget> = (value, field, isArgument) =>
  typeof value === "string" ? undefined : pattern(value, field, isArgument);
const observer = ["observer", callable] as const;
/** A number that others come before or after. */
const rank: kinds.Kind<number> = (value, field) =>
  number(value, field) ??
  (Number.isNaN(value) ? refusal("invalid_argument", `${field} must be a number, got NaN`, { field }) : undefined);
const manner: kinds.OptionKinds<ObserveOptions> = {
  filter: callable,
  priority: rank,
  debounceMs: atLeast(0),
  throttleMs: atLeast(0),
  distinct: flag,
  signal,
};
const batch = options<BatchSize>({ maxSize: atLeast(1), maxDelayMs: atLeast(0) });

/** What the arguments are of the methods of observers. */
export const observerArguments: kinds.CallArguments<
  Pick<SessionObservers, "count" | "observe" | "observeBatches" | "unobserve">
> = {
  count: [["target", optional(target)]],
  observe: [["target", target], observer, ["options", options(manner)]],
  observeBatches: [["target", target], observer, ["options", options({ ...manner, batch })]],
  unobserve: [["target", target], observer],
};

/** What the arguments of `createSettings` are. */
export const settingsArguments = [
  ["store", having("getVariable", "setVariable")],
  session,
  ["source", having("get", "put")],
] as const;

/** What the arguments are of the methods of settings. */
export const settingArguments: kinds.CallArguments<Settings> = {
  get: [["name", text]],
  putVariable: [["name", text], ["value", anything], storeArguments.setVariable[3]],
};
