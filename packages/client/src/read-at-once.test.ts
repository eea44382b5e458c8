import { once } from "node:events";
import * as http2 from "node:http2";
import type { AddressInfo } from "node:net";
import { connectNodeAdapter, createGrpcTransport, Http2SessionManager } from "@connectrpc/connect-node";
import { createStore } from "@trimtab/store";
import { createRoutes } from "@trimtab/transport-connect";
import { builtinTypes } from "@trimtab/types";
import { expect, onTestFinished, test } from "vitest";
import { createStoreClient } from "./create-store-client.ts";
import { readAtOnce } from "./read-at-once.ts";

/** Serves over HTTP/2, and gives a way there whose answers are read at once. */
async function serve(answer: (request: http2.Http2ServerRequest, response: http2.Http2ServerResponse) => void) {
  const server = http2.createServer(answer);
  await once(server.listen(0, "127.0.0.1"), "listening");
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  onTestFinished(() => void server.close());
  return { url, sessionManager: readAtOnce(new Http2SessionManager(url)) };
}

const post = async (sessions: Awaited<ReturnType<typeof serve>>["sessionManager"]) =>
  (await sessions.request("POST", "/", {}, {})).end();

async function bytesOf(stream: AsyncIterable<Uint8Array>): Promise<number> {
  let length = 0;
  for await (const piece of stream) length += piece.length;
  return length;
}

test("an answer that has come whole before anybody reads it is read whole", async () => {
  const { sessionManager } = await serve((_, response) => void response.end("whole"));
  const stream = await post(sessionManager);
  await expect.poll(() => stream.closed).toBe(true);
  expect(await bytesOf(stream)).toBe(5);
});

test("an answer that nobody reads waits, but for its first pieces", async () => {
  let sent = 0;
  const { sessionManager } = await serve((_, response) => {
    const more = (): void => {
      while (sent < 5_000_000) {
        sent += 100_000;
        if (!response.write(Buffer.alloc(100_000))) return void response.once("drain", more);
      }
      response.end();
    };
    more();
  });
  const stream = await post(sessionManager);
  await once(stream, "readable");
  expect(stream.readableLength).toBeLessThan(1_000_000);
  expect(sent).toBeLessThan(5_000_000);
  expect(await bytesOf(stream)).toBe(5_000_000);
});

test("an answer that breaks off fails for whoever reads it, and for nobody else", async () => {
  const { sessionManager } = await serve((_, response) => {
    response.write("half");
    response.stream.close(http2.constants.NGHTTP2_INTERNAL_ERROR);
  });
  const [read, unread] = [await post(sessionManager), await post(sessionManager)];
  unread.on("error", () => {});
  await expect(bytesOf(read)).rejects.toThrow("NGHTTP2_INTERNAL_ERROR");
  await expect.poll(() => unread.destroyed).toBe(true);
});

test("a store is called and watched by it as it is without", async () => {
  const local = createStore({ types: builtinTypes });
  onTestFinished(() => local.close());
  const { url, sessionManager } = await serve(connectNodeAdapter({ routes: createRoutes({ store: local }) }));
  const store = createStoreClient(createGrpcTransport({ baseUrl: url, sessionManager }));
  await store.createSession({ id: "s" });
  await store.registerVariable("s", { name: "x", type: "float", value: 1 });
  const watch = store.watch("s")[Symbol.asyncIterator]();
  expect((await watch.next()).value).toMatchObject({ kind: "snapshot" });
  await store.setVariable("s", "x", 2);
  expect((await watch.next()).value).toMatchObject({ kind: "changes" });
  await watch.return?.();
  await expect(store.getVariable("s", "none")).rejects.toMatchObject({ reason: "not_found" });
});
