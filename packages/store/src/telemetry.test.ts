import type { TelemetryEvent } from "@trimtab/core";
import { builtinTypes } from "@trimtab/types";
import { describe, expect, onTestFinished, test } from "vitest";
import { createStore } from "./create-store.ts";
import { openStore, refused } from "./test-parts/telemetry-scenarios.ts";

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
