import { spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { Code, ConnectError, type HandlerContext } from "@connectrpc/connect";
import { createConnectTransport, createGrpcTransport } from "@connectrpc/connect-node";
import { createStoreClient } from "@trimtab/client";
import { expect, onTestFinished, test } from "vitest";
import { openServer } from "./open-server.ts";

const traceId = "0af7651916cd43dd8448eb211c80319c";

test("figures are given to Prometheus, of calls served either way and of the log", async () => {
  const server = await openServer({ metrics: true });
  onTestFinished(() => server.close());
  const store = createStoreClient(createConnectTransport({ baseUrl: server.url, httpVersion: "2" }));
  await store.createSession({ id: "s" });
  await store.getVariable("s", "none").catch(() => {});
  // Connect's router serves what is out of the ordinary, as a query is that says nothing.
  await fetch(`${server.url}/trimtab.v1.SessionService/GetSession?x=y`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ sessionId: "s" }),
  });
  const answer = await fetch(`${server.url}/metrics`);
  expect(answer.headers.get("content-type")).toMatch(/^text\/plain; version=0\.0\.4/);
  const text = await answer.text();
  for (const [method, status] of [
    ["SessionService/CreateSession", "OK"],
    ["SessionService/GetSession", "OK"],
    ["VariableService/GetVariable", "NOT_FOUND"],
  ]) {
    const line = text
      .split("\n")
      .find(
        (each) =>
          each.startsWith("rpc_server_call_duration") &&
          each.includes(`_count{`) &&
          each.includes(`trimtab.v1.${method}"`),
      );
    expect(line).toContain(`rpc_response_status_code="${status}"`);
    expect(line).toMatch(/ 1$/);
  }
  expect(text).toMatch(/^db_client_operation_duration\w*_count\{.*db_operation_name="append".*\} 1$/m);
  expect(text).toMatch(/^trimtab_log_commits\w*\{.*\} 1$/m);
});

test("calls that are refused before they are read are measured as others are", async () => {
  const refusals = new Map([
    ["GetSession", new ConnectError("too many", Code.ResourceExhausted)],
    ["WatchVariables", new ConnectError("who is it?", Code.Unauthenticated)],
  ]);
  const requestGate = async ({ method }: HandlerContext) => {
    const refusal = refusals.get(method.name);
    if (refusal !== undefined) throw refusal;
  };
  const server = await openServer({ metrics: true }, { requestGate });
  onTestFinished(() => server.close());
  const store = createStoreClient(createGrpcTransport({ baseUrl: server.url }));
  await expect(store.getSession("s")).rejects.toThrow("too many");
  await expect(store.watch("s")[Symbol.asyncIterator]().next()).rejects.toThrow("who is it?");
  const text = await (await fetch(`${server.url}/metrics`)).text();
  const lines = text.split("\n").filter((line) => line.startsWith("rpc_server_call_duration_count"));
  expect(lines).toEqual([
    expect.stringMatching(/SessionService\/GetSession".*rpc_response_status_code="RESOURCE_EXHAUSTED".* 1$/),
    expect.stringMatching(/WatchService\/WatchVariables".*rpc_response_status_code="UNAUTHENTICATED".* 1$/),
  ]);
  expect(text).not.toMatch(/^trimtab_server_streams.* 1$/m);
});

test("without the setting nothing is served at /metrics", async () => {
  const server = await openServer();
  onTestFinished(() => server.close());
  expect((await fetch(`${server.url}/metrics`)).status).toBe(404);
});

test("traces that callers began are sent on, by OTLP", async () => {
  const bodies: Buffer[] = [];
  const collector = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      bodies.push(Buffer.concat(chunks));
      response.end();
    });
  });
  collector.listen(0, "127.0.0.1");
  await once(collector, "listening");
  onTestFinished(() => void collector.close());
  const traceEndpoint = `http://127.0.0.1:${(collector.address() as AddressInfo).port}/v1/traces`;
  const server = await openServer({ traceEndpoint, traceRatio: 0 });
  const create = (headers: Record<string, string>) =>
    fetch(`${server.url}/trimtab.v1.SessionService/CreateSession`, {
      method: "POST",
      headers: { "content-type": "application/json", ...headers },
      body: "{}",
    });
  await create({ traceparent: `00-${traceId}-b7ad6b7169203331-01` });
  await create({});
  await server.close();
  const sent = Buffer.concat(bodies);
  expect(sent.includes(Buffer.from(traceId, "hex"))).toBe(true);
  for (const name of ["trimtab.v1.SessionService/CreateSession", "store createSession", "append memory"]) {
    expect(sent.toString("latin1").split(name).length - 1).toBeGreaterThanOrEqual(1);
  }
  // The other call's trace began here, where none is recorded.
  expect(sent.toString("latin1").split("store createSession")).toHaveLength(2);
});

test("a collector of traces that does not answer keeps no server from stopping", async () => {
  let waiting = 0;
  const collector = createServer((request) => {
    waiting++;
    request.socket.once("close", () => waiting--);
  }).listen(0, "127.0.0.1");
  await once(collector, "listening");
  onTestFinished(() => {
    collector.closeAllConnections();
    collector.close();
  });
  const traceEndpoint = `http://127.0.0.1:${(collector.address() as AddressInfo).port}/v1/traces`;
  const server = await openServer({ traceEndpoint, traceRatio: 1 });
  await createStoreClient(createConnectTransport({ baseUrl: server.url, httpVersion: "2" })).createSession();
  await server.close();
  expect(waiting).toBe(1);
});

test("faults are logged as JSON lines that say which trace they are of", async () => {
  const child = spawn(
    process.execPath,
    ["--conditions=@trimtab/source", fileURLToPath(new URL("./test-parts/faulty-server.ts", import.meta.url))],
    { stdio: ["ignore", "pipe", "pipe"] },
  );
  onTestFinished(() => void child.kill());
  const lines = createInterface({ input: child.stderr })[Symbol.asyncIterator]();
  const { value: url } = await createInterface({ input: child.stdout })[Symbol.asyncIterator]().next();
  await fetch(`${url}/trimtab.v1.SessionService/CreateSession`, {
    method: "POST",
    headers: { "content-type": "application/json", traceparent: `00-${traceId}-b7ad6b7169203331-01` },
    body: "{}",
  });
  const { value: line } = await lines.next();
  expect(JSON.parse(String(line))).toMatchObject({
    level: "error",
    service: "trimtab",
    trace_id: traceId,
    err: { message: "a fault of the log" },
  });
});
