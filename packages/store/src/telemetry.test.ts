import {
  type AccessControl,
  type AliasedEvent,
  isStoreError,
  listenByAlias,
  type TelemetryAlias,
  type TelemetryEvent,
  type TelemetryName,
} from "@trimtab/core";
import { cel } from "@trimtab/expressions";
import { builtinTypes } from "@trimtab/types";
import { describe, expect, onTestFinished, test } from "vitest";
import { createStore, type LocalStore } from "./create-store.ts";

const time = { elapsedMs: 0 };

/** Lets nobody do anything with what is not its own. */
const nobody: AccessControl = { authorize: () => ({ allowed: false, basis: "no-rule" }), explain: () => [] };

async function openStore(): Promise<LocalStore> {
  const clock = { now: () => Date.parse("2026-01-01"), elapsed: () => time.elapsedMs };
  const store = createStore({ types: builtinTypes, expressions: cel, clock, access: nobody });
  onTestFinished(() => store.close());
  await store.createSession({ id: "s" });
  await store.registerVariable("s", { name: "n", type: "integer", value: 1, constraints: { max: 10 } });
  return store;
}

const refused = async (call: Promise<unknown>): Promise<void> => {
  await call.then(
    () => expect.unreachable("it is refused"),
    (error: unknown) => expect(isStoreError(error)).toBe(true),
  );
};

interface Scenario {
  readonly act: (store: LocalStore) => Promise<unknown>;
  readonly measurements: object;
  readonly metadata: object;
}

const one = { count: 1 };
const s = { session_id: "s" };
const n = { ...s, variable_id: "var_n_1" };

