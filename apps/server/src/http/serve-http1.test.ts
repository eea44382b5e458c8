import { once } from "node:events";
import type { ServerOptions } from "node:http";
import * as net from "node:net";
import { text } from "node:stream/consumers";
import type { Exchange } from "@trimtab/http";
import { expect, onTestFinished, test } from "vitest";
import { closing } from "../../e2e/test-parts/closing.ts";
import type { ServingOptions } from "./protocol-server.ts";
import { sendText } from "./send.ts";
import { createHttp1Server } from "./serve-http1.ts";

const rethrow = (error: unknown): never => {
  throw error;
};

/** Serves a port, and connects to it by writing. */
async function open(serving: ServingOptions, options: ServerOptions = {}) {
  const http1 = createHttp1Server(serving, options);
  const server = net.createServer((socket) => http1.serve(socket)).listen(0, "127.0.0.1");
  onTestFinished(() => void server.close());
  await once(server, "listening");
  const send = (bytes: string): net.Socket => {
    const socket = net.connect((server.address() as net.AddressInfo).port, "127.0.0.1");
    socket.write(bytes);
    return socket;
  };
  return { http1, send };
}

const halves = [
  ["head", "POST / HTTP/1.1\r\nho"],
  ["body", "POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 9\r\n\r\nhalf"],
];

test.each(halves)(
  "a request whose %s does not come to its end is ended, and one that is answered slowly is not",
  async (_, half) => {
    let answer = () => {};
    const timeouts = { headersTimeout: 1000, requestTimeout: 1000, connectionsCheckingInterval: 10 };
    const handler = (exchange: Exchange) => {
      if (exchange.method === "GET") answer = () => sendText(exchange, { status: 200, text: "at last" });
    };
    const { http1, send } = await open({ handler, onFault: rethrow }, timeouts);
    const patient = text(send("GET / HTTP/1.1\r\nhost: x\r\n\r\n"));
    expect(await text(send(half))).toMatch(/^HTTP\/1.1 408 /);
    answer();
    http1.close();
    expect(await patient).toMatch(/^HTTP\/1.1 200 .*at last$/s);
  },
);

test.each(halves)("a connection that comes once the server closes, and brings half a %s, is ended", async (_, half) => {
  const { http1, send } = await open({ handler: () => expect.fail("nothing was asked"), onFault: rethrow });
  http1.close();
  let heard = 0;
  // What it still sends may have it reset, too.
  await closing(send(half).on("data", () => heard++));
  expect(heard).toBe(0);
});
