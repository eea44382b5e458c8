import { createConnectTransport } from "@connectrpc/connect-node";
import { createStoreClient } from "@trimtab/client";
import {
  type AnyVariableType,
  type ErrorReason,
  isStoreError,
  reasonCodes,
  type Store,
  StoreError,
  type Value,
} from "@trimtab/core";
import { booleanType } from "@trimtab/types";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { RunningServer } from "../src/start-server.ts";
import { openServer, transports } from "./open-server.ts";
import { createHeldLog, diskFull, type HeldLog } from "./test-parts/held-log.ts";

let ahead = 0;
let server: RunningServer;
let log: HeldLog;
const faults: unknown[] = [];
const callers = new Map<string, Store>();

/** A type with a mistake in it. */
const faultyType: AnyVariableType = {
  ...booleanType,
  name: "faulty",
  values: () => {
    throw new Error("the password is swordfish");
  },
};

beforeAll(async () => {
  const clock = { now: () => Date.now() + ahead, elapsed: () => performance.now() + ahead };
  log = createHeldLog();
  const limits = { valueBytes: 4000, metadataBytes: 1000, variablesPerSession: 10, programBytes: 1000, batchItems: 20 };
  const store = { clock, log, shared: false, limits: { ...limits, nameLength: 255 } };
  server = await openServer({ maxSessions: 3 }, { store, types: [faultyType], onError: (error) => faults.push(error) });
  callers.set("in process", server.store);
  for (const [name, createTransport] of Object.entries(transports))
    callers.set(name, createStoreClient(createTransport(server.url)));
  const json = createConnectTransport({ baseUrl: server.url, httpVersion: "2", useBinaryFormat: false });
  callers.set("Connect, JSON, HTTP/2", createStoreClient(json));
  await prepare(server.store);
});
afterAll(() => server.close());

async function prepare(store: Store): Promise<void> {
  await store.createSession({ id: "expired", ttlMs: 1000 });
  ahead += 5000;
  await store.createSession({ id: "s" });
  await store.createSession({ id: "full" });
  await store.registerVariables("s", [
    { name: "temperature", type: "float", value: 0.7, constraints: { min: 0, max: 2, step: 0.1 } },
    { name: "model", type: "choice", value: "gpt-4", constraints: { choices: ["gpt-4", "claude-3"] } },
    { name: "seed", type: "integer", value: 2n ** 60n, readOnly: true },
    { name: "weights", type: "embedding", value: [1, 0], constraints: { dimensions: 2 } },
    { name: "größe", type: "string", value: "ä" },
  ]);
  const specs = Array.from({ length: 10 }, (_, i) => ({ name: `v${i}`, type: "boolean", value: true }));
  await store.registerVariables("full", specs);
}

const spec = { name: "x", type: "float", value: 1 } as const;
const first = (watch: AsyncIterable<unknown>) => watch[Symbol.asyncIterator]().next();
const proto: Record<string, Value> = JSON.parse('{"__proto__": 1}');