/** What makes each event happen, and what is told then. Every event that is declared has its row. */
const scenarios: { readonly [Name in TelemetryName]: Scenario } = {
  "dspex.bridge.variable.registered": {
    act: (store) => store.registerVariable("s", { name: "t", type: "float", value: 0.5 }, { origin: "python" }),
    measurements: one,
    metadata: { ...s, variable_id: "var_t_2", type: "float", name: "t", source: "python" },
  },
  "dspex.bridge.variable.updated": {
    act: (store) => store.setVariable("s", "n", 2, { metadata: { source: "bayesian_optimizer" } }),
    measurements: { old_value: 1, new_value: 2, update_duration_ms: expect.any(Number), version: 1 },
    metadata: {
      ...n,
      type: "integer",
      update_source: "bayesian_optimizer",
      metadata: { source: "bayesian_optimizer" },
    },
  },
  "dspex.bridge.variable.deleted": {
    act: (store) => store.deleteVariable("s", "n"),
    measurements: one,
    metadata: { ...n, name: "n" },
  },
  "dspex.bridge.variables.batch_update": {
    act: (store) => store.setVariables("s", { n: 3, unknown: 4 }, { atomic: false }),
    measurements: { count: 2, duration_us: expect.any(Number), success_count: 1 },
    metadata: s,
  },
  "dspex.bridge.variables.access_check": {
    act: async (store) => {
      await store.createSession({ id: "guest" });
      await refused(store.as({ id: "bob", sessions: ["guest"] }).setVariable("guest", "s/n", 2));
    },
    measurements: { duration_us: expect.any(Number) },
    metadata: {
      ...n,
      permission: "write",
      result: "denied",
      caller_session_id: "guest",
      principal: "bob",
      rule_id: "",
    },
  },
  "dspex.variables.optimization_started": {
    act: (store) => store.startOptimization("s", ["n"], { optimizer: "tpe" }),
    measurements: one,
    metadata: { ...s, optimization_id: expect.any(String), optimizer: "tpe" },
  },
  "dspex.variables.optimization_completed": {
    act: async (store) => {
      const { optimization, fencingToken } = await store.startOptimization("s", ["n"], { optimizer: "tpe" });
      await store.stopOptimization("s", { kind: "optimization", id: optimization.id }, { fencingToken });
    },
    measurements: one,
    metadata: { ...s, optimization_id: expect.any(String), outcome: expect.any(String) },
  },
  "dspex.bridge.variables.optimization.iteration": {
    act: async (store) => {
      const objective = { metric: "loss", direction: "minimize" } as const;
      const { optimization, fencingToken } = await store.startOptimization("s", ["n"], { optimizer: "tpe", objective });
      await store.reportProgress("s", optimization.id, {
        fencingToken,
        iteration: 1,
        values: { n: 4 },
        metrics: { loss: 0.5 },
      });
    },
    measurements: { iteration: 1, current_value: 4, metric_value: 0.5 },
    metadata: { ...n, optimization_id: expect.any(String) },
  },
  "trimtab.variable.read": { act: (store) => store.getVariable("s", "n"), measurements: one, metadata: n },
  "trimtab.variables.batch_read": {
    act: (store) => store.getVariables("s", ["n", "unknown"]),
    measurements: { count: 2, found_count: 1 },
    metadata: s,
  },
  "trimtab.variable.validation_failed": {
    act: (store) => refused(store.setVariable("s", "n", "text")),
    measurements: one,
    metadata: { ...s, field: "n", type: "integer" },
  },
  "trimtab.variable.constraint_violation": {
    act: (store) => refused(store.setVariable("s", "n", 11)),
    measurements: one,
    metadata: { ...s, field: "n", type: "integer", constraint: "max" },
  },
  "trimtab.session.created": {
    act: (store) => store.createSession({ id: "other" }),
    measurements: one,
    metadata: { session_id: "other" },
  },
  "trimtab.session.accessed": { act: (store) => store.getVariable("s", "n"), measurements: one, metadata: s },
  "trimtab.session.deleted": { act: (store) => store.deleteSession("s"), measurements: one, metadata: s },
  "trimtab.session.expired": {
    act: async (store) => {
      await store.createSession({ id: "short", ttlMs: 1000 });
      time.elapsedMs += 1001;
      await store.sweep();
    },
    measurements: one,
    metadata: { session_id: "short" },
  },
  "trimtab.program.stored": {
    act: (store) => store.putProgram("s", "p", { a: 1 }),
    measurements: one,
    metadata: { ...s, program_id: "p" },
  },
  "trimtab.program.retrieved": {
    act: async (store) => {
      await store.putProgram("s", "p", { a: 1 });
      await store.getProgram("s", "p");
    },
    measurements: one,
    metadata: { ...s, program_id: "p" },
  },
  "trimtab.program.deleted": {
    act: async (store) => {
      await store.putProgram("s", "p", { a: 1 });
      await store.deleteProgram("s", "p");
    },
    measurements: one,
    metadata: { ...s, program_id: "p" },
  },
  "trimtab.dependency.added": {
    act: async (store) => {
      await store.registerVariable("s", { name: "m", type: "integer", value: 1 });
      await store.addDependency("s", { variable: "m", dependsOn: "n", kind: "optimization" });
    },
    measurements: one,
    metadata: { ...s, variable_id: "var_m_2", depends_on: "var_n_1", type: "optimization" },
  },
  "trimtab.dependency.cycle_detected": {
    act: (store) => refused(store.addDependency("s", { variable: "n", dependsOn: "n" })),
    measurements: { count: 1, length: expect.any(Number) },
    metadata: s,
  },
  "trimtab.dependency.propagation_completed": {
    act: async (store) => {
      const derivation = { kind: "expression", expression: "n + 1" } as const;
      await store.registerVariable("s", { name: "m", type: "integer", derivation });
      await store.setVariable("s", "n", 5);
    },
    measurements: one,
    metadata: { ...s, root_ids: ["var_n_1"] },
  },
};

describe("every event that is declared happens", () => {
  test.each(Object.entries(scenarios))("%s", async (name, { act, measurements, metadata }) => {
    const store = await openStore();
    const heard: TelemetryEvent[] = [];
    store.telemetry.on(name as TelemetryName, (event) => heard.push(event));
    await act(store);
    expect(heard).toEqual([{ kind: name, measurements, metadata }]);
  });
});

const aliases: { readonly [Name in TelemetryAlias]: Scenario } = {
  "dspex.variables.registered": {
    ...scenarios["dspex.bridge.variable.registered"],
    metadata: { variable_id: "var_t_2", type: "float", name: "t" },
  },
  "dspex.variables.update": {
    ...scenarios["dspex.bridge.variable.updated"],
    measurements: { value: 2 },
    metadata: { variable_id: "var_n_1", type: "integer", metadata: { source: "bayesian_optimizer" } },
  },
  "snakepit.session_store.variable.registered": {
    ...scenarios["dspex.bridge.variable.registered"],
    metadata: { ...s, type: "float" },
  },
  "snakepit.session_store.variable.get": {
    ...scenarios["trimtab.variable.read"],
    metadata: { ...s, cache_hit: false },
  },
  "snakepit.session_store.variable.updated": {
    ...scenarios["dspex.bridge.variable.updated"],
    measurements: { count: 1, version: 1 },
    metadata: { ...s, type: "integer" },
  },
};

