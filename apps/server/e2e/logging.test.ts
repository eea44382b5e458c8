import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { createConnectTransport, createGrpcTransport } from "@connectrpc/connect-node";
import { createStoreClient } from "@trimtab/client";
import { expect, test } from "vitest";
import { createToken } from "../src/auth/token.ts";
import { type ServerProcess, startProcess } from "./test-parts/server-process.ts";
import { temporaryFolder } from "./test-parts/temporary-folder.ts";

const traceId = "0af7651916cd43dd8448eb211c80319c";
const traceparent = `00-${traceId}-b7ad6b7169203331-01`;

const isoTime = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);

type Line = Readonly<Record<string, unknown>>;

/** What a server has logged so far; every line is JSON, or this throws. */
const linesOf = (server: ServerProcess): Line[] =>
  server
    .errors()
    .split("\n")
    .slice(0, -1)
    .map((line) => JSON.parse(line));

const messagesOf = (server: ServerProcess) => linesOf(server).map(({ msg }) => msg);

const eventually = <T>(read: () => T) => expect.poll(read, { interval: 5 });

/** Waits for the lines about one method. */
async function callsOf(server: ServerProcess, method: string, count = 1): Promise<Line[]> {
  const found = () => linesOf(server).filter((line) => String(line["method"]).endsWith(`/${method}`));
  await eventually(() => found().length).toBeGreaterThanOrEqual(count);
  return found();
}

test("what an operator expects is logged at info, and calls are not", async () => {
  const server = await startProcess(["--log-level", "info"]);
  const store = createStoreClient(createConnectTransport({ baseUrl: server.url, httpVersion: "1.1" }));
  await store.createSession({ id: "s" });
  server.signal("SIGHUP");
  await eventually(() => messagesOf(server)).toContain("reading anew who may call, and the files of TLS");
  server.signal("SIGTERM");
  expect(await server.exited).toEqual({ status: 0, signal: null });
  const lines = linesOf(server);
  expect(lines.map(({ msg }) => msg)).toEqual([
    "listening",
    "reading anew who may call, and the files of TLS",
    "stopping: calls under way may finish",
    "stopped",
  ]);
  for (const line of lines) {
    expect(line).toMatchObject({ level: "info", time: isoTime, service: "trimtab" });
  }
  expect(lines[0]).toMatchObject({ url: server.url, log: "memory", version: expect.any(String) });
});

test.each([
  ["served directly", ""],
  ["served by the router", "?x=y"],
])("each call is logged at debug, with its caller's trace: %s", async (_, query) => {
  const server = await startProcess(["--log-level", "debug"]);
  const call = (method: string, body: object) =>
    fetch(`${server.url}/trimtab.v1.${method}${query}`, {
      method: "POST",
      headers: { "content-type": "application/json", traceparent },
      body: JSON.stringify(body),
    });
  await call("SessionService/CreateSession", { sessionId: "s" });
  await call("VariableService/GetVariable", { sessionId: "s", variable: "a secret name" });
  expect(await callsOf(server, "CreateSession")).toEqual([
    {
      level: "debug",
      time: isoTime,
      service: "trimtab",
      msg: "call",
      method: "trimtab.v1.SessionService/CreateSession",
      protocol: "connect",
      peer: "127.0.0.1",
      code: "OK",
      duration_ms: expect.any(Number),
      trace_id: traceId,
    },
  ]);
  expect(await callsOf(server, "GetVariable")).toMatchObject([{ code: "NOT_FOUND", msg: "call", trace_id: traceId }]);
  // What was asked for, and what was answered, is nobody's business here.
  expect(server.errors()).not.toContain("secret");
});

test("calls are logged with the span of the server, where it traces", async () => {
  const server = await startProcess(["--log-level", "debug", "--trace-endpoint", "http://127.0.0.1:9/v1/traces"]);
  await fetch(`${server.url}/trimtab.v1.SessionService/CreateSession`, {
    method: "POST",
    headers: { "content-type": "application/json", traceparent },
    body: "{}",
  });
  const [line] = await callsOf(server, "CreateSession");
  expect(line).toMatchObject({ trace_id: traceId, span_id: expect.stringMatching(/^[0-9a-f]{16}$/) });
  expect(line?.["span_id"]).not.toBe("b7ad6b7169203331");
});

test("a stream is logged when it begins and when it is over", async () => {
  const server = await startProcess(["--log-level", "debug"]);
  const store = createStoreClient(createGrpcTransport({ baseUrl: server.url }));
  await store.createSession({ id: "s" });
  const watch = store.watch("s")[Symbol.asyncIterator]();
  await watch.next();
  expect(await callsOf(server, "WatchVariables")).toMatchObject([{ msg: "stream begins", protocol: "grpc" }]);
  await watch.return?.();
  expect(await callsOf(server, "WatchVariables", 2)).toMatchObject([
    { msg: "stream begins" },
    { msg: "call", code: "CANCELED", duration_ms: expect.any(Number) },
  ]);
});

test("callers are named, those who are refused are logged, and no token is", async () => {
  const { secret, stored } = createToken();
  const file = join(temporaryFolder(), "principals");
  writeFileSync(file, `${JSON.stringify({ principal: "ci", token: stored, sessions: ["*"] })}\n`);
  const server = await startProcess(["--log-level", "debug", "--principals", file]);
  const create = (token: string) =>
    fetch(`${server.url}/trimtab.v1.SessionService/CreateSession`, {
      method: "POST",
      headers: { "content-type": "application/json", authorization: `Bearer ${token}` },
      body: "{}",
    });
  await create(secret);
  await create("nonsense");
  const [allowed, refused] = await callsOf(server, "CreateSession", 2);
  expect(allowed).toMatchObject({ msg: "call", code: "OK", principal: "ci" });
  expect(refused).toMatchObject({ msg: "call refused", code: "UNAUTHENTICATED", peer: "127.0.0.1" });
  expect(refused).not.toHaveProperty("principal");
  expect(server.printed()).not.toMatch(new RegExp(`${secret}|nonsense`));
});
