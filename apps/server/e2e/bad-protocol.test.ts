import { once } from "node:events";
import * as http2 from "node:http2";
import * as net from "node:net";
import { setImmediate as nextTurn } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { closing } from "./test-parts/closing.ts";
import { keepSteady } from "./test-parts/steady-server.ts";

const server = keepSteady({ maxMessageBytes: 100_000 });

const setVariable = "/trimtab.v1.VariableService/SetVariable";
const watch = "/trimtab.v1.WatchService/WatchVariables";
const body = '{"sessionId":"s","variable":"temperature","value":{"number":1}}';

const send = (path: string, init: RequestInit) => fetch(`${server.url()}${path}`, { method: "POST", body, ...init });

describe("a request for what is not there", () => {
  test.each([
    ["an unknown method", "/trimtab.v1.VariableService/DivineVariable", 404],
    ["a service that is not served", "/trimtab.v1.AuditService/ListAuditEntries", 404],
    ["a path in capitals", setVariable.toUpperCase(), 404],
    ["a path with dots", `/x/..${setVariable}/..`, 404],
  ])("%s", async (_, path, status) => {
    const answer = await send(path, { headers: { "content-type": "application/json" } });
    expect([answer.status, await answer.text()]).toEqual([status, expect.stringContaining("nothing is served at")]);
  });

  test.each([
    [
      "an unknown content type",
      setVariable,
      { headers: { "content-type": "text/plain" } },
      415,
      "send application/json",
    ],
    ["no content type", setVariable, { body: new Uint8Array([123, 125]) }, 415, "there is no content-type; send"],
    [
      "a unary call of a stream",
      watch,
      { headers: { "content-type": "application/json" } },
      415,
      "is a stream: call it by",
    ],
    ["a write by GET", setVariable, { method: "GET", body: null }, 405, "calls are POST requests"],
    ["a write by PUT", setVariable, { method: "PUT" }, 405, "calls are POST requests"],
  ])("%s is told what to send", async (_, path, init, status, advice) => {
    const answer = await send(path, init);
    expect([answer.status, await answer.text()]).toEqual([status, expect.stringContaining(advice)]);
    expect(answer.headers.get("allow")).toBe(status === 405 ? "POST" : null);
  });

  test.each(["abc", "-1", "99999999999"])("a time limit of %s", async (timeout) => {
    const headers = { "content-type": "application/json", "connect-timeout-ms": timeout };
    const answer = await send(setVariable, { headers });
    expect([answer.status, await answer.json()]).toEqual([
      400,
      { code: "invalid_argument", message: expect.stringContaining("timeout") },
    ]);
  });
});

describe("a stream that begins badly", () => {
  const envelope = (content: string, { flags = 0, length = content.length } = {}) => {
    const head = Buffer.alloc(5);
    head.writeUInt8(flags);
    head.writeUInt32BE(length, 1);
    return new Uint8Array(Buffer.concat([head, Buffer.from(content)]));
  };
  test.each([
    ["without an envelope", new TextEncoder().encode("{}"), "invalid_argument"],
    ["with half an envelope", envelope("{}", { length: 50 }), "invalid_argument"],
    ["with half a message", envelope("{"), "invalid_argument"],
    ["with an envelope of 4 GiB", envelope("{}", { length: 2 ** 32 - 1 }), "resource_exhausted"],
    ["with two messages", new Uint8Array([...envelope('{"sessionId":"s"}'), ...envelope("{}")]), "unimplemented"],
    ["with nothing", new Uint8Array(), "unimplemented"],
    ["packed without a word on how", envelope("{}", { flags: 1 }), "internal"],
    ["for no session", envelope("{}"), "invalid_argument"],
  ])("%s", async (_, content, code) => {
    const answer = await send(watch, { body: content, headers: { "content-type": "application/connect+json" } });
    const bytes = new Uint8Array(await answer.arrayBuffer());
    expect(bytes[0]).toBe(2);
    expect(JSON.parse(new TextDecoder().decode(bytes.subarray(5)))).toMatchObject({ error: { code } });
  });

  test.each([
    ["grpc-timeout", "12x", "3"],
    ["grpc-encoding", "zstd", "12"],
  ])("with a %s of %s", async (header, value, status) => {
    const headers = { "content-type": "application/grpc-web+proto", [header]: value };
    const answer = await send(setVariable, { body: envelope(""), headers });
    expect(await answer.text()).toContain(`grpc-status: ${status}\r\n`);
  });
});

