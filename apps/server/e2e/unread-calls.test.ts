import { Code, ConnectError, type HandlerContext } from "@connectrpc/connect";
import { expect, onTestFinished, test } from "vitest";
import { openServer } from "./open-server.ts";

const service = "trimtab.v1.VariableService";
const json = "application/json";
const framed = (text: string, flags = 0) => {
  const bytes = Buffer.from(`${" ".repeat(5)}${text}`);
  bytes.writeUInt8(flags, 0);
  bytes.writeUInt32BE(text.length, 1);
  return bytes;
};

interface Unread {
  readonly method?: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Buffer;
  /** The method, the system and the status that the call is measured with. */
  readonly measured: readonly [method: string, system: string, status: string];
}

const get = `${service}/GetVariable`;
const watch = "trimtab.v1.WatchService/WatchVariables";
const grpcWeb = "application/grpc-web+json";
const unread: Readonly<Record<string, Unread>> = {
  "a body that is no JSON": {
    headers: { "content-type": json },
    body: "{",
    measured: [get, "connectrpc", "INVALID_ARGUMENT"],
  },
  "bytes that are no message": {
    headers: { "content-type": "application/proto" },
    body: "no message",
    measured: [get, "connectrpc", "INTERNAL"],
  },
  "a message in an envelope of gRPC-web that is none": {
    headers: { "content-type": grpcWeb },
    body: framed("{"),
    measured: [get, "grpc", "INVALID_ARGUMENT"],
  },
  "an envelope that promises more than comes": {
    headers: { "content-type": grpcWeb },
    body: framed("{}").subarray(0, 6),
    measured: [get, "grpc", "INVALID_ARGUMENT"],
  },
  "a message that is too large": {
    headers: { "content-type": json },
    body: JSON.stringify({ sessionId: "x".repeat(2000) }),
    measured: [get, "connectrpc", "RESOURCE_EXHAUSTED"],
  },
  "packed bytes that are not": {
    headers: { "content-type": json, "content-encoding": "gzip" },
    body: "{}",
    measured: [get, "connectrpc", "INVALID_ARGUMENT"],
  },
  "a packing that is not known": {
    headers: { "content-type": json, "content-encoding": "zstd" },
    body: "{}",
    measured: [get, "connectrpc", "UNIMPLEMENTED"],
  },
  "a packing that is not known, of gRPC-web": {
    headers: { "content-type": grpcWeb, "grpc-encoding": "zstd" },
    body: framed("{}", 1),
    measured: [get, "grpc", "UNIMPLEMENTED"],
  },
  "a time limit that is none": {
    headers: { "content-type": json, "connect-timeout-ms": "soon" },
    body: "{}",
    measured: [get, "connectrpc", "INVALID_ARGUMENT"],
  },
  "a stream that is asked for what is no JSON": {
    method: watch,
    headers: { "content-type": "application/connect+json", "connect-timeout-ms": "soon" },
    body: framed("{"),
    measured: [watch, "connectrpc", "INVALID_ARGUMENT"],
  },
  "a content type that no protocol has": {
    headers: { "content-type": "text/plain" },
    body: "{}",
    measured: [get, "connectrpc", "UNKNOWN"],
  },
  "a method that is not there": {
    method: `${service}/Guess`,
    headers: { "content-type": json },
    body: "{}",
    measured: ["_OTHER", "connectrpc", "UNIMPLEMENTED"],
  },
  "a method that is not there, in gRPC-web": {
    method: "another.Service/Guess",
    headers: { "content-type": grpcWeb },
    body: framed("{}"),
    measured: ["_OTHER", "grpc", "UNIMPLEMENTED"],
  },
};

/** What calls were measured, as `[method, system, status, how often]`. */
async function measuredBy(url: string): Promise<readonly (readonly (string | undefined)[])[]> {
  const text = await (await fetch(`${url}/metrics`)).text();
  const lines = text.split("\n").filter((line) => line.startsWith("rpc_server_call_duration_count"));
  const label = (line: string, name: string) => new RegExp(`${name}="([^"]*)"`).exec(line)?.[1];
  return lines.map((line) => [
    ...["rpc_method", "rpc_system_name", "rpc_response_status_code"].map((name) => label(line, name)),
    line.split(" ").at(-1),
  ]);
}

test.each(Object.entries(unread))("%s is measured once, as a call that failed", async (_, { measured, ...request }) => {
  const server = await openServer({ metrics: true, maxMessageBytes: 1024 });
  onTestFinished(() => server.close());
  const { method = get, headers, body } = request;
  await (await fetch(`${server.url}/${method}`, { method: "POST", headers, body })).arrayBuffer();
  expect(await measuredBy(server.url)).toEqual([[...measured, "1"]]);
});

test("what is no call is not measured, and what a gate or a handler refuses is measured once, whoever serves it", async () => {
  const requestGate = ({ method }: HandlerContext) => {
    if (method.name === "ListVariables") throw new ConnectError("not now", Code.Unavailable);
  };
  const server = await openServer({ metrics: true }, { requestGate });
  onTestFinished(() => server.close());
  const headers = { "content-type": json };
  const call = async (method: string) => {
    await (await fetch(`${server.url}/${method}`, { method: "POST", headers, body: '{"sessionId": "s"}' })).text();
  };
  for (const path of ["", "nowhere", `${service}/Guess`]) await fetch(`${server.url}/${path}`);
  await fetch(`${server.url}/nowhere`, { method: "POST", body: "a page's form" });
  // With a query Connect's router serves them, without one they are served directly.
  for (const query of ["", "?x=y"]) {
    await call(`${service}/ListVariables${query}`);
    await call(`${get}${query}`);
  }
  expect(await measuredBy(server.url)).toEqual([
    [`${service}/ListVariables`, "connectrpc", "UNAVAILABLE", "2"],
    [get, "connectrpc", "INVALID_ARGUMENT", "2"],
  ]);
});
