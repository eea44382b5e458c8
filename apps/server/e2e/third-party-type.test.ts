import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { createStoreClient, openSession } from "@trimtab/client";
import { createStore } from "@trimtab/store";
import { builtinTypes } from "@trimtab/types";
import { afterAll, describe, expect, expectTypeOf, test, vi } from "vitest";
import { openServer, transports } from "./open-server.ts";
import { type Money, money, moneyType } from "./test-parts/money-type.ts";

const closing: (() => Promise<unknown>)[] = [];
afterAll(async () => {
  for (const close of closing.reverse()) await close();
});

/** What every program does with a type that it brings along, whatever the store is reached by. */
async function useMoney(store: Parameters<typeof openSession>[0], session: string): Promise<void> {
  const app = await openSession(store, session, {
    budget: money({ currency: "EUR", max: 1000, default: { amount: 250n, currency: "EUR" } }),
  });
  const { budget } = app.variables;
  expectTypeOf(budget.value).toEqualTypeOf<Money>();
  expect(budget.value).toEqual({ amount: 250n, currency: "EUR" });

  const seen: Money[] = [];
  budget.subscribe((value) => seen.push(value));
  await budget.set({ amount: 999n, currency: "EUR" });
  await budget.update(({ amount, currency }) => ({ amount: amount / 2n, currency }));
  expect(budget.value.amount).toBe(499n);
  await vi.waitUntil(() => seen.length === 2);
  expect(seen.map(({ amount }) => amount)).toEqual([999n, 499n]);

  const foreign = store.setVariable(session, "budget", { amount: 5n, currency: "USD" });
  await expect(foreign).rejects.toMatchObject({
    reason: "constraint_violation",
    message: "budget.currency: USD is not EUR",
    details: { constraint: "currency", limit: "EUR", value: "USD" },
  });
  await expect(store.setVariable(session, "budget", 5)).rejects.toMatchObject({ reason: "validation_failed" });
  const variable = await store.getVariable(session, "budget");
  expect([variable.type, variable.version, variable.value]).toEqual(["money", 2, { amount: 499, currency: "EUR" }]);

  await store.registerVariable(session, { name: "small", type: "money", value: "1.50 EUR", constraints: {} });
  expect((await store.getVariable(session, "small")).value).toEqual({ amount: 150, currency: "EUR" });
  const badLimit = { name: "bad", type: "money", value: "1 EUR", constraints: { currency: "Euro" } };
  await expect(store.registerVariable(session, badLimit)).rejects.toMatchObject({
    reason: "invalid_constraints",
    details: { type: "money", field: "currency" },
  });
  await app.close();
}

describe("a type that Trimtab does not know", () => {
  test("works in process", async () => {
    const store = createStore({ types: [...builtinTypes, moneyType] });
    closing.push(() => store.close());
    await useMoney(store, "s");
  });

  test.each(Object.entries(transports))("works over %s", async (_, createTransport) => {
    const server = await openServer({}, { types: [moneyType] });
    closing.push(() => server.close());
    await useMoney(createStoreClient(createTransport(server.url)), "s");
  });

  test("is brought to the server by a module that --types names", async () => {
    const folder = mkdtempSync(join(tmpdir(), "trimtab-types-"));
    closing.push(async () => rmSync(folder, { recursive: true, force: true }));
    const url = await spawnServer(
      folder,
      "--types",
      fileURLToPath(new URL("test-parts/money-type.ts", import.meta.url)),
    );
    const [createTransport] = Object.values(transports);
    if (createTransport === undefined) return expect.fail("no transport");
    await useMoney(createStoreClient(createTransport(url)), "s");
  });

  test("that is not installed is refused by name", async () => {
    const server = await openServer();
    closing.push(() => server.close());
    await server.store.createSession({ id: "s" });
    const spec = { name: "budget", type: "money", value: "1 EUR" };
    await expect(server.store.registerVariable("s", spec)).rejects.toMatchObject({
      reason: "invalid_type",
      message: "Unknown type: money",
    });
  });
});

/** Starts the server as a process of its own, as its command does, and gives its address. */
async function spawnServer(folder: string, ...flags: string[]): Promise<string> {
  const main = fileURLToPath(new URL("../src/main.ts", import.meta.url));
  const child = spawn(
    process.execPath,
    ["--conditions=@trimtab/source", main, "--listen", "127.0.0.1:0", "--log", "memory", ...flags],
    { cwd: folder, stdio: ["ignore", "pipe", "inherit"] },
  );
  closing.push(async () => {
    const exited = new Promise((resolve) => child.once("exit", resolve));
    child.kill("SIGTERM");
    await exited;
  });
  for await (const line of createInterface(child.stdout)) {
    const url = /^listening on (\S+)$/.exec(line)?.[1];
    if (url !== undefined) return url;
  }
  return expect.fail("the server ended without listening");
}
