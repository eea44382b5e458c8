import { createStoreClient } from "@trimtab/client";
import type { Optimizer } from "@trimtab/store";
import { expect, onTestFinished, test } from "vitest";
import { openServer, transports } from "./open-server.ts";

const settle: Optimizer = async ({ variables, optimization, set }) => {
  const name = variables[0]?.name ?? "";
  await set({ [name]: optimization.config["to"] as number }, { metrics: { loss: 0 } });
};

test.each(Object.entries(transports))(
  "a server works with its own optimizers for callers by %s",
  async (_, connect) => {
    const server = await openServer({}, { store: { optimizers: { settle } } });
    onTestFinished(() => server.close());
    const store = createStoreClient(connect(server.url), { actor: "ada" });
    await store.createSession({ id: "s" });
    await store.registerVariable("s", { name: "x", type: "float", value: 1 });
    await store.startOptimization("s", ["x"], { optimizer: "settle", config: { to: 4 } });
    const status = () => store.getOptimizationStatus("s", { kind: "variable", ref: "x" });
    await expect.poll(async () => (await status()).optimization?.state).toBe("completed");
    expect((await status()).optimization).toMatchObject({
      iteration: 1,
      holder: "ada",
      best: { metrics: { loss: 0 } },
    });
    expect(await store.getVariable("s", "x")).toMatchObject({ value: 4, updatedBy: "ada" });
  },
);

test("an optimizer that is at work when its server stops has ended as stopped", async () => {
  const work: Optimizer = ({ signal }) => new Promise((resolve) => signal.addEventListener("abort", () => resolve()));
  const server = await openServer({}, { store: { optimizers: { work } } });
  const ended: string[] = [];
  server.store.telemetry.on("dspex.variables.optimization_completed", ({ metadata }) => ended.push(metadata.outcome));
  await server.store.createSession({ id: "s" });
  await server.store.registerVariable("s", { name: "x", type: "float", value: 1 });
  await server.store.startOptimization("s", ["x"], { optimizer: "work" });
  await server.close();
  expect(ended).toEqual(["stopped"]);
});
