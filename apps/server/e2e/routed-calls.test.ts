import * as net from "node:net";
import { gzipSync } from "node:zlib";
import { VariableService, WatchService } from "@trimtab/wire/services";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { RunningServer } from "../src/start-server.ts";
import { openServer } from "./open-server.ts";
import { closing } from "./test-parts/closing.ts";
import { encode, envelope, fill, openReference, overHttp1, overHttp2, type Reference } from "./test-parts/raw-calls.ts";

const maxMessageBytes = 10_000;
let server: RunningServer;
let reference: Reference;

beforeAll(async () => {
  server = await openServer({ maxMessageBytes });
  await fill(server.store);
  reference = await openReference(server.store, maxMessageBytes);
});
afterAll(async () => {
  reference.close();
  await server.close();
});

const { getVariable } = VariableService.method;
const { watchVariables } = WatchService.method;
const read = `/${VariableService.typeName}/${getVariable.name}`;
const watch = `/${WatchService.typeName}/${watchVariables.name}`;
const grpc = "application/grpc+proto";
const json = "application/json";

const ask = (dialect: string, variable = "temperature") =>
  encode(dialect, getVariable.input, { sessionId: "s", variable });
const packed = (dialect: string, bytes: Uint8Array) =>
  dialect === grpc ? envelope(gzipSync(bytes.subarray(5)), 1) : gzipSync(bytes);

describe("what is out of the ordinary is answered as Connect's router does with Node's servers", () => {
  test.each([
    ["a content type with a character set", read, { "content-type": `${json}; charset=utf-8` }, ask(json)],
    ["a packed request", read, { "content-type": json, "content-encoding": "gzip" }, packed(json, ask(json))],
    ["what was packed in no known way", read, { "content-type": json, "content-encoding": "lz4" }, ask(json)],
    ["a packed message of gRPC", read, { "content-type": grpc, "grpc-encoding": "gzip" }, packed(grpc, ask(grpc))],
    ["gRPC", read, { "content-type": grpc }, ask(grpc)],
    ["gRPC for what is not there", read, { "content-type": grpc }, ask(grpc, "nope")],
    ["gRPC for much", read, { "content-type": grpc, "grpc-accept-encoding": "gzip" }, ask(grpc, "prompt")],
    [
      "an error in gRPC's words that is no text",
      `${read}?x=y`,
      { "content-type": "application/grpc+json; charset=utf-8", "grpc-encoding": "gzip" },
      envelope(gzipSync(badJson()), 1),
    ],
    ["a time limit that is none", read, { "content-type": json, "connect-timeout-ms": "soon" }, ask(json)],
    ["a query beside the path", `${read}?x=y`, { "content-type": json }, ask(json)],
    [
      "a stream of packed messages",
      `${watch}?x=y`,
      { "content-type": "application/connect+json", "connect-content-encoding": "gzip", "connect-timeout-ms": "60000" },
      envelope(gzipSync('{"sessionId":"s","variables":["nope"]}'), 1),
    ],
  ])("%s", async (_, path, headers, body) => {
    const sent = { path, headers: headers as Record<string, string>, body };
    expect(await overHttp2(server.url, sent)).toEqual(await overHttp2(reference.http2, sent));
    expect(await overHttp1(server.url, sent)).toEqual(await overHttp1(reference.http1, sent));
  });
});

/** JSON that is quoted in the error it leads to. */
function badJson(): Uint8Array {
  return Buffer.from('{"sessionId":"s","variable":5}');
}

test("a call that names no host, or none that is one, is served all the same", async () => {
  const body = '{"sessionId":"s","variable":"temperature"}';
  const fields = [`content-type: ${json}`, `content-length: ${body.length}`, "connection: close"];
  for (const head of [`POST ${read}?x=y HTTP/1.0`, `POST ${read}?x=y HTTP/1.1\r\nhost: a b`]) {
    const socket = net.connect(server.port, "127.0.0.1");
    const closed = closing(socket);
    socket.write(`${[head, ...fields].join("\r\n")}\r\n\r\n${body}`);
    const chunks: Buffer[] = [];
    socket.on("data", (chunk) => chunks.push(chunk));
    await closed;
    expect(Buffer.concat(chunks).toString()).toMatch(/^HTTP\/1.1 200 .*"name":\s?"temperature"/s);
  }
});
