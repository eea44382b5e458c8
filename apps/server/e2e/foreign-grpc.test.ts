import { once } from "node:events";
import * as grpc from "@grpc/grpc-js";
import { fromWirePlain } from "@trimtab/wire";
import { SessionService, VariableService, WatchService, type WatchVariablesResponse } from "@trimtab/wire/services";
import { afterEach, describe, expect, test } from "vitest";
import type { RunningServer, ServerParts } from "../src/start-server.ts";
import { openServer } from "./open-server.ts";
import { connectForeign, detailOf, failureOf } from "./test-parts/foreign-client.ts";
import { createHeldLog } from "./test-parts/held-log.ts";
import { encode, overHttp2 } from "./test-parts/raw-calls.ts";

const { getVariable, setVariable, registerVariable, batchSetVariables } = VariableService.method;
const number = (value: number) => ({ kind: { case: "number" as const, value } });
const set = (value: number) => ({ sessionId: "s", variable: "temperature", value: number(value) });

const servers: RunningServer[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) await server.close();
});

/** A server with a session and a temperature, and a foreign client connected to it. */
async function open(settings: Parameters<typeof openServer>[0] = {}, parts: ServerParts = {}) {
  const server = await openServer(settings, parts);
  servers.push(server);
  const client = connectForeign(server.port);
  await client.unary(SessionService.method.createSession, { sessionId: "s" });
  const spec = { name: "temperature", type: "float", value: number(0.7), constraints: { max: number(2) } };
  await client.unary(registerVariable, { sessionId: "s", spec });
  return { server, client };
}

describe("a client of another gRPC library", () => {
  test("reads and writes", async () => {
    const { client, server } = await open();
    const { written, revision } = await client.unary(setVariable, set(1.5));
    expect([written?.version, revision]).toEqual([1n, 3n]);
    const { variable } = await client.unary(getVariable, { sessionId: "s", variable: "temperature" });
    expect(fromWirePlain(variable?.value, "value")).toBe(1.5);
    expect((await server.store.getVariable("s", "temperature")).origin).toBe("other");
  });

  test("is told why a write is refused, in a form to be read by programs", async () => {
    const { client, server } = await open();
    const failure = await failureOf(client.unary(setVariable, set(3)));
    expect(failure.code).toBe(grpc.status.INVALID_ARGUMENT);
    expect(failure.details).toBe("temperature: value 3 is above maximum 2");
    const { reason, details } = detailOf(failure);
    expect(reason).toBe("constraint_violation");
    expect(Object.fromEntries(Object.entries(details).map(([name, value]) => [name, value.kind.value]))).toEqual({
      field: "temperature",
      type: "float",
      constraint: "max",
      limit: 2,
      value: 3,
    });
    expect(await server.store.getSession("s")).toMatchObject({ revision: 2 });
  });

  test("is told of every item of a batch, and of text beyond ASCII", async () => {
    const { client } = await open();
    const updates = [
      { variable: "temperature", value: number(9) },
      { variable: "größe", value: number(1) },
    ];
    const failure = await failureOf(client.unary(batchSetVariables, { sessionId: "s", updates }));
    const { items } = detailOf(failure);
    expect(Object.keys(items).sort()).toEqual(["größe", "temperature"]);
    expect(items["größe"]?.message).toContain("größe");
    const missing = await failureOf(client.unary(getVariable, { sessionId: "s", variable: "größe" }));
    expect([missing.code, missing.details]).toEqual([grpc.status.NOT_FOUND, expect.stringContaining("größe")]);
  });

  test("is told no more of a refusal than gRPC's C core takes among trailers", async () => {
    const { server } = await open();
    const variable = "größe".repeat(3000);
    const sent = {
      path: `/${VariableService.typeName}/${getVariable.name}`,
      headers: { "content-type": "application/grpc+proto" },
      body: encode("application/grpc+proto", getVariable.input, { sessionId: "s", variable }),
    };
    const { headers, trailers } = await overHttp2(server.url, sent);
    expect(trailers["grpc-status"]).toBe(String(grpc.status.NOT_FOUND));
    // Each field counts 32 bytes more (RFC 9113, section 6.5.2), and 8 KiB are the limit that Python has for all of a block.
    const block = { ":status": "200", date: new Date().toUTCString(), ...headers, ...trailers };
    const sizes = Object.entries(block).map(([name, value]) => name.length + String(value).length + 32);
    expect(sizes.reduce((sum, size) => sum + size)).toBeLessThanOrEqual(8192);
  });

  test("is told that a method is not there", async () => {
    const { client, server } = await open();
    const nowhere = { ...getVariable, name: "DivineVariable", parent: VariableService };
    const failure = await failureOf(client.unary(nowhere, { sessionId: "s", variable: "temperature" }));
    expect(failure.code).toBe(grpc.status.UNIMPLEMENTED);
    const path = `/${VariableService.typeName}/DivineVariable`;
    expect(failure.details).toBe(`nothing is served at ${path}`);
    for (const type of ["application/grpc-web+proto", "application/grpc-web+json"]) {
      const call = { method: "POST", headers: { "content-type": type }, body: "" };
      const answer = await fetch(server.url + path, call);
      expect([answer.status, answer.headers.get("content-type")]).toEqual([200, type]);
      expect(await answer.text()).toContain(`grpc-status: ${grpc.status.UNIMPLEMENTED}\r\n`);
    }
  });
});

