import { once } from "node:events";
import * as http from "node:http";
import * as http2 from "node:http2";
import type { Readable, Writable } from "node:stream";
import { buffer, text } from "node:stream/consumers";
import type { Exchange } from "@trimtab/http";
import { describe, expect, onTestFinished, test } from "vitest";
import { openListener } from "./listener.ts";
import { sendBody, sendText } from "./send.ts";

/** A request as its caller sees it. */
interface Caller {
  /** Takes the request's body. */
  readonly request: Writable;
  answer(): Promise<{ readonly status: number; readonly body: Readable; trailers(): object }>;
  /** Goes away in the middle. */
  leave(): void;
}

type Call = (url: string, method: string, headers?: Record<string, string>) => Caller;

const overHttp1: Call = (url, method, headers = {}) => {
  const request = http.request(`${url}/path?query`, { method, headers, agent: false });
  request.on("error", () => {});
  request.flushHeaders();
  const response = once(request, "response");
  response.catch(() => {});
  return {
    request,
    async answer() {
      const [body] = (await response) as [http.IncomingMessage];
      return { status: Number(body.statusCode), body, trailers: () => body.trailers };
    },
    leave: () => void request.destroy(),
  };
};

const overHttp2: Call = (url, method, headers = {}) => {
  const session = http2.connect(url).on("error", () => {});
  onTestFinished(() => session.destroy());
  const body = session.request({ ":method": method, ":path": "/path?query", ...headers });
  body.on("error", () => {});
  const heard = { trailers: {} };
  body.on("trailers", (fields) => Object.assign(heard.trailers, fields));
  const response = once(body, "response");
  response.catch(() => {});
  return {
    request: body,
    async answer() {
      const [{ ":status": status }] = await response;
      return { status, body, trailers: () => heard.trailers };
    },
    leave: () => session.destroy(),
  };
};

/** Makes one call, and gives both of its ends. */
async function open(call: Call, method = "POST", headers?: Record<string, string>) {
  const faults: unknown[] = [];
  const onFault = (error: unknown) => faults.push(error);
  let arrived = (_: Exchange) => {};
  const exchange = new Promise<Exchange>((resolve) => {
    arrived = resolve;
  });
  const listener = await openListener({
    listen: { host: "127.0.0.1", port: 0 },
    handler: (each) => arrived(each),
    onFault,
  });
  onTestFinished(() => listener.close(0));
  const caller = call(listener.url, method, headers);
  return { caller, faults, exchange: await exchange };
}

/** Reads a request, and keeps what was heard of it. */
function listenTo(exchange: Exchange) {
  const heard = { bytes: 0, pieces: [] as Buffer[], ends: 0, closings: 0 };
  exchange.onClose(() => heard.closings++);
  exchange.read({
    onData(bytes) {
      heard.bytes += bytes.length;
      heard.pieces.push(bytes);
    },
    onEnd: () => heard.ends++,
  });
  return heard;
}

const fault = new Error("thrown on purpose");
const throwIt = () => {
  throw fault;
};

const much = Buffer.alloc(32 << 20, "much ");

