import {
  type AliasedEvent,
  listenByAlias,
  type TelemetryAlias,
  type TelemetryEvent,
  type TelemetryName,
} from "@trimtab/core";
import { describe, expect, test } from "vitest";
import { n, one, openStore, type Scenario, s, scenarios } from "./test-parts/telemetry-scenarios.ts";

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