/** Sends bytes and gives what comes back until the connection ends; the server must end it. */
async function exchange(...pieces: (string | Buffer)[]): Promise<Buffer> {
  const socket = net.connect(server.port(), "127.0.0.1");
  const chunks: Buffer[] = [];
  socket.on("data", (chunk: Buffer) => chunks.push(chunk));
  const closed = closing(socket);
  for (const piece of pieces) socket.write(piece);
  await closed;
  return Buffer.concat(chunks);
}

const frame = (type: number, stream: number, payload: Buffer = Buffer.alloc(0), flags = 0): Buffer => {
  const head = Buffer.alloc(9);
  head.writeUIntBE(payload.length, 0, 3);
  head.writeUInt8(type, 3);
  head.writeUInt8(flags, 4);
  head.writeUInt32BE(stream, 5);
  return Buffer.concat([head, payload]);
};
const preface = Buffer.concat([Buffer.from("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"), frame(4, 0)]);

/** Types of the frames in what a server has sent. */
function typesIn(bytes: Buffer): number[] {
  const types: number[] = [];
  for (let at = 0; at + 9 <= bytes.length; at += 9 + bytes.readUIntBE(at, 3)) types.push(bytes.readUInt8(at + 3));
  return types;
}

describe("malformed HTTP", () => {
  const goaway = 7;
  test.each([
    ["a message without a stream", frame(0, 0, Buffer.from("x"))],
    ["a message of a stream that was never opened", frame(0, 5, Buffer.from("x"))],
    ["headers that are none", frame(1, 1, Buffer.from([0xff, 0xff, 0xff, 0xff, 0xff, 0xff]), 5)],
    ["headers on a stream of the server's", frame(1, 2, Buffer.alloc(1, 0x82), 5)],
    ["a frame larger than allowed", frame(0, 1, Buffer.alloc(20_000))],
    ["settings of odd length", frame(4, 0, Buffer.alloc(5))],
    ["a window that grows by nothing", frame(8, 0, Buffer.alloc(4))],
    [
      "headers that go on after something else",
      Buffer.concat([frame(1, 1, Buffer.alloc(1, 0x82)), frame(6, 0, Buffer.alloc(8))]),
    ],
  ])("%s ends the connection of HTTP/2 and says so", async (_, malformed) => {
    expect(typesIn(await exchange(preface, malformed))).toContain(goaway);
  });

  test("a preface that goes wrong ends the connection", async () => {
    const answer = await exchange(Buffer.from("PRI * HTTP/2.0\r\n\r\nNO\r\n\r\n"), Buffer.alloc(100));
    expect(typesIn(answer)).not.toContain(1);
  });

  test.each([
    ["no HTTP at all", "HELO server\r\n\r\n", "400"],
    ["a header without a colon", "GET / HTTP/1.1\r\nhost x\r\n\r\n", "400"],
    [
      "two lengths",
      `POST ${setVariable} HTTP/1.1\r\nhost: x\r\ncontent-length: 5\r\ncontent-length: 6\r\n\r\nabcde`,
      "400",
    ],
    [
      "a length and chunks",
      `POST ${setVariable} HTTP/1.1\r\nhost: x\r\ncontent-length: 5\r\ntransfer-encoding: chunked\r\n\r\n`,
      "400",
    ],
    ["headers without end", `GET / HTTP/1.1\r\nhost: x\r\nx: ${"y".repeat(17_000)}`, "431"],
  ])("%s is refused over HTTP/1.1", async (_, text, status) => {
    expect((await exchange(text)).toString()).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
  });

  test("many streams that are cancelled at once leave nothing behind", async () => {
    const session = http2.connect(server.url());
    session.on("error", () => {});
    for (let round = 0; round < 20 && !session.destroyed; round++) {
      const streams = Array.from({ length: 40 }, () => {
        const stream = session.request({
          ":method": "POST",
          ":path": watch,
          "content-type": "application/connect+json",
        });
        const closed = closing(stream);
        stream.close(http2.constants.NGHTTP2_CANCEL);
        return closed;
      });
      await Promise.all(streams);
      await nextTurn();
    }
    session.destroy();
  });
});