describe.each([
  ["HTTP/1.1", overHttp1],
  ["HTTP/2", overHttp2],
])("an exchange of %s", (version, call) => {
  test("says what was asked for", async () => {
    const { exchange } = await open(call, "POST", { "x-some": "thing" });
    expect(exchange).toMatchObject({ method: "POST", path: "/path?query", hasTrailers: version === "HTTP/2" });
    expect([exchange.headers["x-some"], exchange.isClosed]).toEqual(["thing", false]);
    expect(exchange.socket?.remoteAddress).toBe("127.0.0.1");
  });

  test("hands a request over in order, then its end, however late it is read", async () => {
    const { exchange, caller } = await open(call);
    caller.request.end("all of it");
    await once(caller.request, "finish");
    const heard = listenTo(exchange);
    await expect.poll(() => heard.ends, { interval: 1 }).toBe(1);
    expect(Buffer.concat(heard.pieces).toString()).toBe("all of it");
    expect(heard.closings).toBe(0);
  });

  test("has a caller wait while it is paused", async () => {
    const { exchange, caller } = await open(call);
    const heard = listenTo(exchange);
    exchange.pause();
    caller.request.end(much);
    // Others are served meanwhile, so that there is time for what may not come.
    const { exchange: other, caller: next } = await open(call);
    const beside = listenTo(other);
    next.request.end(much);
    await expect.poll(() => beside.ends, { interval: 1 }).toBe(1);
    expect([heard.ends, heard.bytes < much.length, caller.request.writableFinished]).toEqual([0, true, false]);
    exchange.resume();
    await expect.poll(() => heard.ends, { interval: 1 }).toBe(1);
    expect(Buffer.concat(heard.pieces).equals(much)).toBe(true);
  });

  test("closes where a request is broken off, says no end of it, and does nothing any more", async () => {
    const { exchange, caller } = await open(call);
    const heard = listenTo(exchange);
    caller.request.write("half");
    await expect.poll(() => heard.bytes, { interval: 1 }).toBe(4);
    caller.leave();
    await expect.poll(() => heard.closings, { interval: 1 }).toBe(1);
    expect([exchange.isClosed, heard.ends]).toEqual([true, 0]);
    exchange.start(200, {});
    expect(exchange.write(Buffer.from("answer"))).toBe(false);
    exchange.end({ bytes: Buffer.from("answer"), trailers: { some: "trailer" } });
    exchange.reset();
    exchange.pause();
    exchange.resume();
  });

  test("sends an answer with its trailers, and closes", async () => {
    const { exchange, caller } = await open(call);
    const heard = listenTo(exchange);
    caller.request.end();
    exchange.start(201, { "content-type": "text/plain" });
    exchange.write(Buffer.from("one "));
    exchange.end({ bytes: Buffer.from("two"), trailers: { "x-last": "word" } });
    const { status, body, trailers } = await caller.answer();
    expect([status, await text(body), trailers()]).toMatchObject([201, "one two", { "x-last": "word" }]);
    await expect.poll(() => [heard.closings, exchange.isClosed], { interval: 1 }).toEqual([1, true]);
  });

  test("drops what is left of a request once it is answered, and the caller hears the answer", async () => {
    const { exchange, caller } = await open(call);
    let heard = 0;
    exchange.read({ onData: () => heard++, onEnd: () => heard++ });
    caller.request.write("half");
    await expect.poll(() => heard, { interval: 1 }).toBe(1);
    sendText(exchange, { status: 413, text: "too much" });
    caller.request.end(much.subarray(0, 4 << 20));
    const { status, body } = await caller.answer();
    expect([status, await text(body)]).toEqual([413, "too much"]);
    await expect.poll(() => exchange.isClosed, { interval: 1 }).toBe(true);
    expect(heard).toBe(1);
  });

  test("asks to wait where a caller does not read, and tells when it does", async () => {
    const { exchange, caller } = await open(call);
    caller.request.end();
    exchange.start(200, {});
    const piece = Buffer.alloc(256 << 10, "x");
    let sent = 0;
    for (let mayGoOn = true; mayGoOn; sent += piece.length) mayGoOn = exchange.write(piece);
    const drained = new Promise<void>((resolve) => exchange.onDrain(resolve));
    const { body } = await caller.answer();
    const received = buffer(body);
    await drained;
    exchange.end({ bytes: Buffer.from("end") });
    expect(await received).toHaveLength(sent + 3);
  });

  test("sends a body at the caller's pace, and stops where it goes away", async () => {
    const { exchange, caller } = await open(call);
    caller.request.end();
    let asked = 0;
    const endless = async function* () {
      try {
        for (;;) {
          asked++;
          yield much.subarray(0, 1 << 20);
        }
      } finally {
        asked = -1;
      }
    };
    const sending = sendBody(exchange, endless(), () => exchange.start(200, {}));
    const { body } = await caller.answer();
    await once(body, "readable");
    expect(asked).toBeLessThan(64);
    caller.leave();
    await sending;
    expect(asked).toBe(-1);
  });

  test("that is reset is seen to be broken", async () => {
    const { exchange, caller } = await open(call);
    caller.request.end();
    exchange.start(200, {});
    exchange.write(Buffer.from("half"));
    const { body } = await caller.answer();
    const failed = once(body, "error");
    body.resume();
    exchange.reset();
    expect(await Promise.race([failed, once(body, "end").then(() => "ended well")])).toMatchObject([
      { code: version === "HTTP/2" ? "ERR_HTTP2_STREAM_ERROR" : "ECONNRESET" },
    ]);
  });

  test.each<[string, (exchange: Exchange) => void]>([
    ["who takes its bytes", (exchange) => exchange.read({ onData: throwIt, onEnd: () => {} })],
    ["who hears of its end", (exchange) => exchange.read({ onData: () => {}, onEnd: throwIt })],
  ])("fails alone, and is told of, where %s throws", async (_, read) => {
    const { exchange, caller, faults } = await open(call);
    read(exchange);
    caller.request.end("some bytes");
    const { status, body } = await caller.answer();
    expect([status, await text(body)]).toEqual([500, "the server failed\n"]);
    expect(faults).toEqual([fault]);
  });

  test("is broken off, and is told of, where something throws in the midst of its answer", async () => {
    const { exchange, caller, faults } = await open(call);
    exchange.start(200, {});
    exchange.write(Buffer.from("half"));
    const { body } = await caller.answer();
    const failed = once(body, "error");
    exchange.read({ onData: throwIt, onEnd: () => {} });
    exchange.onClose(throwIt);
    caller.request.write("some bytes");
    body.resume();
    await failed;
    await expect.poll(() => faults, { interval: 1 }).toEqual([fault, fault]);
    expect(exchange.isClosed).toBe(true);
  });

  test("tells a caller that waits for it to go on", async () => {
    const { exchange, caller } = await open(call, "POST", { expect: "100-continue" });
    const goOn = once(caller.request, "continue");
    const heard = listenTo(exchange);
    await goOn;
    caller.request.end("more");
    await expect.poll(() => heard.ends, { interval: 1 }).toBe(1);
  });

  test("answers a question for the head alone", async () => {
    const { exchange, caller } = await open(call, "HEAD");
    caller.request.end();
    sendText(exchange, { status: 200, text: "of some length" });
    const { status, body } = await caller.answer();
    expect([status, await text(body)]).toEqual([200, ""]);
    await expect.poll(() => exchange.isClosed, { interval: 1 }).toBe(true);
  });
});
