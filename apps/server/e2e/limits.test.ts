import { createConnectTransport, createGrpcTransport } from "@connectrpc/connect-node";
import { createStoreClient, createStudyClient } from "@trimtab/client";
import type { Store } from "@trimtab/core";
import { describe, expect, onTestFinished, test } from "vitest";
import type { Settings } from "../src/settings.ts";
import { openServer } from "./open-server.ts";
import { createHeldLog } from "./test-parts/held-log.ts";

const text = (length: number) => "x".repeat(length);
const number = (name: string, value = 1) => ({ name, type: "float", value });
const derived = (name: string, expression: string) => ({
  name,
  type: "float",
  derivation: { kind: "expression", expression } as const,
});

/** A server for one test, with a session, and clients of it. */
async function open(...[settings, parts]: Parameters<typeof openServer>) {
  const server = await openServer(settings, parts);
  onTestFinished(() => server.close());
  const transport = createGrpcTransport({ baseUrl: server.url });
  const [store, studies] = [createStoreClient(transport), createStudyClient(transport)];
  await store.createSession({ id: "s" });
  return { server, store, studies };
}

interface Limited {
  readonly setting: keyof Settings;
  readonly limit: number;
  /** The last call that is allowed, after whatever it takes to get there. */
  readonly most: (store: Store) => Promise<unknown>;
  /** One more. */
  readonly more: (store: Store) => Promise<unknown>;
}

const limited: readonly Limited[] = [
  {
    setting: "maxValueBytes",
    limit: 100,
    most: (store) => store.registerVariable("s", { name: "v", type: "string", value: text(90) }),
    more: (store) => store.setVariable("s", "v", text(101)),
  },
  {
    setting: "maxMetadataBytes",
    limit: 200,
    most: (store) => store.registerVariable("s", { ...number("v"), metadata: { a: text(50) } }),
    more: (store) => store.setVariable("s", "v", 2, { metadata: { a: text(201) } }),
  },
  {
    setting: "maxConstraintsBytes",
    limit: 200,
    most: (store) =>
      store.registerVariable("s", { name: "v", type: "choice", value: "a", constraints: { choices: ["a", text(50)] } }),
    more: (store) => store.updateVariable("s", "v", { constraints: { choices: ["a", text(201)] } }),
  },
  {
    setting: "maxProgramBytes",
    limit: 200,
    most: (store) => store.putProgram("s", "p", { a: text(50) }),
    more: (store) => store.putProgram("s", "p", { a: text(201) }),
  },
  {
    setting: "maxExpressionLength",
    limit: 12,
    most: (store) => store.registerVariables("s", [number("v"), derived("w", "v * 1000.00")]),
    more: (store) => store.registerVariable("s", derived("x", "v * 100000.00")),
  },
  {
    setting: "maxVariables",
    limit: 3,
    most: (store) => store.registerVariables("s", [number("a"), number("b"), number("c")]),
    more: (store) => store.registerVariable("s", number("d")),
  },
  {
    setting: "maxBatchItems",
    limit: 2,
    most: (store) => store.registerVariables("s", [number("a"), number("b")]),
    more: (store) => store.registerVariables("s", [number("c"), number("d"), number("e")]),
  },
  {
    setting: "maxPrograms",
    limit: 1,
    most: (store) => store.putProgram("s", "a", {}),
    more: (store) => store.putProgram("s", "b", {}),
  },
  {
    setting: "maxRules",
    limit: 1,
    async most(store) {
      await store.registerVariable("s", number("v"));
      await store.putRule("s", { name: "a", expression: "v < 9.0" });
    },
    more: (store) => store.putRule("s", { name: "b", expression: "v < 9.0" }),
  },
  {
    setting: "maxSpaces",
    limit: 1,
    async most(store) {
      await store.registerVariable("s", number("v"));
      await store.putConfigurationSpace("s", { name: "a", variables: ["v"] });
    },
    more: (store) => store.putConfigurationSpace("s", { name: "b", variables: ["v"] }),
  },
  {
    setting: "maxLabels",
    limit: 1,
    most: (store) => store.setLabel("s", "a"),
    more: (store) => store.setLabel("s", "b"),
  },
  {
    setting: "maxDependencies",
    limit: 1,
    async most(store) {
      await store.registerVariables("s", [number("a"), number("b"), number("c")]);
      await store.addDependency("s", { variable: "a", dependsOn: "b" });
    },
    more: (store) => store.addDependency("s", { variable: "a", dependsOn: "c" }),
  },
  {
    setting: "maxDependencyDepth",
    limit: 1,
    async most(store) {
      await store.registerVariables("s", [number("a"), number("b"), number("c")]);
      await store.addDependency("s", { variable: "a", dependsOn: "b" });
    },
    more: (store) => store.addDependency("s", { variable: "b", dependsOn: "c" }),
  },
  {
    setting: "maxDerivations",
    limit: 1,
    async most(store) {
      await store.registerVariables("s", [number("a"), derived("b", "a * 2.0")]);
      await store.setVariable("s", "a", 2);
      await store.registerVariable("s", derived("c", "a * 3.0"));
    },
    more: (store) => store.setVariable("s", "a", 3),
  },
  {
    setting: "maxSessions",
    limit: 2,
    most: (store) => store.createSession({ id: "second" }),
    more: (store) => store.createSession({ id: "third" }),
  },
];