describe("a call that takes too long", () => {
  test("ends at its deadline; the write itself goes on and is seen when it is durable", async () => {
    const log = createHeldLog();
    const { client, server } = await open({}, { store: { log, shared: false } });
    await client.unary(getVariable, { sessionId: "s", variable: "temperature" });
    log.hold();
    let isHeld = false;
    void log.whenHeld().then(() => {
      isHeld = true;
    });
    // On a busy machine a deadline may pass before the log is reached; whoever has more time gets there.
    for (let allowedMs = 500; !isHeld; allowedMs *= 2) {
      const call = { deadline: Date.now() + allowedMs };
      const failure = await failureOf(client.unary(setVariable, set(1), { call }));
      expect(failure.code).toBe(grpc.status.DEADLINE_EXCEEDED);
    }
    expect((await server.store.getVariable("s", "temperature")).version).toBe(0);
    log.release();
    await expect.poll(async () => (await server.store.getVariable("s", "temperature")).version).toBeGreaterThan(0);
    await client.unary(setVariable, set(2));
  });

  test("ends when it is cancelled", async () => {
    const log = createHeldLog();
    const { client } = await open({}, { store: { log, shared: false } });
    log.hold();
    const failure = failureOf(
      client.unary(setVariable, set(1), { onCall: (call) => void log.whenHeld().then(() => call.cancel()) }),
    );
    expect((await failure).code).toBe(grpc.status.CANCELLED);
    log.release();
    await client.unary(setVariable, set(2));
  });

  test("ends at its deadline where it is a watch", async () => {
    const { client } = await open();
    const stream = client.stream(WatchService.method.watchVariables, { sessionId: "s" }, { deadline: Date.now() + 50 });
    stream.resume();
    const [error] = await once(stream, "error").catch((thrown) => [thrown]);
    expect(error.code).toBe(grpc.status.DEADLINE_EXCEEDED);
  });
});

describe("a watch", () => {
  test("tells what is there, then every change, and ends with its session", async () => {
    const { client, server } = await open();
    const request = { sessionId: "s", includeOldValues: true };
    const stream = client.stream(WatchService.method.watchVariables, request);
    const seen: unknown[] = [];
    for await (const message of stream as AsyncIterable<WatchVariablesResponse>) {
      const { event, revision } = message;
      if (event.case === "snapshot") {
        seen.push(["snapshot", revision, event.value.variables.map(({ name }) => name)]);
        await server.store.setVariable("s", "temperature", 1);
        await server.store.setVariable("s", "temperature", 1.25);
        await server.store.deleteSession("s");
      } else if (event.case === "changes") {
        const [change] = event.value.changes;
        seen.push([change?.version, change?.oldValue?.kind.value, change?.value?.kind.value, revision]);
      } else seen.push(event.case);
    }
    expect(seen).toEqual([
      ["snapshot", 2n, ["temperature"]],
      [1n, 0.7, 1, 3n],
      [2n, 1, 1.25, 4n],
      [2n, undefined, 1.25, 5n],
      "ended",
    ]);
  });

  test("ends when it is cancelled, and the connection goes on", async () => {
    const { client } = await open();
    const stream = client.stream(WatchService.method.watchVariables, { sessionId: "s" });
    const failed = new Promise<grpc.ServiceError>((resolve) => stream.once("error", resolve));
    await once(stream, "data");
    stream.cancel();
    expect((await failed).code).toBe(grpc.status.CANCELLED);
    await client.unary(setVariable, set(1));
  });

  test("of what is not there says so", async () => {
    const { client } = await open();
    const stream = client.stream(WatchService.method.watchVariables, { sessionId: "nope" });
    const error = await new Promise<grpc.ServiceError>((resolve) => stream.once("error", resolve).resume());
    expect([error.code, detailOf(error).reason]).toEqual([grpc.status.NOT_FOUND, "session_not_found"]);
  });
});

describe("a message beyond the limit", () => {
  const large = {
    sessionId: "s",
    variable: "temperature",
    value: { kind: { case: "bytes" as const, value: new Uint8Array(200_000) } },
  };

  test("is refused each time, and the connection goes on", async () => {
    const { client, server } = await open({ maxMessageBytes: 100_000 });
    for (let i = 0; i < 20; i++) {
      const failure = await failureOf(client.unary(setVariable, large));
      expect(failure.code).toBe(grpc.status.RESOURCE_EXHAUSTED);
      expect(detailOf(failure).details["limit"]?.kind.value).toBe(100_000n);
    }
    expect(await server.store.getSession("s")).toMatchObject({ revision: 2 });
    await client.unary(setVariable, set(1));
  });

  test("of the value is told with what was too large and by how much", async () => {
    const { client } = await open({ maxValueBytes: 1000 });
    const spec = {
      name: "prompt",
      type: "string",
      value: { kind: { case: "string" as const, value: "x".repeat(2000) } },
    };
    const failure = await failureOf(client.unary(registerVariable, { sessionId: "s", spec }));
    expect(failure.code).toBe(grpc.status.RESOURCE_EXHAUSTED);
    expect(detailOf(failure)).toMatchObject({
      reason: "limit_exceeded",
      details: { limit: { kind: { value: 1000n } }, value: { kind: { value: 2000n } } },
    });
  });
});
