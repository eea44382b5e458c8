import { once } from "node:events";
import * as http2 from "node:http2";
import { SessionService, VariableService, WatchService } from "@trimtab/wire/services";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { RunningServer } from "../src/start-server.ts";
import { openServer } from "./open-server.ts";
import { closing } from "./test-parts/closing.ts";
import {
  encode,
  envelope,
  fill,
  openReference,
  overHttp1,
  overHttp2,
  type Reference,
  type Sent,
} from "./test-parts/raw-calls.ts";

const maxMessageBytes = 10_000;
let server: RunningServer;
let reference: Reference;

beforeAll(async () => {
  server = await openServer({ maxMessageBytes, corsOrigins: ["https://app.example"] });
  await fill(server.store);
  reference = await openReference(server.store, maxMessageBytes);
});
afterAll(async () => {
  reference.close();
  await server.close();
});

const grpcDialects = ["application/grpc", "application/grpc+proto", "application/grpc+json"];
const grpcWebDialects = ["application/grpc-web", "application/grpc-web+proto", "application/grpc-web+json"];
const unaryDialects = ["application/proto", "application/json", ...grpcDialects, ...grpcWebDialects];
const streamDialects = ["application/connect+proto", "application/connect+json", ...grpcDialects, ...grpcWebDialects];

const { getVariable, setVariable, batchGetVariables } = VariableService.method;
const { getSession } = SessionService.method;
const { watchVariables } = WatchService.method;
const pathOf = (method: { parent: { typeName: string }; name: string }) => `/${method.parent.typeName}/${method.name}`;

const unaryCalls: [string, (dialect: string) => Omit<Sent, "headers">][] = [
  [
    "a read",
    (d) => ({
      path: pathOf(getVariable),
      body: encode(d, getVariable.input, { sessionId: "s", variable: "temperature" }),
    }),
  ],
  [
    "a read of much",
    (d) => ({ path: pathOf(getVariable), body: encode(d, getVariable.input, { sessionId: "s", variable: "prompt" }) }),
  ],
  [
    "a batch",
    (d) => ({
      path: pathOf(batchGetVariables),
      body: encode(d, batchGetVariables.input, { sessionId: "s", variables: ["temperature", "x"] }),
    }),
  ],
  [
    "a session that is not there",
    (d) => ({ path: pathOf(getSession), body: encode(d, getSession.input, { sessionId: "nope" }) }),
  ],
  ["an empty request", (d) => ({ path: pathOf(getVariable), body: encode(d, getVariable.input, {}) })],
  [
    "a value out of bounds",
    (d) => ({
      path: pathOf(setVariable),
      body: encode(d, setVariable.input, {
        sessionId: "s",
        variable: "temperature",
        value: { kind: { case: "number", value: 9 } },
      }),
    }),
  ],
  [
    "a field that is not served",
    (d) => ({
      path: pathOf(setVariable),
      body: encode(d, setVariable.input, { sessionId: "s", variable: "n", context: { fencingToken: 1n } }),
    }),
  ],
];

const others: Record<string, string>[] = [
  {},
  { "accept-encoding": "gzip", "grpc-accept-encoding": "identity,gzip" },
  { "connect-timeout-ms": "60000", "grpc-timeout": "1M" },
];

describe.each(unaryDialects)("%s is answered as Connect's router does", (dialect) => {
  test.each(unaryCalls)("%s", async (_, call) => {
    for (const more of others) {
      const { path, body } = call(dialect);
      const sent = { path, body, headers: { "content-type": dialect, ...more } };
      expect(await overHttp2(server.url, sent)).toEqual(await overHttp2(reference.http2, sent));
      if (grpcDialects.includes(dialect)) continue;
      const routed = await overHttp1(reference.http1, sent);
      // What is to be the last request of its connection is read by Node.
      for (const keepAlive of [true, false]) expect(await overHttp1(server.url, sent, keepAlive)).toEqual(routed);
    }
  });
});

