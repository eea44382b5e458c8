import { once } from "node:events";
import * as net from "node:net";
import { text } from "node:stream/consumers";
import { expect, onTestFinished, test } from "vitest";
import { sendText } from "./send.ts";
import { createHttp1Server } from "./serve-http1.ts";

test.each([
  ["head", "POST / HTTP/1.1\r\nho"],
  ["body", "POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 9\r\n\r\nhalf"],
])("a request whose %s does not come to its end is ended, and one that is answered slowly is not", async (_, half) => {
  let answer = () => {};
  const timeouts = { headersTimeout: 1000, requestTimeout: 1000, connectionsCheckingInterval: 10 };
  const http1 = createHttp1Server((exchange) => {
    if (exchange.method === "GET") answer = () => sendText(exchange, { status: 200, text: "at last" });
  }, timeouts);
  const server = net.createServer((socket) => http1.serve(socket)).listen(0, "127.0.0.1");
  onTestFinished(() => void server.close());
  await once(server, "listening");
  const send = (bytes: string): net.Socket => {
    const socket = net.connect((server.address() as net.AddressInfo).port, "127.0.0.1");
    socket.write(bytes);
    return socket;
  };
  const patient = text(send("GET / HTTP/1.1\r\nhost: x\r\n\r\n"));
  expect(await text(send(half))).toMatch(/^HTTP\/1.1 408 /);
  answer();
  http1.close();
  expect(await patient).toMatch(/^HTTP\/1.1 200 .*at last$/s);
});
