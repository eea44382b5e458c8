import * as http2 from "node:http2";
import type { AddressInfo } from "node:net";
import { expect, test } from "vitest";
import { call, connectHttp2, overHttp2 } from "./fanout.ts";
import { inEnvelope } from "./requests.ts";

const request = (path: string) => ({ path, contentType: "application/proto", body: new Uint8Array(3) });

/** A server whose watchers hear of each change in pieces of a few bytes. */
async function openServer(status = 200) {
  const watchers: http2.ServerHttp2Stream[] = [];
  const server = http2.createServer();
  server.on("stream", (stream, headers) => {
    stream.on("error", () => {}).respond({ ":status": status });
    if (headers[":path"] === "/watch") watchers.push(stream);
    else {
      const event = inEnvelope(Buffer.alloc(20));
      for (const watcher of watchers)
        for (let at = 0; at < event.length; at += 7) watcher.write(event.subarray(at, at + 7));
      stream.end();
    }
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { port: (server.address() as AddressInfo).port, close: () => server.close() };
}

test("each watcher hears of a change once, in however many pieces it comes", async () => {
  const { port, close } = await openServer();
  let heard = 0;
  let onAll = () => {};
  const all = new Promise<void>((resolve) => {
    onAll = resolve;
  });
  const how = { port, watch: request("/watch"), publish: request("/publish"), greetings: 0 };
  const fanout = await overHttp2(how)(5, (count) => {
    heard += count;
    if (heard === 10) onAll();
  });
  await fanout.publish();
  await fanout.publish();
  await all;
  expect(heard).toBe(10);
  fanout.close();
  close();
});

test("a watch that is refused is no measurement", async () => {
  const { port, close } = await openServer(404);
  const how = { port, watch: request("/watch"), publish: request("/publish"), greetings: 0 };
  await expect(overHttp2(how)(1, () => {})).rejects.toThrow("the server has broken off");
  close();
});

test("a call that is refused is no measurement", async () => {
  const { port, close } = await openServer(500);
  const connection = await connectHttp2(port);
  await expect(call(connection, request("/publish"))).rejects.toThrow("answered 500");
  connection.destroy();
  close();
});