describe.each(streamDialects)("a stream by %s is answered as Connect's router does", (dialect) => {
  test.each([
    ["of what is not there", { sessionId: "s", variables: ["nope"] }, 60_000],
    // Long enough for what the stream begins with, however busy the machine is.
    ["that ends at its deadline", { sessionId: "s" }, 1000],
    ["without a session", {}, 60_000],
  ])("%s", async (_, init, limitMs) => {
    const sent = {
      path: pathOf(watchVariables),
      body: encode(dialect, watchVariables.input, init),
      headers: { "content-type": dialect, "connect-timeout-ms": `${limitMs}`, "grpc-timeout": `${limitMs}m` },
    };
    const [direct, routed] = await Promise.all([server.url, reference.http2].map((url) => overHttp2(url, sent)));
    expect(direct).toEqual(routed);
  });
});

describe("requests that break their protocol", () => {
  const good = encode("application/grpc+proto", getVariable.input, { sessionId: "s", variable: "temperature" });
  test.each([
    ["nothing at all", new Uint8Array()],
    ["half an envelope", good.subarray(0, 3)],
    ["half a message", good.subarray(0, 12)],
    ["two messages", Buffer.concat([good, good])],
    ["an envelope that says it is packed", envelope(good.subarray(5), 1)],
    ["an envelope beyond the limit", envelope(new Uint8Array(maxMessageBytes + 1))],
    ["bytes that are no message", envelope(new Uint8Array([0xff, 0xff, 0xff]))],
  ])("%s", async (_, body) => {
    const sent = { path: pathOf(getVariable), body, headers: { "content-type": "application/grpc+proto" } };
    const [direct, routed] = [await overHttp2(server.url, sent), await overHttp2(reference.http2, sent)];
    expect(direct.trailers["grpc-status"]).toBe(routed.trailers["grpc-status"]);
    expect(direct.body).toBe(routed.body);
    expect(direct.trailers["grpc-message"]).toEqual(expect.stringMatching(/./));
  });
});

test("a page of an origin that may call is told so", async () => {
  const sent = {
    path: pathOf(getVariable),
    body: encode("application/json", getVariable.input, { sessionId: "s", variable: "temperature" }),
    headers: { "content-type": "application/json", origin: "https://app.example" },
  };
  for (const heard of [await overHttp1(server.url, sent), await overHttp2(server.url, sent)]) {
    expect(heard.status).toBe(200);
    expect(heard.headers["access-control-allow-origin"]).toBe("https://app.example");
  }
});

test("an answer too large for one packet comes through whole, and what is sent after a refusal is not kept", async () => {
  const session = http2.connect(server.url);
  const stream = session.request({
    ":method": "POST",
    ":path": pathOf(setVariable),
    "content-type": "application/json",
  });
  stream.on("error", () => {});
  const chunk = Buffer.alloc(8000, "x");
  const [headers] = await Promise.all([
    once(stream, "response").then(([fields]) => fields),
    sendUntilClosed(stream, chunk),
  ]);
  expect(headers[":status"]).toBe(429);
  const { path, body } = {
    path: pathOf(getVariable),
    body: encode("application/json", getVariable.input, { sessionId: "s", variable: "prompt" }),
  };
  const after = session.request({ ":method": "POST", ":path": path, "content-type": "application/json" });
  after.end(body);
  const chunks: Buffer[] = [];
  for await (const part of after) chunks.push(part);
  expect(JSON.parse(Buffer.concat(chunks).toString()).variable.name).toBe("prompt");
  session.close();
});

/** Sends more and more, until the server ends the stream. */
async function sendUntilClosed(stream: http2.ClientHttp2Stream, chunk: Buffer): Promise<void> {
  const closed = closing(stream);
  const send = () => {
    while (!stream.destroyed && stream.write(chunk));
  };
  stream.on("drain", send).resume();
  send();
  await closed;
}

test("JSON may have integers of 64 bits in quotes or without", async () => {
  await server.store.registerVariable("s", { name: "seed64", type: "integer", value: 0 });
  for (const json of ['"9223372036854775807"', "9223372036854775807", "-9007199254740993"]) {
    const body = `{"sessionId": "s", "variable": "seed64", "value": {"integer": ${json}}}`;
    const init = { method: "POST", headers: { "content-type": "application/json" }, body };
    expect((await fetch(`${server.url}${pathOf(setVariable)}`, init)).status).toBe(200);
    expect((await server.store.getVariable("s", "seed64")).value).toBe(BigInt(json.replaceAll('"', "")));
  }
});
