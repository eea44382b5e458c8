import { once } from "node:events";
import * as http2 from "node:http2";
import * as net from "node:net";
import { describe, expect, onTestFinished, test } from "vitest";
import type { Exchange } from "./exchange.ts";
import { serveHttp1 } from "./http1/serve-http1.ts";
import { withDefaults } from "./http2/check-limits.ts";
import { defaultLimits } from "./http2/limits.ts";
import { serveHttp2 } from "./http2/serve-http2.ts";

type Careless = { [K in keyof Exchange]: (...args: unknown[]) => unknown };

/** What a handler does, and what is said of it. */
const calls: readonly (readonly [message: string, handler: (exchange: Careless) => void])[] = [
  ["status must be a whole number from 200 to 599, got undefined", (exchange) => exchange.start()],
  ['status must be a whole number from 200 to 599, got "200"', (exchange) => exchange.start("200", {})],
  ["status must be a whole number from 200 to 599, got NaN", (exchange) => exchange.start(Number.NaN, {})],
  ["status must be a whole number from 200 to 599, got 100", (exchange) => exchange.start(100, {})],
  ["status must be a whole number from 200 to 599, got 12345", (exchange) => exchange.start(12345, {})],
  ["headers must be an object, got undefined", (exchange) => exchange.start(200)],
  ["headers must be an object, got list", (exchange) => exchange.start(200, [["a", "b"]])],
  ["bad name", (exchange) => exchange.start(200, { "bad name": "x" })],
  [":path", (exchange) => exchange.start(200, { ":path": "/" })],
  ['""', (exchange) => exchange.start(200, { "": "x" })],
  ["übel", (exchange) => exchange.start(200, { übel: "x" })],
  ["the field a must be text or a number, got null", (exchange) => exchange.start(200, { a: null }, true)],
  ["the field a must be text or a number, got undefined", (exchange) => exchange.start(200, { a: [undefined] }, true)],
  ["the field a must be text or a number, got object", (exchange) => exchange.start(200, { a: {} }, true)],
  ["start must be called before anything else is sent", (exchange) => exchange.write(Buffer.from("x"))],
  ["start must be called before anything else is sent", (exchange) => exchange.end({})],
  ["reader must be an object, got undefined", (exchange) => exchange.read()],
  ["reader.onData must be a function, got undefined", (exchange) => exchange.read({ onEnd: () => {} })],
  ["reader.onEnd must be a function, got 1", (exchange) => exchange.read({ onData: () => {}, onEnd: 1 })],
  ["listener must be a function, got undefined", (exchange) => exchange.onClose()],
  ['listener must be a function, got "x"', (exchange) => exchange.onDrain("x")],
];

/** What is said once the answer has begun. */
const later: typeof calls = [
  ["start must be called once for each answer", (exchange) => exchange.start(200, {})],
  ["start must be called once for each answer", (exchange) => exchange.start(404, {}, true)],
  ['bytes must be a Uint8Array, got "hello"', (exchange) => exchange.write("hello")],
  ["bytes must be a Uint8Array, got list", (exchange) => exchange.write([1, 2])],
  ["bytes must be a Uint8Array, got object", (exchange) => exchange.write(new Float64Array(1))],
  ['bytes must be a Uint8Array, got "hello"', (exchange) => exchange.end({ bytes: "hello" })],
  ["pieces must be a list, got undefined", (exchange) => exchange.writeAll()],
  ["bytes must be a Uint8Array, got undefined", (exchange) => exchange.writeAll([undefined])],
  ["ending must be an object such as { bytes }, got object", (exchange) => exchange.end(Buffer.from("hello"))],
  ['ending must be an object such as { bytes }, got "hello"', (exchange) => exchange.end("hello")],
  ["ending must be an object such as { bytes }, got undefined", (exchange) => exchange.end()],
  ["trailers must be an object, got null", (exchange) => exchange.end({ trailers: null })],
  ['trailers must be an object, got "ab"', (exchange) => exchange.end({ trailers: "ab" })],
];

const cases = [...calls, ...later.map(([message, handler]) => [message, afterStart(handler)] as const)];

function afterStart(handler: (exchange: Careless) => void) {
  return (exchange: Careless) => {
    exchange.start(200, {});
    handler(exchange);
  };
}

async function listen(serve: (socket: net.Socket) => void): Promise<number> {
  const server = net.createServer((socket) => serve(socket.on("error", () => {}))).listen(0, "127.0.0.1");
  onTestFinished(() => void server.close());
  await once(server, "listening");
  return (server.address() as net.AddressInfo).port;
}

const handling = (handler: (exchange: Careless) => void, faults: unknown[]) => ({
  onExchange: (exchange: Exchange) => handler(exchange as unknown as Careless),
  onFault: (error: unknown) => void faults.push(error),
});

/** One fault, in words that are ours. */
function expectFault(faults: readonly unknown[], message: string): void {
  expect(faults).toHaveLength(1);
  const [fault] = faults;
  expect(fault instanceof TypeError || fault instanceof RangeError).toBe(true);
  expect(String(fault)).toContain(message);
}

