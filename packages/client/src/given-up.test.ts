import { type AddressInfo, createServer, type Socket } from "node:net";
import { createConnectTransport } from "@connectrpc/connect-node";
import { isStoreError } from "@trimtab/core";
import { openSession } from "@trimtab/handles";
import { expect, onTestFinished, test } from "vitest";
import { createStoreClient } from "./create-store-client.ts";

/** A server that takes connections and says nothing. */
async function listenInSilence() {
  const server = createServer();
  const connected = new Promise<Socket>((resolve) => server.on("connection", resolve));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  return { connected, baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

test("a session that is given up while it is opened lets go of its connection, and with that of the process", async () => {
  const { connected, baseUrl } = await listenInSilence();
  const store = createStoreClient(createConnectTransport({ baseUrl, httpVersion: "1.1" }), { timeoutMs: 0 });
  const giveUp = new AbortController();
  const opening = openSession(store, "s", {}, { signal: giveUp.signal });
  const socket = await connected;
  const closed = new Promise((resolve) => socket.on("close", resolve).resume());
  giveUp.abort();
  const error = await opening.catch((caught: unknown) => caught);
  expect(isStoreError(error, "cancelled")).toBe(true);
  await closed;
});