/** Calls that fail, by the reason that they fail for. */
const failures: { readonly [R in ErrorReason]?: Record<string, (store: Store) => Promise<unknown>> } = {
  invalid_argument: {
    "a name with a slash": (store) => store.registerVariable("s", { ...spec, name: "a/b" }),
    "a page too large": (store) => store.listVariables("s", { pageSize: 1001 }),
    "a page token from elsewhere": (store) => store.listSessions({ pageToken: "x" }),
    "a token of no watch": (store) => first(store.watch("s", {}, { after: "x" })),
    "one variable twice": (store) =>
      store.setVariables("s", [
        ["model", "gpt-4"],
        ["var_model_2", "gpt-4"],
      ]),
    "a time to live of nothing": (store) => store.updateSession("s", { ttlMs: 0 }),
    "metadata with __proto__": (store) => store.setVariable("s", "temperature", 1, { metadata: proto }),
  },
  invalid_type: {
    "a type that is not there": (store) => store.registerVariable("s", { ...spec, type: "colour" }),
  },
  invalid_constraints: {
    "a constraint that is not there": (store) => store.registerVariable("s", { ...spec, constraints: { maximum: 1 } }),
    "limits that contradict": (store) => store.registerVariable("s", { ...spec, constraints: { min: 2, max: 1 } }),
  },
  validation_failed: {
    "text for a float": (store) => store.setVariable("s", "temperature", "warm"),
    "a list for a float": (store) => store.setVariable("s", "temperature", [1]),
    "a broken embedding": (store) => store.setVariable("s", "weights", ["a", 1]),
    "a number beyond 2^53": (store) => store.registerVariable("s", { ...spec, type: "integer", value: 2 ** 60 }),
  },
  constraint_violation: {
    "too high": (store) => store.setVariable("s", "temperature", 2.5),
    "off the grid": (store) => store.setVariable("s", "temperature", 0.05),
    "not a number": (store) => store.setVariable("s", "temperature", Number.NaN),
    infinite: (store) => store.setVariable("s", "temperature", Number.NEGATIVE_INFINITY),
    "no choice": (store) => store.setVariable("s", "model", "llama"),
    "another dimension": (store) => store.setVariable("s", "weights", [1, 2, 3]),
    "a big integer": (store) =>
      store.registerVariable("s", { ...spec, type: "integer", value: 2n ** 62n, constraints: { max: 2n ** 61n } }),
    "constraints that the value breaks": (store) =>
      store.updateVariable("s", "temperature", { constraints: { max: 0.1 } }),
    "an atomic batch, with every item's own": (store) =>
      store.setVariables("s", { temperature: 9, model: "gpt-4", nope: 1, seed: 3, größe: 5 }),
  },
  not_found: {
    "a variable": (store) => store.getVariable("s", "nope"),
    "a name beyond ASCII": (store) => store.getVariable("s", 'schlüssel\n"💡"'),
    "a program": (store) => store.getProgram("s", "nope"),
    "a variable to watch": (store) => first(store.watch("s", { refs: ["nope"] })),
    "one of several to delete": (store) => store.deleteVariables("s", ["model", "nope"]),
  },
  already_exists: {
    "a variable": (store) => store.registerVariable("s", { ...spec, name: "model" }),
    "a session": (store) => store.createSession({ id: "s" }),
    "two of one name": (store) => store.registerVariables("s", [spec, spec]),
  },
  session_not_found: {
    "to read": (store) => store.getSession("nope"),
    "to write": (store) => store.setVariable("nope", "x", 1),
    "to watch": (store) => first(store.watch("nope")),
  },
  session_expired: {
    "to read": (store) => store.getVariable("expired", "x"),
    "to watch": (store) => first(store.watch("expired")),
  },
  read_only: { "a write": (store) => store.setVariable("s", "seed", 1) },
  version_mismatch: {
    "a write": (store) => store.setVariable("s", "temperature", 1, { expectedVersion: 4 }),
    "a condition of a batch": (store) =>
      store.setVariables("s", { temperature: 1 }, { expectedVersions: { model: 7 } }),
    "a deletion": (store) => store.deleteVariable("s", "model", { expectedVersion: 1 }),
  },
  limit_exceeded: {
    "a value": (store) => store.setVariable("s", "größe", "x".repeat(5000)),
    metadata: (store) => store.setVariable("s", "temperature", 1, { metadata: { why: "x".repeat(2000) } }),
    "variables of a session": (store) => store.registerVariable("full", spec),
    sessions: (store) => store.createSession({ id: "fourth" }).then(() => store.createSession({ id: "fifth" })),
    "items of a batch": (store) =>
      store.deleteVariables(
        "s",
        Array.from({ length: 21 }, (_, i) => `v${i}`),
      ),
  },
  internal: {
    "a type with a mistake": (store) => store.registerVariable("s", { ...spec, type: "faulty" }),
  },
  unavailable: {
    "a disk without room": async (store) => {
      log.failWith(diskFull());
      return store.setVariable("s", "temperature", 1).finally(() => log.failWith(undefined));
    },
  },
};

const caught = async (attempt: Promise<unknown>): Promise<StoreError> => {
  const error = await attempt.then(
    (value) => ({ resolved: value }),
    (reason: unknown) => reason,
  );
  return isStoreError(error) ? error : expect.fail(`expected a StoreError, got ${JSON.stringify(error)}`);
};

const told = (error: StoreError) => ({ code: error.code, ...error.toRefusal() });

describe.each(Object.entries(failures))("%s is one error everywhere", (reason, attempts) => {
  test.each(Object.entries(attempts))("%s", async (_, attempt) => {
    const before = await server.store.listVariables("s");
    const expected = await caught(attempt(server.store));
    expect(expected.reason).toBe(reason);
    expect(expected.code).toBe(reasonCodes[reason as ErrorReason]);
    for (const [name, store] of callers) {
      const error = await caught(attempt(store));
      expect(error, name).toBeInstanceOf(StoreError);
      expect(told(error), name).toEqual(told(expected));
    }
    expect(await server.store.listVariables("s")).toEqual(before);
  });
});

test("what is refused of a batch that is not atomic is the same everywhere", async () => {
  const updates = { temperature: 9, nope: 1, seed: 3, größe: 5 };
  const outcomes = [];
  for (const store of callers.values()) {
    const { refused, applied } = await store.setVariables("s", updates, { atomic: false });
    outcomes.push({ refused: Array.from(refused, ([ref, error]) => [ref, told(error)]).sort(), applied });
  }
  for (const outcome of outcomes) expect(outcome).toEqual(outcomes[0]);
  expect(outcomes[0]?.refused).toHaveLength(4);
});

describe("what is not decided by the store", () => {
  test("a fault of the server is told as one, and to its operator in full", async () => {
    for (const [name, store] of callers) {
      faults.length = 0;
      const error = await caught(failures.internal?.["a type with a mistake"]?.(store) ?? Promise.resolve());
      expect(JSON.stringify(told(error))).not.toContain("swordfish");
      const heard = faults.map((fault) => (fault instanceof Error ? fault.cause : undefined));
      expect(heard, name).toEqual(name === "in process" ? [] : [new Error("the password is swordfish")]);
    }
  });

  test("a call that takes too long says so, and its write comes through or not as a whole", async () => {
    const { version } = await server.store.getVariable("s", "temperature");
    log.hold();
    for (const createTransport of Object.values(transports)) {
      const store = createStoreClient(createTransport(server.url), { timeoutMs: 30 });
      const error = await caught(store.setVariable("s", "temperature", 1));
      expect(error).toMatchObject({ code: "deadline_exceeded", reason: "deadline_exceeded", details: {} });
    }
    log.release();
    const written = await server.store.setVariable("s", "temperature", 1);
    expect(written.version).toBe(version + 1 + Object.keys(transports).length);
  });
});