describe("what a handler does wrong", () => {
  test.each(cases)("over HTTP/1.1: %s", async (message, handler) => {
    const faults: unknown[] = [];
    const port = await listen((socket) => {
      serveHttp1(socket, { ...handling(handler, faults), handOver: () => socket.destroy(), idleTimeoutMs: 5000 });
    });
    const client = net.connect(port, "127.0.0.1").setEncoding("latin1");
    onTestFinished(() => void client.destroy());
    client.write("POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 0\r\n\r\n");
    const [answer] = await once(client, "data");
    expect(answer).toMatch(/^HTTP\/1.1 500 /);
    expectFault(faults, message);
  });

  test.each(cases)("over HTTP/2: %s", async (message, handler) => {
    const faults: unknown[] = [];
    const port = await listen((socket) => serveHttp2(socket, handling(handler, faults)));
    const client = http2.connect(`http://127.0.0.1:${port}`);
    onTestFinished(() => client.destroy());
    const broken = () =>
      new Promise((resolve) =>
        client
          .request({ ":path": "/" })
          .on("error", () => {})
          .once("close", resolve)
          .resume(),
      );
    await broken();
    expectFault(faults, message);
    // The connection is as good as before for other calls.
    await broken();
    expect(faults).toHaveLength(2);
  });
});

test("a second head is not sent into the body of an answer over HTTP/1.1", async () => {
  const faults: unknown[] = [];
  const handler = (exchange: Careless) => {
    exchange.start(200, { "content-length": 4 });
    exchange.write(Buffer.from("ab"));
    exchange.start(200, { "content-length": 4 });
  };
  const port = await listen((socket) => {
    serveHttp1(socket, { ...handling(handler, faults), handOver: () => socket.destroy(), idleTimeoutMs: 5000 });
  });
  const client = net.connect(port, "127.0.0.1").setEncoding("latin1");
  client.on("error", () => {}).write("POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 0\r\n\r\n");
  let answer = "";
  client.on("data", (text) => {
    answer += text;
  });
  await once(client, "close");
  expect(answer.split("HTTP/1.1").length).toBeLessThanOrEqual(2);
  expectFault(faults, "start must be called once for each answer");
});

const callbacks = { onExchange: () => {}, onFault: () => {} };
const nothing = new net.Socket();

test.each<[string, unknown]>([
  ["options must be an object, got undefined", undefined],
  ["options must be an object, got null", null],
  ["onExchange must be a function, got undefined", { onFault: () => {} }],
  ['onFault must be a function, got "log"', { ...callbacks, onFault: "log" }],
  ["onexchange: options has no such field; there are onExchange, onFault", { ...callbacks, onexchange: () => {} }],
])("%s, which no connection is served with", (message, options) => {
  expect(() => serveHttp2(nothing, options as never)).toThrow(message);
  const http1 = options && { handOver: () => {}, idleTimeoutMs: 1000, ...(options as object) };
  expect(() => serveHttp1(nothing, http1 as never)).toThrow(message);
});

test.each([undefined, null, Number.NaN, -1, Number.POSITIVE_INFINITY, 2 ** 31, "1000", 1n])(
  "%s is no idle time",
  (idleTimeoutMs) => {
    const options = { ...callbacks, handOver: () => {}, idleTimeoutMs: idleTimeoutMs as number };
    expect(() => serveHttp1(nothing, options)).toThrow("idleTimeoutMs must be a number from 0 to 2147482647, got ");
  },
);

test("what is no socket and no pulse is refused by name", () => {
  for (const socket of [undefined, null, 1, "x", {}, []]) {
    expect(() => serveHttp2(socket as never, callbacks)).toThrow("socket must be an object");
    const options = { ...callbacks, handOver: () => {}, idleTimeoutMs: 1000 };
    expect(() => serveHttp1(socket as never, options)).toThrow("socket must be an object");
  }
  expect(() => serveHttp2(nothing, { ...callbacks, pulse: {} as never })).toThrow(
    "pulse must be an object with a method follow",
  );
});

describe("limits", () => {
  const names = Object.keys(defaultLimits).filter((name) => name !== "resets" && name !== "oddities");

  test.each(names)("%s must be a number that holds something back", (name) => {
    for (const wrong of [null, Number.NaN, -1, "1", "", 1n, true, {}, [1], new Date()]) {
      expect(() => withDefaults({ [name]: wrong })).toThrow(`limits.${name} must be `);
    }
  });

  test.each(["resets", "oddities"])("%s must be a burst and a rate", (name) => {
    const rates = [
      {},
      { burst: 1 },
      { burst: Number.NaN, perSecond: 1 },
      { burst: 1, perSecond: "1" },
      { burst: -1, perSecond: 1 },
    ];
    for (const rate of rates) expect(() => withDefaults({ [name]: rate })).toThrow(`limits.${name}.`);
    for (const rate of [null, 1, "x", []])
      expect(() => withDefaults({ [name]: rate })).toThrow(`limits.${name} must be an object`);
  });

  test("that go into frames must fit them", () => {
    for (const name of ["maxStreams", "maxHeaderListBytes", "streamWindowBytes", "connectionWindowBytes"]) {
      for (const wrong of [0, 1.5, 2 ** 32, Number.POSITIVE_INFINITY]) {
        expect(() => withDefaults({ [name]: wrong })).toThrow(`limits.${name} must be a whole number from 1 to `);
      }
    }
  });

  test("that there are none of are refused, and those left out have their defaults", () => {
    expect(() => withDefaults({ maxStream: 5 } as object)).toThrow(
      "limits.maxStream: limits has no such field; there are maxStreams,",
    );
    expect(() => withDefaults(null as never)).toThrow("limits must be an object, got null");
    const some = withDefaults({ maxStreams: undefined, idleTimeoutMs: Number.POSITIVE_INFINITY } as object);
    expect(some).toEqual({ ...defaultLimits, idleTimeoutMs: Number.POSITIVE_INFINITY });
  });
});