describe("a request that never comes", () => {
  const read = "/trimtab.v1.VariableService/GetVariable";
  const grpc = { "content-type": "application/grpc", "grpc-timeout": "1m" };
  const connect = { "content-type": "application/json", "connect-timeout-ms": "1" };
  test.each([
    ["gRPC", read, grpc, { "grpc-status": "4" }],
    ["Connect", read, connect, { ":status": 504 }],
    ["gRPC, a stream", watch, grpc, { "grpc-status": "4" }],
    ["gRPC, by Connect's router", `${read}?x=y`, grpc, { "grpc-status": "4" }],
    ["Connect, by Connect's router", `${read}?x=y`, connect, { ":status": 504 }],
  ])("ends its call at the deadline: %s", async (_, path, headers, answer) => {
    const session = http2.connect(server.url());
    const stream = session.request({ ":method": "POST", ":path": path, ...headers }, { endStream: false });
    const [head] = await once(stream.resume(), "response");
    expect(head).toMatchObject(answer);
    session.destroy();
  });
});

describe("a request that never ends", () => {
  const head = `POST ${setVariable} HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n`;
  test.each([
    ["half its headers", head.slice(0, 40)],
    ["half its body", `${head}content-length: ${body.length}\r\n\r\n${body.slice(0, -2)}`],
    ["half a chunk", `${head}transfer-encoding: chunked\r\n\r\n${body.length.toString(16)}\r\n${body.slice(0, 10)}`],
    ["all but the last chunk", `${head}transfer-encoding: chunked\r\n\r\n${body.length.toString(16)}\r\n${body}\r\n`],
  ])("and breaks off after %s writes nothing", async (_, text) => {
    const socket = net.connect(server.port(), "127.0.0.1");
    const closed = closing(socket);
    await new Promise<void>((resolve) => socket.write(text, () => resolve()));
    // An answer to a later connection shows that the bytes of this one have been seen.
    await send("/", { method: "GET", body: null });
    socket.destroy();
    await closed;
  });

  const reset = frame(3, 1, Buffer.from([0, 0, 0, http2.constants.NGHTTP2_CANCEL]));
  const envelope = Buffer.from([0, 0, 0, 0, body.length]);
  test.each([
    ["Connect", "application/json", Buffer.from(body), reset],
    ["Connect, with its connection", "application/json", Buffer.from(body), Buffer.alloc(0)],
    [
      "gRPC, before the end of its message",
      "application/grpc+json",
      Buffer.concat([envelope, Buffer.from(body.slice(0, -1))]),
      reset,
    ],
    [
      "gRPC-web, before the end of its message",
      "application/grpc-web+json",
      Buffer.concat([envelope, Buffer.from("{")]),
      Buffer.alloc(0),
    ],
  ])("and breaks off over HTTP/2 writes nothing: %s", async (_, type, data, end) => {
    const socket = net.connect(server.port(), "127.0.0.1").on("error", () => {});
    const headers = {
      ":method": "POST",
      ":scheme": "http",
      ":path": setVariable,
      ":authority": "x",
      "content-type": type,
    };
    const fields = Object.entries(headers).flatMap(([name, value]) => [Buffer.alloc(1), literal(name), literal(value)]);
    socket.write(Buffer.concat([preface, frame(1, 1, Buffer.concat(fields), 4), frame(0, 1, data), end]));
    // The acknowledgement of a ping shows that all before it has been seen.
    socket.write(frame(6, 0, Buffer.alloc(8)));
    const seen: Buffer[] = [];
    for await (const chunk of socket) {
      seen.push(chunk);
      if (typesIn(Buffer.concat(seen)).includes(6)) break;
    }
    socket.destroy();
    await nextTurn();
  });

  /** Text as HPACK writes it without compression (RFC 7541, section 5.2). */
  function literal(text: string): Buffer {
    return Buffer.concat([Buffer.from([text.length]), Buffer.from(text)]);
  }
});
