import { createConnectTransport } from "@connectrpc/connect-node";
import { createStoreClient } from "@trimtab/client";
import {
  type AnyVariableType,
  type ErrorReason,
  isStoreError,
  reasonCodes,
  type Store,
  StoreError,
} from "@trimtab/core";
import { booleanType } from "@trimtab/types";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { RunningServer } from "../src/start-server.ts";
import { openServer, transports } from "./open-server.ts";
import { failingCalls, prepareFailures } from "./test-parts/failing-calls.ts";
import { createHeldLog, type HeldLog } from "./test-parts/held-log.ts";

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
  server = await openServer({ maxSessions: 4 }, { store, types: [faultyType], onError: (error) => faults.push(error) });
  callers.set("in process", server.store);
  for (const [name, createTransport] of Object.entries(transports))
    callers.set(name, createStoreClient(createTransport(server.url)));
  const json = createConnectTransport({ baseUrl: server.url, httpVersion: "2", useBinaryFormat: false });
  callers.set("Connect, JSON, HTTP/2", createStoreClient(json));
  await prepareFailures(server.store, (ms) => {
    ahead += ms;
  });
});
afterAll(() => server.close());

const caught = async (attempt: Promise<unknown>): Promise<StoreError> => {
  const error = await attempt.then(
    (value) => ({ resolved: value }),
    (reason: unknown) => reason,
  );
  return isStoreError(error) ? error : expect.fail(`expected a StoreError, got ${JSON.stringify(error)}`);
};

const told = (error: StoreError) => ({ code: error.code, ...error.toRefusal() });

describe.each(Object.entries(failingCalls))("%s is one error everywhere", (reason, attempts) => {
  test.each(Object.entries(attempts))("%s", async (_, attempt) => {
    const before = await server.store.listVariables("s");
    const expected = await caught(attempt(server.store, log));
    expect(expected.reason).toBe(reason);
    expect(expected.code).toBe(reasonCodes[reason as ErrorReason]);
    for (const [name, store] of callers) {
      const error = await caught(attempt(store, log));
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
      const error = await caught(failingCalls.internal?.["a type with a mistake"]?.(store, log) ?? Promise.resolve());
      expect(JSON.stringify(told(error))).not.toContain("swordfish");
      const heard = faults.map((fault) => (fault instanceof Error ? fault.cause : undefined));
      expect(heard, name).toEqual(name === "in process" ? [] : [new Error("the password is swordfish")]);
    }
  });

  test("a call that takes too long says so, and its write comes through or not as a whole", async () => {
    const { version } = await server.store.getVariable("s", "temperature");
    // Time enough to reach the server on a connection that is open, however busy the machine is.
    const stores = Object.values(transports).map((open) => createStoreClient(open(server.url), { timeoutMs: 1500 }));
    for (const store of stores) await store.getVariable("s", "temperature");
    log.hold();
    const errors = await Promise.all(stores.map((store) => caught(store.setVariable("s", "temperature", 1))));
    for (const error of errors) {
      expect(error).toMatchObject({ code: "deadline_exceeded", reason: "deadline_exceeded", details: {} });
    }
    log.release();
    const written = await server.store.setVariable("s", "temperature", 1);
    expect(written.version).toBe(version + 1 + Object.keys(transports).length);
  });
});
