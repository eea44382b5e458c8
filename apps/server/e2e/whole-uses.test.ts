import { createStoreClient } from "@trimtab/client";
import { isStoreError, type Store, type VariableSpec } from "@trimtab/core";
import { describe, expect, onTestFinished, test } from "vitest";
import { openServer, transports } from "./open-server.ts";

/** What a call is refused with. */
const refusalOf = (call: Promise<unknown>): Promise<unknown> =>
  call.then(
    () => "done",
    (error: unknown) => (isStoreError(error) ? { reason: error.reason, ...error.details } : error),
  );

// Variables as people use them, from the first call to the last, over each way to a server.
describe.each(Object.entries(transports))("over %s", (_, createTransport) => {
  async function open(): Promise<Store> {
    const server = await openServer();
    onTestFinished(() => server.close());
    return createStoreClient(createTransport(server.url));
  }

  test("the settings of a model are registered, written, listed and cleaned up", async () => {
    const store = await open();
    const { id: session } = await store.createSession();
    const register = async (spec: VariableSpec) => (await store.registerVariable(session, spec)).variable.id;
    const models = ["gpt-4", "gpt-3.5-turbo", "claude-3-opus", "gemini-pro"];
    const strategies = ["Predict", "ChainOfThought", "ReAct", "ProgramOfThought"];
    const temperature = { name: "temperature", type: "float", value: 0.7, description: "how freely words are chosen" };
    const id = await register({ ...temperature, constraints: { min: 0, max: 2 } });
    await register({ name: "llm_model", type: "choice", value: "gpt-4", constraints: { choices: models } });
    const affects = ["reasoning_depth", "token_usage", "latency"];
    const strategy = { name: "reasoning_strategy", type: "module", value: "ChainOfThought", metadata: { affects } };
    await register({ ...strategy, constraints: { choices: strategies } });
    expect(id).toMatch(/^var_temperature_[1-9]\d*$/);

    const metadata = { source: "bayesian_optimizer", iteration: 15, improvement: 0.03 };
    await store.setVariable(session, id, 0.9, { metadata });
    const broken = { reason: "constraint_violation", constraint: "max", limit: 2, value: 2.5 };
    expect(await refusalOf(store.setVariable(session, "temperature", 2.5))).toMatchObject(broken);
    expect(await refusalOf(store.setVariable(session, "reasoning_strategy", "Guess"))).toMatchObject({
      reason: "constraint_violation",
      constraint: "choices",
    });
    const { items } = await store.listVariables(session);
    expect(items).toMatchObject([
      { name: "temperature", value: 0.9, version: 1, updatedBy: "bayesian_optimizer", metadata },
      { name: "llm_model", value: "gpt-4", version: 0 },
      { name: "reasoning_strategy", value: "ChainOfThought", version: 0, metadata: { affects } },
    ]);
    await store.deleteVariable(session, id);
    expect(await refusalOf(store.getVariable(session, "temperature"))).toMatchObject({ reason: "not_found" });
    expect((await store.getSession(session)).stats).toMatchObject({ variableCount: 2, totalVariableUpdates: 4 });
  });

  test("a monitor is told of every value, by whom, and once what it heard is too much", async () => {
    const store = await open();
    await store.createSession({ id: "s" });
    await store.registerVariable("s", { name: "temperature", type: "float", value: 0.7 });
    const heard: unknown[] = [];
    const watch = store.watch("s", { refs: ["temperature"] });
    const monitor = (async () => {
      for await (const event of watch) {
        if (event.kind === "snapshot") heard.push(event.variables.map(({ value }) => value));
        if (event.kind !== "changes") continue;
        for (const { value, metadata } of event.changes) heard.push([value, metadata["source"], Number(value) > 1.5]);
        if (heard.length === 4) return;
      }
    })();
    await expect.poll(() => heard).toHaveLength(1);
    for (const [value, source] of [
      [0.9, "ada"],
      [1.8, "sweep"],
      [0.5, "ada"],
    ] as const)
      await store.setVariable("s", "temperature", value, { metadata: { source } });
    await monitor;
    expect(heard).toEqual([[0.7], [0.9, "ada", false], [1.8, "sweep", true], [0.5, "ada", false]]);
  });

  test("what is shared with optimizers is tuned by one of them, read by anybody, and taken back", async () => {
    const store = await open();
    for (const id of ["s", "optimizer_1", "optimizer_2", "guest"]) await store.createSession({ id });
    await store.registerVariable("s", { name: "base_temperature", type: "float", value: 0.5 });
    const affects = ["creativity", "consistency"];
    await store.registerVariable("s", {
      name: "temperature",
      type: "float",
      value: 0.7,
      constraints: { min: 0, max: 2, step: 0.1 },
      dependencies: ["base_temperature"],
      accessRules: [
        { sessionPattern: "any", permissions: ["read"] },
        { sessionPattern: "optimizer_*", permissions: ["read", "write", "optimize"] },
      ],
      metadata: { affects, optimization_target: true },
    });
    expect((await store.getVariable("guest", "s/temperature")).value).toBe(0.7);
    expect(await refusalOf(store.setVariable("guest", "s/temperature", 1))).toMatchObject({ reason: "access_denied" });
    expect(await refusalOf(store.getVariable("guest", "s/base_temperature"))).toMatchObject({
      reason: "access_denied",
    });

    const objective = { metric: "quality", direction: "maximize" } as const;
    const settings = { optimizer: "bayesian", maxIterations: 100, objective };
    const { optimization, fencingToken } = await store.startOptimization("optimizer_1", ["s/temperature"], settings);
    const lease = { optimization: optimization.id.replace(/^.*\//, ""), fencingToken };
    const second = await refusalOf(store.startOptimization("optimizer_2", ["s/temperature"], settings));
    expect(second).toMatchObject({ reason: "already_optimizing" });
    for (const [value, quality] of [
      [0.9, 0.8],
      [1.2, 0.95],
      [1.5, 0.6],
    ] as const)
      await store.setVariable("optimizer_1", "s/temperature", value, { lease, metadata: { metrics: { quality } } });
    const status = await store.getOptimizationStatus("s", { kind: "variable", ref: "temperature" });
    expect(status).toMatchObject({
      optimizing: true,
      optimization: { iteration: 3, best: { metrics: { quality: 0.95 } } },
    });
    expect(Object.values(status.optimization?.best?.values ?? {})).toEqual([1.2]);
    await store.stopOptimization("s", { kind: "variable", ref: "temperature" });

    const metadata = { reason: "optimization_failed" };
    await store.rollbackVariable("s", "temperature", { kind: "version", version: 0 }, { metadata });
    expect(await store.getVariable("s", "temperature")).toMatchObject({ value: 0.7, version: 4 });
    const { items } = await store.listVariableHistory("s", "temperature", { includeMetadata: true, pageSize: 2 });
    expect(items).toMatchObject([
      { version: 4, value: 0.7, metadata: { ...metadata, rolled_back_from: 3, rolled_back_to: 0 } },
      { version: 3, value: 1.5 },
    ]);
  });
});
