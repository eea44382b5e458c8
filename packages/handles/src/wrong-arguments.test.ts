import { describeArguments } from "@trimtab/core/conformance";
import { createStore } from "@trimtab/store";
import { builtinTypes, float } from "@trimtab/types";
import { observeSession } from "./observe/observe-session.ts";
import { openSession } from "./open-session.ts";
import { createSettings } from "./settings.ts";
import { systemTimers } from "./timers.ts";

const by = {
  actor: "ada",
  origin: "typescript",
  metadata: { why: "because" },
  requestId: undefined,
  lease: undefined,
  via: undefined,
};
const signal = AbortSignal.abort();
const waiting = { signal };

async function open() {
  const store = createStore({ types: builtinTypes });
  const app = await openSession(store, "s", { x: float({ default: 1 }) }, { onError: () => {} });
  const state = async () => {
    const { revision } = await store.getSession("s");
    return [revision, revision > 1 ? (await store.getVariable("s", "x")).version : undefined];
  };
  return { store, app, state, close: () => store.close(), isThrowing: true };
}

const pick = <T extends object>(calls: T, ...names: readonly (keyof T)[]) =>
  Object.fromEntries(names.map((name) => [name, calls[name]]));

describeArguments(
  "a live session",
  async () => {
    const { app, ...harness } = await open();
    return { ...harness, calls: app };
  },
  {
    set: [{ x: 2 }, { ...by, expectedVersions: { x: 0 } }],
    subscribe: [() => {}],
    latest: [waiting],
    onStatus: [() => {}],
    reconnect: [],
    settled: [waiting],
    caughtUp: [0, waiting],
    close: [],
  },
);

describeArguments(
  "a handle",
  async () => {
    const { app, ...harness } = await open();
    return { ...harness, calls: pick(app.variables.x, "set", "update", "subscribe", "until") };
  },
  {
    set: [2, { ...by, expectedVersion: 0 }],
    update: [() => 2, { ...by, retries: 0, retryBackoffMs: 1 }],
    subscribe: [() => {}, { immediate: true }],
    until: [() => true, waiting],
  },
);

describeArguments(
  "changes of what was closed",
  async () => {
    const { app, ...harness } = await open();
    await app.close();
    return { ...harness, calls: pick(app.variables.x, "changes") };
  },
  { changes: [{ signal, capacity: 1 }] },
);

const manner = { filter: () => true, priority: 1, debounceMs: 1, throttleMs: 1, distinct: true, signal };

describeArguments(
  "observers",
  async () => {
    const { app, ...harness } = await open();
    const observers = await observeSession(harness.store, "s", { onError: () => {} });
    return { ...harness, calls: observers, state: async () => observers.count(), close: async () => observers.close() };
  },
  {
    count: [{ pattern: "*" }],
    observe: [{ pattern: "*" }, () => {}, manner],
    observeBatches: [{ pattern: "*" }, () => {}, { ...manner, batch: { maxSize: 1, maxDelayMs: 1 } }],
    unobserve: ["x", () => {}],
    close: [],
  },
);

describeArguments(
  "settings",
  async () => {
    const { app, ...harness } = await open();
    const source = new Map<string, unknown>();
    const settings = createSettings(harness.store, "s", {
      get: () => undefined,
      put: (name, value) => void source.set(name, value),
    });
    return { ...harness, calls: settings, state: async () => [await harness.state(), source.size] };
  },
  { get: ["x"], putVariable: ["x", 1, { ...by, expectedVersion: 0 }] },
);

const x = float({ default: 1 });
const store = createStore({ types: builtinTypes });
await store.createSession({ id: "s" });
/** Of a class of its own, so that nothing in it is replaced. */
const whole: unknown = Object.assign(Object.create({}), store);
const timers: unknown = Object.assign(Object.create({}), systemTimers);

describeArguments(
  "opening",
  async () => ({
    calls: {
      openSession: async (...args: Parameters<typeof openSession>) => (await openSession(...args)).close(),
      observeSession: async (...args: Parameters<typeof observeSession>) => (await observeSession(...args)).close(),
      createSettings,
    },
    state: async () => (await store.listSessions()).items.length,
    isThrowing: true,
  }),
  {
    openSession: [
      whole,
      "s",
      { x: { ...x, type: Object.assign(Object.create({}), x.type) } },
      {
        names: { x: "y" },
        origin: "typescript",
        signal: undefined,
        timeoutMs: 1000,
        livenessTimeoutMs: 1000,
        onError: () => {},
        reportReads: { reportClientReads: async () => {} },
        reportReadsMs: 1000,
        timers,
        create: true,
        ttlMs: 60_000,
        metadata: {},
        actor: "ada",
      },
    ],
    observeSession: [whole, "s", { onError: () => {}, capacity: 1, livenessTimeoutMs: 1000, timers }],
    createSettings: [whole, "s", Object.assign(Object.create({}), { get: () => 1, put: () => {} })],
  },
);
