import {
  type AccessControl,
  type AccessRule,
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
import { createStore } from "./create-store.ts";
import type { LocalStore } from "./local-store.ts";

const time = { elapsedMs: 0 };

const noRule: AccessRule = {
  id: "nobody",
  effect: "deny",
  sessionPattern: "*",
  permissions: ["read", "write"],
  conditions: {},
  when: "",
  priority: 0,
  description: "",
};

/** Lets nobody do anything with what is not its own. */
const nobody: AccessControl = {
  authorize: ({ caller, owner }) => ({ allowed: caller.session === owner, basis: "no-rule" }),
  explain: () => [{ rule: noRule, sessionWide: true, matched: true, whyNot: "" }],
};

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
  /** How often it is told; once unless given. */
  readonly times?: number;
}

const writeAsGuest = async (store: LocalStore): Promise<void> => {
  await store.createSession({ id: "guest" });
  await refused(store.as({ id: "bob", sessions: ["guest"] }).setVariable("guest", "s/n", 2));
};

/** Of two variables that depend on what is written, one is computed and the other fails. */
const deriveAndWrite = async (store: LocalStore): Promise<void> => {
  const derivation = (expression: string) => ({ kind: "expression", expression }) as const;
  await store.registerVariable("s", { name: "m", type: "integer", derivation: derivation("n + 1") });
  await store.registerVariable("s", { name: "k", type: "integer", derivation: derivation("10 / (n - 5)") });
  await store.setVariable("s", "n", 5);
};

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
    act: writeAsGuest,
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
    act: async (store) => {
      await store.registerVariable("s", { name: "m", type: "integer", value: 1 });
      await store.addDependency("s", { variable: "m", dependsOn: "n" });
      await refused(store.addDependency("s", { variable: "n", dependsOn: "m" }));
    },
    measurements: { count: 1, length: 2 },
    metadata: { ...s, cycle: ["n", "m", "n"] },
  },
  "trimtab.dependency.propagation_started": {
    act: deriveAndWrite,
    measurements: { affected_count: 2 },
    metadata: { ...s, root_ids: ["var_n_1"] },
  },
  "trimtab.dependency.propagation_completed": {
    act: deriveAndWrite,
    measurements: { count: 1, failed_count: 1 },
    metadata: { ...s, root_ids: ["var_n_1"] },
  },
  "trimtab.optimization.lock_acquired": {
    act: async (store) => {
      const first = await store.startOptimization("s", ["n"], { optimizer: "first" });
      const second = store.startOptimization("s", ["n"], { optimizer: "second", onConflict: "wait" });
      await store.stopOptimization("s", { kind: "optimization", id: first.optimization.id });
      await second;
    },
    measurements: { count: 1, wait_time_ms: expect.any(Number) },
    metadata: { ...s, optimization_id: expect.any(String), variable_ids: ["var_n_1"] },
    times: 2,
  },
  "trimtab.optimization.lock_conflict": {
    act: async (store) => {
      await store.startOptimization("s", ["n"], { optimizer: "first", actor: "ada" });
      await refused(store.startOptimization("s", ["n"], { optimizer: "second" }));
    },
    measurements: one,
    metadata: { ...s, optimization_id: expect.any(String), variable: "n", holder: "ada" },
  },
  "trimtab.optimization.progress": {
    act: async (store) => {
      const objective = { metric: "loss", direction: "minimize" } as const;
      const { optimization, fencingToken } = await store.startOptimization("s", ["n"], { optimizer: "tpe", objective });
      await store.reportProgress("s", optimization.id, { fencingToken, metrics: { loss: 0.5 } });
    },
    measurements: { iteration: 1, metric_value: 0.5, best_value: 0.5 },
    metadata: { ...s, optimization_id: expect.any(String), optimizer: "tpe" },
  },
  "trimtab.optimization.preempted": {
    act: async (store) => {
      await store.startOptimization("s", ["n"], { optimizer: "first" });
      await store.startOptimization("s", ["n"], { optimizer: "second", onConflict: "preempt", priority: 1 });
    },
    measurements: one,
    metadata: {
      ...s,
      optimization_id: expect.stringMatching(/^optimization_3_/),
      preempted_by: expect.stringMatching(/^optimization_4_/),
    },
  },
  "trimtab.access_control.rule_evaluated": {
    act: writeAsGuest,
    measurements: one,
    metadata: { ...n, permission: "write", rule_id: "nobody", matched: true },
  },
  "trimtab.access_control.violation": {
    act: writeAsGuest,
    measurements: one,
    metadata: { session_id: "guest", principal: "bob", permission: "write", reason: "access_denied" },
  },
};

