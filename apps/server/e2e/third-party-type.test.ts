import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { createClient } from "@connectrpc/connect";
import { createConnectTransport, createGrpcTransport } from "@connectrpc/connect-node";
import { createStoreClient, openSession } from "@trimtab/client";
import { isStoreError } from "@trimtab/core";
import { float } from "@trimtab/types";
import { VariableService } from "@trimtab/wire/services";
import { afterAll, describe, expect, expectTypeOf, onTestFinished, test } from "vitest";
import { openServer, transports } from "./open-server.ts";
import { type Money, money, moneyType } from "./test-parts/money-type.ts";
import { startProcess } from "./test-parts/server-process.ts";

const moneyModule = fileURLToPath(new URL("./test-parts/money-type.ts", import.meta.url));

const declarations = {
  budget: money({ currency: "EUR", max: 100_000, default: { units: 5_000n, currency: "EUR" } }),
  temperature: float({ default: 0.7 }),
};

/** What programs do with a type, over the network, with a server that was given it. */
async function useMoney(baseUrl: string, createTransport = (url: string) => createGrpcTransport({ baseUrl: url })) {
  const app = await openSession(createStoreClient(createTransport(baseUrl)), "shop", declarations);
  onTestFinished(() => app.close());
  const { budget } = app.variables;
  expectTypeOf(budget.value).toEqualTypeOf<Money>();
  expect(budget.value).toEqual({ units: 5_000n, currency: "EUR" });

  const changes = budget.changes();
  const other = createStoreClient(createConnectTransport({ baseUrl, httpVersion: "2", useBinaryFormat: false }));
  await other.setVariable("shop", "budget", "12.50 EUR");
  const { value: change } = await changes.next();
  expect(change).toMatchObject({
    kind: "updated",
    version: 1,
    value: { units: 1_250n, currency: "EUR" },
    previous: { units: 5_000n, currency: "EUR" },
  });
  expect(await budget.set({ units: 2_000n, currency: "EUR" })).toMatchObject({ version: 2 });
  expect((await other.getVariable("shop", "budget")).value).toEqual({ currency: "EUR", units: 2_000 });
  return { app, other };
}

describe("a type from outside is as good as a built-in one", () => {
  test.each(Object.entries(transports))("over %s", async (_, createTransport) => {
    const server = await openServer({}, { types: [moneyType] });
    onTestFinished(() => server.close());
    await useMoney(server.url, createTransport);
    expect((await server.store.getVariable("shop", "budget")).type).toBe("acme.money");
  });

  test("also in what it refuses, on both sides of the network", async () => {
    const server = await openServer({}, { types: [moneyType] });
    onTestFinished(() => server.close());
    const { app, other } = await useMoney(server.url);
    const { revision } = await other.getSession("shop");
    const dollars = { units: 1n, currency: "USD" };
    const message = "budget: currency USD is not EUR";
    const details = { field: "budget", type: "acme.money", constraint: "currency", limit: "EUR" };
    const refusals = [app.variables.budget.set(dollars), other.setVariable("shop", "budget", { ...dollars })];
    for (const refusal of refusals) {
      const error = await refusal.catch((thrown: unknown) => thrown);
      expect(isStoreError(error, "constraint_violation") && error).toMatchObject({ message, details });
    }
    await expect(other.setVariable("shop", "budget", 3)).resolves.toMatchObject({ version: 3 });
    await expect(other.setVariable("shop", "budget", true)).rejects.toMatchObject({ reason: "validation_failed" });
    expect((await other.getSession("shop")).revision).toBe(revision + 1);
  });

  test("also in what the server tells of its types", async () => {
    const server = await openServer({}, { types: [moneyType] });
    onTestFinished(() => server.close());
    const client = createClient(VariableService, createGrpcTransport({ baseUrl: server.url }));
    const { types } = await client.listVariableTypes({});
    const info = types.find(({ name }) => name === "acme.money");
    expect(JSON.parse(info?.constraintsJsonSchema ?? "")).toMatchObject({
      properties: { currency: { type: "string", pattern: "^[A-Z]{3}$" }, max: { type: "integer" } },
      additionalProperties: false,
    });
    expect(await (await fetch(server.url)).text()).toContain("acme.money");
  });

  test("and a server without it refuses it by name", async () => {
    const server = await openServer();
    onTestFinished(() => server.close());
    const opening = openSession(createStoreClient(createGrpcTransport({ baseUrl: server.url })), "shop", declarations);
    await expect(opening).rejects.toMatchObject({ reason: "invalid_type", details: { type: "acme.money" } });
  });
});

const takenName = `const constraints = { safeParse() {} }, f = () => {};
  export const types = [{ name: "float", constraints, values: f, encode: f, decode: f, equals: f, space: f }];`;

describe("--types", () => {
  const folder = mkdtempSync(join(tmpdir(), "trimtab-types-"));
  afterAll(() => rmSync(folder, { recursive: true }));
  const write = (name: string, source: string) => {
    writeFileSync(join(folder, name), source);
    return join(folder, name);
  };

  test("gives a type to the server as people run it", async () => {
    const server = await startProcess(["--types", moneyModule]);
    await useMoney(server.url);
    server.signal("SIGTERM");
    expect(await server.exited).toEqual({ status: 0, signal: null });
  });

  test.each([
    ["a file that is not there", () => join(folder, "nope.mjs"), "Cannot find module"],
    [
      "a module without types",
      () => write("none.mjs", "export const type = 1;"),
      'it must export a list named "types"',
    ],
    [
      "a list of something else",
      () => write("other.mjs", "export const types = [{ name: 'x' }];"),
      "types[0] is no VariableType",
    ],
    ["a type whose name is taken", () => write("float.mjs", takenName), 'two types are named "float"'],
    ["a module that does not compile", () => write("broken.mjs", "export const = 1;"), "Unexpected token"],
  ])("refuses %s, before anything listens", async (_, file, message) => {
    const path = file();
    const failure = startProcess(["--types", path]).catch((error: Error) => error.message);
    expect(await failure).toContain(`trimtab-server: --types ${path}: `);
    expect(await failure).toContain(message);
  });
});