describe("every other name of an event is heard under it", () => {
  test.each(Object.entries(aliases))("%s", async (name, { act, measurements, metadata }) => {
    const store = await openStore();
    const heard: AliasedEvent[] = [];
    listenByAlias(store.telemetry, name as TelemetryAlias, (event) => heard.push(event));
    await act(store);
    expect(heard).toEqual([{ kind: name, measurements, metadata }]);
  });
});

describe("telemetry", () => {
  test("tells nothing of the values of a variable that was registered as sensitive, nor of what comes of it", async () => {
    const store = await openStore();
    await store.registerVariable("s", { name: "key", type: "integer", value: 777, sensitive: true });
    const derivation = { kind: "expression", expression: "key * 2" } as const;
    await store.registerVariable("s", { name: "double", type: "integer", derivation });
    const heard: TelemetryEvent[] = [];
    store.telemetry.on("*", (event) => heard.push(event));
    await store.setVariable("s", "key", 888, { metadata: { note: "888" } });
    const updates = heard.filter(({ kind }) => kind === "dspex.bridge.variable.updated");
    expect(updates.map(({ metadata }) => metadata)).toMatchObject([
      { variable_id: "var_key_2" },
      { variable_id: "var_double_3" },
    ]);
    expect(JSON.stringify(heard)).not.toMatch(/777|888|1554|1776/);
  });

  test("tells nothing of the values of a sensitive variable", async () => {
    const store = await openStore();
    await store.registerVariable("s", { name: "key", type: "string", value: "a", metadata: { sensitive: true } });
    const heard: TelemetryEvent[] = [];
    store.telemetry.on("*", (event) => heard.push(event));
    await store.setVariable("s", "key", "secret", { metadata: { note: "secret" } });
    expect(heard.map(({ kind }) => kind)).toContain("dspex.bridge.variable.updated");
    expect(JSON.stringify(heard)).not.toContain("secret");
  });

  test("tells of a request that is made twice once, and of none that was only to be validated", async () => {
    const store = await openStore();
    const heard: string[] = [];
    store.telemetry.on("dspex.bridge.variable.updated", ({ kind }) => heard.push(kind));
    await store.setVariable("s", "n", 2, { requestId: "r" });
    await store.setVariable("s", "n", 2, { requestId: "r" });
    expect(heard).toHaveLength(1);
  });

  test("tells of every refusal in a batch, and that none was written", async () => {
    const store = await openStore();
    await store.registerVariable("s", { name: "m", type: "integer", value: 1, constraints: { max: 10 } });
    const heard: TelemetryEvent[] = [];
    store.telemetry.on("*", (event) => heard.push(event));
    await refused(store.setVariables("s", { n: 11, m: "text" }));
    expect(heard.map(({ kind }) => kind)).toEqual([
      "trimtab.variable.constraint_violation",
      "trimtab.variable.validation_failed",
      "dspex.bridge.variables.batch_update",
    ]);
    expect(heard.at(-1)?.measurements).toMatchObject({ count: 2, success_count: 0 });
  });

  test("is not disturbed by a listener that throws, and stops when told to", async () => {
    const store = await openStore();
    const heard: number[] = [];
    const stopThrowing = store.telemetry.on("*", () => {
      throw new Error("listener");
    });
    const stop = store.telemetry.on("dspex.bridge.variable.updated", ({ measurements }) =>
      heard.push(measurements.version),
    );
    await store.setVariable("s", "n", 2);
    stop();
    stop();
    expect(store.telemetry.isHeard).toBe(true);
    stopThrowing();
    expect(store.telemetry.isHeard).toBe(false);
    await store.setVariable("s", "n", 3);
    expect(heard).toEqual([1]);
  });

  test("makes no event while nobody listens", async () => {
    const store = await openStore();
    const made: unknown[] = [];
    const { emit } = store.telemetry;
    const watched = createStore({
      types: builtinTypes,
      telemetry: { ...store.telemetry, isHeard: false, hears: () => false, emit: (event) => made.push(emit(event)) },
    });
    onTestFinished(() => watched.close());
    await watched.createSession({ id: "s" });
    await watched.registerVariable("s", { name: "n", type: "integer", value: 1 });
    await watched.setVariables("s", { n: 2 });
    await watched.getVariables("s", ["n"]);
    await watched.listVariables("s");
    await refused(watched.setVariable("s", "n", "text"));
    expect(made).toEqual([]);
  });
});