describe("every event that is declared happens", () => {
  test.each(Object.entries(scenarios))("%s", async (name, { act, measurements, metadata, times = 1 }) => {
    const store = await openStore();
    const heard: TelemetryEvent[] = [];
    store.telemetry.on(name as TelemetryName, (event) => heard.push(event));
    await act(store);
    expect(heard).toEqual(Array(times).fill({ kind: name, measurements, metadata }));
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
  "dspex.bridge.dependency.added": {
    ...scenarios["trimtab.dependency.added"],
    metadata: { ...s, from: "var_m_2", to: "var_n_1", type: "optimization" },
  },
  "dspex.bridge.dependency.cycle_detected": {
    ...scenarios["trimtab.dependency.cycle_detected"],
    measurements: one,
    metadata: { ...s, from: "n", to: "m" },
  },
  "dspex.bridge.dependency.propagation_started": {
    ...scenarios["trimtab.dependency.propagation_started"],
    metadata: { ...s, source_var: "var_n_1" },
  },
  "dspex.bridge.dependency.propagation_completed": {
    ...scenarios["trimtab.dependency.propagation_completed"],
    measurements: { updated_count: 1 },
    metadata: { ...s, source_var: "var_n_1" },
  },
  "dspex.access_control.check": {
    ...scenarios["dspex.bridge.variables.access_check"],
    metadata: { ...n, permission: "write", result: "denied", cache_hit: false },
  },
  "dspex.access_control.rule_evaluated": {
    ...scenarios["trimtab.access_control.rule_evaluated"],
    metadata: { rule_id: "nobody", matched: true },
  },
  "dspex.access_control.violation": {
    ...scenarios["trimtab.access_control.violation"],
    metadata: { session_id: "guest", permission: "write", reason: "access_denied" },
  },
  "snakepit.session_store.variable.deleted": { ...scenarios["dspex.bridge.variable.deleted"], metadata: s },
  "snakepit.session_store.variable.validation_failed": {
    ...scenarios["trimtab.variable.validation_failed"],
    metadata: { ...s, type: "integer" },
  },
  "snakepit.session_store.variable.constraint_violation": {
    ...scenarios["trimtab.variable.constraint_violation"],
    metadata: { ...s, type: "integer" },
  },
  "snakepit.session_store.variables.batch_get": {
    ...scenarios["trimtab.variables.batch_read"],
    measurements: { count: 2 },
  },
  "snakepit.session_store.variables.batch_update": {
    ...scenarios["dspex.bridge.variables.batch_update"],
    measurements: { count: 2 },
  },
  "snakepit.session_store.session.created": scenarios["trimtab.session.created"],
  "snakepit.session_store.session.accessed": scenarios["trimtab.session.accessed"],
  "snakepit.session_store.session.deleted": scenarios["trimtab.session.deleted"],
  "snakepit.session_store.session.expired": scenarios["trimtab.session.expired"],
  "snakepit.session_store.program.stored": scenarios["trimtab.program.stored"],
  "snakepit.session_store.program.retrieved": scenarios["trimtab.program.retrieved"],
  "snakepit.session_store.program.deleted": scenarios["trimtab.program.deleted"],
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

  test("tells of a value that was computed or restored how it came about, as its history does", async () => {
    const store = await openStore();
    await store.registerVariable("s", {
      name: "m",
      type: "integer",
      derivation: { kind: "expression", expression: "n + 1" },
    });
    const heard: TelemetryEvent<"dspex.bridge.variable.updated">[] = [];
    store.telemetry.on("dspex.bridge.variable.updated", (event) => heard.push(event));
    await store.setVariable("s", "n", 2, { metadata: { source: "ada", why: "test" } });
    await store.rollbackVariable("s", "n", { kind: "version", version: 0 }, { metadata: { source: "ada" } });
    const computed = { update_source: "var_n_1", metadata: { reason: "dependency", source: "var_n_1" } };
    expect(heard.map(({ metadata }) => metadata)).toMatchObject([
      { variable_id: "var_n_1", update_source: "ada", metadata: { source: "ada", why: "test" } },
      { variable_id: "var_m_2", ...computed },
      { variable_id: "var_n_1", metadata: { source: "ada", rolled_back_from: 1, rolled_back_to: 0 } },
      { variable_id: "var_m_2", ...computed },
    ]);
    for (const ref of ["n", "m"]) {
      const { items } = await store.listVariableHistory("s", ref);
      const told = heard.filter(({ metadata }) => metadata.variable_id.includes(ref));
      expect(told.map(({ metadata }) => metadata.metadata)).toEqual([items[1]?.metadata, items[0]?.metadata]);
    }
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

  test("tells of a permission that is lacking for each part of a batch, and where a watch is refused", async () => {
    const store = await openStore();
    await store.registerVariable("s", { name: "m", type: "integer", value: 1 });
    await store.createSession({ id: "guest" });
    const bob = store.as({ id: "bob", sessions: ["guest"] });
    const heard: string[] = [];
    store.telemetry.on("trimtab.access_control.violation", ({ metadata }) => heard.push(metadata.permission));
    await refused(bob.setVariables("guest", { "s/n": 2, "s/m": 2 }));
    expect(heard).toEqual(["write", "write"]);
    await bob.setVariables("guest", { "s/n": 2, "s/m": 2 }, { atomic: false });
    expect(heard).toHaveLength(4);
    await refused(
      bob
        .watch("guest", { refs: ["s/n"] })
        [Symbol.asyncIterator]()
        .next(),
    );
    expect(heard.slice(4)).toEqual(["observe"]);
    await refused(bob.getVariable("s", "n"));
    expect(heard.slice(5)).toEqual(["act"]);
  });

  test("tells of what is for its owner alone as the session that called", async () => {
    const store = await openStore();
    await store.createSession({ id: "guest" });
    const bob = store.as({ id: "bob", sessions: ["guest"] });
    const heard: unknown[] = [];
    store.telemetry.on("trimtab.access_control.violation", ({ metadata }) => heard.push(metadata));
    await refused(bob.setVariablePermissions("guest", "s/n", []));
    await refused(bob.getOptimizationStatus("guest", { kind: "variable", ref: "s/n" }));
    expect(heard).toEqual(
      Array(2).fill({ session_id: "guest", principal: "bob", permission: "own", reason: "not_owner" }),
    );
  });

  test("tells of an optimization's iterations as often as it is told to, and of the last", async () => {
    const store = await openStore();
    const heard: [string, number][] = [];
    for (const kind of ["trimtab.optimization.progress", "dspex.bridge.variables.optimization.iteration"] as const) {
      store.telemetry.on(kind, ({ measurements }) => heard.push([kind.slice(0, 5), measurements.iteration]));
    }
    const options = { optimizer: "tpe", feedbackInterval: 3, maxIterations: 10 };
    const { optimization, fencingToken } = await store.startOptimization("s", ["n"], options);
    for (const iteration of [1, 2, 4, 5, 6, 7, 8, 10]) {
      await store.reportProgress("s", optimization.id, { fencingToken, iteration, values: { n: 2 } });
    }
    expect(heard.filter(([kind]) => kind === "trimt").map(([, iteration]) => iteration)).toEqual([4, 6, 10]);
    expect(heard.filter(([kind]) => kind === "dspex").map(([, iteration]) => iteration)).toEqual([4, 6, 10]);
    expect((await store.listOptimizationHistory("s")).items).toHaveLength(8);
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
