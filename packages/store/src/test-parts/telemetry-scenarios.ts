import { type AccessControl, type AccessRule, isStoreError, type TelemetryName } from "@trimtab/core";
import { cel } from "@trimtab/expressions";
import { builtinTypes } from "@trimtab/types";
import { expect, onTestFinished } from "vitest";
import { createStore } from "../create-store.ts";
import type { LocalStore } from "../local-store.ts";

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

/** Opens a store with session `s` and variable `n`, in which nobody may do anything with what is not its own. */
export async function openStore(): Promise<LocalStore> {
  const clock = { now: () => Date.parse("2026-01-01"), elapsed: () => time.elapsedMs };
  const store = createStore({ types: builtinTypes, expressions: cel, clock, access: nobody });
  onTestFinished(() => store.close());
  await store.createSession({ id: "s" });
  await store.registerVariable("s", { name: "n", type: "integer", value: 1, constraints: { max: 10 } });
  return store;
}

/** Expects a refusal. */
export const refused = async (call: Promise<unknown>): Promise<void> => {
  await call.then(
    () => expect.unreachable("it is refused"),
    (error: unknown) => expect(isStoreError(error)).toBe(true),
  );
};

/** What makes an event happen, and what is told then. */
export interface Scenario {
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

export const one = { count: 1 };
export const s = { session_id: "s" };
export const n = { ...s, variable_id: "var_n_1" };

/** What makes each event happen, and what is told then. Every event that is declared has its row. */
export const scenarios: { readonly [Name in TelemetryName]: Scenario } = {
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
