import { once } from "node:events";
import * as http from "node:http";
import * as http2 from "node:http2";
import type { AddressInfo, Server } from "node:net";
import { create, type DescMessage, type MessageInitShape, toBinary, toJsonString } from "@bufbuild/protobuf";
import { compressionBrotli, compressionGzip, connectNodeAdapter } from "@connectrpc/connect-node";
import { createTypeRegistry, type Store } from "@trimtab/core";
import { createRoutes } from "@trimtab/transport-connect";
import { builtinTypes } from "@trimtab/types";

/** A store that is served by Connect's router and Node's servers alone. */
export interface Reference {
  /** Addresses, by what is spoken there. */
  readonly http1: string;
  readonly http2: string;
  close(): void;
}

/** Serves a store as Connect does it, with nothing of the server's own between. */
export async function openReference(store: Store, readMaxBytes: number): Promise<Reference> {
  const routes = createRoutes({ store, types: createTypeRegistry([...builtinTypes]) });
  const acceptCompression = [compressionGzip, compressionBrotli];
  const handler = connectNodeAdapter({ routes, readMaxBytes, acceptCompression });
  const servers = [http.createServer(handler), http2.createServer(handler)];
  const [over1 = "", over2 = ""] = await Promise.all(servers.map(listen));
  return {
    http1: over1,
    http2: over2,
    close() {
      for (const each of servers) each.close();
    },
  };
}

async function listen(server: Server): Promise<string> {
  await once(server.listen(0, "127.0.0.1"), "listening");
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** Puts a session `s` into a store, with a temperature and a long prompt. */
export async function fill(store: Store): Promise<void> {
  await store.createSession({ id: "s" });
  await store.registerVariable("s", {
    name: "temperature",
    type: "float",
    value: 0.5,
    constraints: { min: 0, max: 2 },
  });
  await store.registerVariable("s", { name: "prompt", type: "string", value: "lorem ipsum ".repeat(300) });
}

/** A request. */
export interface Sent {
  readonly path: string;
  readonly headers: Record<string, string>;
  readonly body: Uint8Array;
}

/** All of its answer. */
export interface Heard {
  readonly status: number | undefined;
  readonly headers: Record<string, unknown>;
  readonly body: string;
  readonly trailers: Record<string, unknown>;
}

/** Sends a request over a connection of HTTP/2 of its own. */
export async function overHttp2(url: string, { path, headers, body }: Sent): Promise<Heard> {
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

/** How a call of gRPC ended: its message may be encoded in more than one way. */
function endingOf(trailers: Record<string, unknown>): Record<string, unknown> {
  const message = trailers["grpc-message"];
  return typeof message === "string" ? { ...trailers, "grpc-message": decodeURIComponent(message) } : trailers;
}

/** Takes out of a head what gRPC otherwise says in trailers, and may say there where it is all of the answer. */
function takeStatus(head: Record<string, unknown>): [string, unknown][] {
  const taken = Object.entries(head).filter(([name]) => /^grpc-(status|message)/.test(name));
  for (const [name] of taken) delete head[name];
  return taken;
}

/** Sends a request over a connection of HTTP/1.1 of its own, which the server may keep or must close. */
export async function overHttp1(url: string, { path, headers, body }: Sent, keepAlive = true): Promise<Heard> {
  const agent = new http.Agent({ keepAlive });
  const request = http.request(`${url}${path}`, { method: "POST", headers, agent });
  request.end(body);
  const [response] = (await once(request, "response")) as [http.IncomingMessage];
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk);
  agent.destroy();
  return tidy({ status: response.statusCode, headers: response.headers, body: chunks, trailers: response.trailers });
}

/** Leaves out what says nothing of the call: the time, how the body is cut up, that it is empty, and packing named that packs nothing. */
function tidy({ body, headers, trailers, ...heard }: Omit<Heard, "body"> & { body: Buffer[] }): Heard {
  const { date: _, "transfer-encoding": __, connection: ___, "keep-alive": ____, ...fields } = headers;
  const bytes = Buffer.concat(body);
  const isPacked = (bytes[0] ?? 0) % 2 === 1 || fields["content-encoding"] !== undefined;
  if (!isPacked) for (const name of ["grpc-encoding", "connect-content-encoding"]) delete fields[name];
  if (bytes.length === 0) delete fields["content-length"];
  // Only here for gRPC-web, whose answers are told apart by their envelopes.
  if (String(fields["content-type"]).includes("grpc")) delete fields["content-length"];
  const ending = Object.fromEntries([...Object.entries(trailers), ...takeStatus(fields)]);
  return { ...heard, headers: fields, body: bytes.toString("latin1"), trailers: endingOf(ending) };
}

/** Puts a message into an envelope, as all three protocols do in streams. */
export const envelope = (message: Uint8Array, flags = 0): Uint8Array => {
  const head = Buffer.alloc(5);
  head[0] = flags;
  head.writeUInt32BE(message.length, 1);
  return Buffer.concat([head, message]);
};

/** A request in one of the protocols and encodings. */
export function encode<I extends DescMessage>(dialect: string, schema: I, init: MessageInitShape<I>): Uint8Array {
  const message = create(schema, init);
  const bytes = dialect.endsWith("json") ? Buffer.from(toJsonString(schema, message)) : toBinary(schema, message);
  return /grpc|connect/.test(dialect) ? envelope(bytes) : bytes;
}
