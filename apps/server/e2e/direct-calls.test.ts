import { once } from "node:events";
import * as http from "node:http";
import * as http2 from "node:http2";
import { create, type DescMessage, type MessageInitShape, toBinary, toJsonString } from "@bufbuild/protobuf";
import { compressionBrotli, compressionGzip, connectNodeAdapter } from "@connectrpc/connect-node";
import { createTypeRegistry } from "@trimtab/core";
import { createRoutes } from "@trimtab/transport-connect";
import { builtinTypes } from "@trimtab/types";
import { SessionService, VariableService, WatchService } from "@trimtab/wire/services";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Listener, openListener, type RequestHandler } from "../src/listener.ts";
import type { RunningServer } from "../src/start-server.ts";
import { openServer } from "./open-server.ts";

const maxMessageBytes = 10_000;
let server: RunningServer;
let reference: Listener;

// The same store, served by Connect's router alone.
beforeAll(async () => {
  server = await openServer({ maxMessageBytes, corsOrigins: ["https://app.example"] });
  const { store } = server;
  await store.createSession({ id: "s" });
  await store.registerVariable("s", {
    name: "temperature",
    type: "float",
    value: 0.5,
    constraints: { min: 0, max: 2 },
  });
  await store.registerVariable("s", { name: "prompt", type: "string", value: "lorem ipsum ".repeat(300) });
  const routes = createRoutes({ store, types: createTypeRegistry([...builtinTypes]) });
  const acceptCompression = [compressionGzip, compressionBrotli];
  const handler = connectNodeAdapter({ routes, readMaxBytes: maxMessageBytes, acceptCompression }) as RequestHandler;
  reference = await openListener({ listen: { host: "127.0.0.1", port: 0 }, handler });
});
afterAll(async () => {
  await reference.close(0);
  await server.close();
});

interface Sent {
  readonly path: string;
  readonly headers: Record<string, string>;
  readonly body: Uint8Array;
}

interface Heard {
  readonly status: number | undefined;
  readonly headers: Record<string, unknown>;
  readonly body: string;
  readonly trailers: Record<string, unknown>;
}

async function overHttp2(url: string, { path, headers, body }: Sent): Promise<Heard> {
  const session = http2.connect(url);
  const stream = session.request({ ":method": "POST", ":path": path, ...headers });
  const heard = { headers: {}, trailers: {} };
  stream.on("response", (fields) => Object.assign(heard.headers, fields));
  stream.on("trailers", (fields) => Object.assign(heard.trailers, fields));
  stream.end(body);
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  session.close();
  const { ":status": status, ...fields } = heard.headers as Record<string, unknown>;
  return tidy({ status: Number(status), headers: fields, body: chunks, trailers: heard.trailers });
}

async function overHttp1(url: string, { path, headers, body }: Sent): Promise<Heard> {
  const request = http.request(`${url}${path}`, { method: "POST", headers: { ...headers, connection: "close" } });
  request.end(body);
  const [response] = (await once(request, "response")) as [http.IncomingMessage];
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk);
  return tidy({ status: response.statusCode, headers: response.headers, body: chunks, trailers: response.trailers });
}

/** Leaves out what says nothing of the call: the time, how the body is cut up, and packing named that packs nothing. */
function tidy({ body, headers, ...heard }: Omit<Heard, "body"> & { body: Buffer[] }): Heard {
  const { date: _, "transfer-encoding": __, connection: ___, ...fields } = headers;
  const bytes = Buffer.concat(body);
  const isPacked = (bytes[0] ?? 0) % 2 === 1 || fields["content-encoding"] !== undefined;
  if (!isPacked) for (const name of ["grpc-encoding", "connect-content-encoding"]) delete fields[name];
  // Only here for gRPC-web, whose answers are told apart by their envelopes.
  if (String(fields["content-type"]).includes("grpc")) delete fields["content-length"];
  return { ...heard, headers: fields, body: bytes.toString("latin1") };
}

const envelope = (message: Uint8Array, flags = 0): Uint8Array => {
  const head = Buffer.alloc(5);
  head[0] = flags;
  head.writeUInt32BE(message.length, 1);
  return Buffer.concat([head, message]);
};

/** A request in one of the protocols and encodings. */
function encode<I extends DescMessage>(dialect: string, schema: I, init: MessageInitShape<I>): Uint8Array {
  const message = create(schema, init);
  const bytes = dialect.endsWith("json") ? Buffer.from(toJsonString(schema, message)) : toBinary(schema, message);
  return /grpc|connect/.test(dialect) ? envelope(bytes) : bytes;
}

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
  [
    "a message too large",
    (d) => ({
      path: pathOf(setVariable),
      body: encode(d, setVariable.input, { sessionId: "s", variable: "x".repeat(20_000) }),
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
      expect(await overHttp2(server.url, sent)).toEqual(await overHttp2(reference.url, sent));
      if (!grpcDialects.includes(dialect))
        expect(await overHttp1(server.url, sent)).toEqual(await overHttp1(reference.url, sent));
    }
  });
});

describe.each(streamDialects)("a stream by %s is answered as Connect's router does", (dialect) => {
  test.each([
    ["of what is not there", { sessionId: "s", variables: ["nope"] }],
    ["that ends at its deadline", { sessionId: "s" }],
    ["without a session", {}],
  ])("%s", async (_, init) => {
    const sent = {
      path: pathOf(watchVariables),
      body: encode(dialect, watchVariables.input, init),
      headers: { "content-type": dialect, "connect-timeout-ms": "50", "grpc-timeout": "50m" },
    };
    expect(await overHttp2(server.url, sent)).toEqual(await overHttp2(reference.url, sent));
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
    const [direct, routed] = [await overHttp2(server.url, sent), await overHttp2(reference.url, sent)];
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
  const closed = once(stream, "close");
  const send = () => {
    while (!stream.destroyed && stream.write(chunk));
  };
  stream.on("drain", send).resume();
  send();
  await closed;
}