describe("a server's limits", () => {
  test.each(limited)("$setting", async ({ setting, limit, most, more }) => {
    const { store } = await open({ [setting]: limit });
    await most(store);
    const before = await store.getSession("s");
    const error: unknown = await more(store).catch((refused: unknown) => refused);
    expect(error).toMatchObject({ code: "resource_exhausted", reason: "limit_exceeded", details: { limit } });
    expect((await store.getSession("s")).revision).toBe(before.revision);
    expect((await store.listSessions()).items.length).toBeLessThanOrEqual(2);
  });

  test("maxNameLength", async () => {
    const { store, studies } = await open({ maxNameLength: 10 });
    await store.registerVariable("s", number(text(10)));
    const longer = store.registerVariable("s", number(text(11)));
    await expect(longer).rejects.toMatchObject({ reason: "invalid_argument", message: expect.stringContaining("10") });
    for (const refused of [
      () => store.setVariable("s", text(10), 1, { actor: text(11) }),
      () => store.createSession({ id: "t", actor: text(11) }),
      () => studies.createStudy("s", { id: text(11), variables: [text(10)] }),
      () => studies.createStudy("s", { id: "t", variables: [text(10)], objectives: [{ metric: text(11) }] }),
      () => studies.getStudy("s", text(11)),
    ]) {
      const details = { limit: 10, value: 11 };
      await expect(refused()).rejects.toMatchObject({ reason: "invalid_argument", details });
    }
  });

  test("maxExpressionLength, of descriptions and messages", async () => {
    const { store } = await open({ maxExpressionLength: 20 });
    await store.registerVariable("s", { ...number("v"), description: text(20) });
    const description = text(21);
    for (const refused of [
      () => store.registerVariable("s", { ...number("w"), description }),
      () => store.updateVariable("s", "v", { description }),
      () => store.setLabel("s", "l", { description }),
      () => store.putConfigurationSpace("s", { name: "c", variables: ["v"], description }),
      () => store.putRule("s", { name: "r", expression: "v < 9.0", description }),
      () => store.putRule("s", { name: "r", expression: "v < 9.0", message: description }),
    ]) {
      const details = { limit: 20, value: 21 };
      await expect(refused()).rejects.toMatchObject({ reason: "invalid_argument", details });
    }
  });

  test("maxMetadataBytes, of studies", async () => {
    const { store, studies } = await open({ maxMetadataBytes: 200 });
    await store.registerVariable("s", { ...number("v"), constraints: { min: 0, max: 1 } });
    await studies.createStudy("s", { id: "t", variables: ["v"] });
    const metadata = { a: text(201) };
    for (const refused of [
      () => studies.createStudy("s", { variables: ["v"], metadata }),
      () => studies.updateStudy("s", "t", { metadata }),
    ]) {
      await expect(refused()).rejects.toMatchObject({ reason: "limit_exceeded", details: { limit: 200 } });
    }
  });

  test("maxBatchItems, of a configuration", async () => {
    const { store } = await open({ maxBatchItems: 2 });
    for (const name of ["a", "b", "c"]) await store.registerVariable("s", number(name));
    for (const variables of [
      ["a", "b"],
      ["a", "b", "c"],
    ]) {
      await store.putConfigurationSpace("s", { name: `of ${variables.length}`, variables });
    }
    await store.applyConfiguration("s", "of 2", { a: 2, b: 2 });
    const more = store.applyConfiguration("s", "of 3", { a: 3, b: 3, c: 3 });
    await expect(more).rejects.toMatchObject({ reason: "limit_exceeded", details: { limit: 2, value: 3 } });
  });

  test("maxMessageBytes", async () => {
    const { store } = await open({ maxMessageBytes: 10_000 });
    await store.registerVariable("s", { name: "v", type: "string", value: text(9000) });
    await expect(store.setVariable("s", "v", text(10_001))).rejects.toMatchObject({ code: "resource_exhausted" });
    expect((await store.getVariable("s", "v")).value).toBe(text(9000));
  });

  test("maxMessageBytes, of a message that Node's HTTP/2 keeps waiting while it takes no answer", async () => {
    const server = await openServer();
    onTestFinished(() => server.close());
    for (const createTransport of [createGrpcTransport, createConnectTransport]) {
      const store = createStoreClient(createTransport({ baseUrl: server.url, httpVersion: "2" }));
      const write = store.setVariable("s", "v", text(30_000_000));
      await expect(write).rejects.toMatchObject({ reason: "limit_exceeded", details: { field: "message" } });
    }
  });

  test("callerStreams", async () => {
    const { store } = await open({ callerStreams: 2 });
    const watch = () => store.watch("s")[Symbol.asyncIterator]();
    const watches = [watch(), watch()];
    for (const each of watches) await each.next();
    await expect(watch().next()).rejects.toMatchObject({ reason: "limit_exceeded", details: { field: "streams" } });
    await watches[0]?.return?.();
    await expect
      .poll(() =>
        watch()
          .next()
          .then(
            ({ value }) => value?.kind,
            () => "refused",
          ),
      )
      .toBe("snapshot");
  });

  test("maxWaitingWrites: where the disk stands still, more is refused at once, and what was taken is kept", async () => {
    const log = createHeldLog();
    const { server, store } = await open({ maxWaitingWrites: 20 }, { store: { log } });
    await store.registerVariable("s", number("v"));
    log.hold();
    const outcomes = Array.from({ length: 50 }, (_, i) =>
      store.setVariable("s", "v", i).then(
        () => "stored",
        (error: unknown) => error,
      ),
    );
    let settled = 0;
    for (const outcome of outcomes) void outcome.then(() => settled++);
    await expect.poll(() => settled).toBe(30);
    // Nobody else is kept waiting meanwhile.
    expect(await store.getVariable("s", "v")).toMatchObject({ version: 0 });
    const health = await fetch(`${server.url}/grpc.health.v1.Health/Check`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: "{}",
    });
    expect(await health.json()).toEqual({ status: "SERVING" });
    log.release();
    const all = await Promise.all(outcomes);
    const refused = all.filter((outcome) => outcome !== "stored");
    expect(refused).toHaveLength(30);
    for (const error of refused) {
      expect(error).toMatchObject({ reason: "limit_exceeded", details: { field: "waiting_writes", limit: 20 } });
    }
    expect(await store.getVariable("s", "v")).toMatchObject({ version: 20 });
    expect(await store.setVariable("s", "v", 7)).toMatchObject({ version: 21 });
  });
});
