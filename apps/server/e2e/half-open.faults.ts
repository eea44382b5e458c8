import { createConnectTransport, createGrpcTransport, createGrpcWebTransport } from "@connectrpc/connect-node";
import * as web from "@connectrpc/connect-web";
import { createRenewedTransport, createStoreClient, openSession } from "@trimtab/client";
import { float } from "@trimtab/types";
import { expect, onTestFinished, test } from "vitest";
import { openServer } from "./open-server.ts";
import { openBehindProxy } from "./test-parts/open-behind-proxy.ts";
import { consecutive } from "./test-parts/recorded-watch.ts";
import { openProxy } from "./test-parts/tcp-proxy.ts";

const rounds = 5;

// A client of HTTP/2 puts every stream on one connection. Either pings tell that it is dead, or a transport that is renewed leaves it.
const keepalive = { pingIntervalMs: 100, pingTimeoutMs: 100 };

const transports = {
  "Connect, HTTP/2": (baseUrl: string) => createConnectTransport({ baseUrl, httpVersion: "2", ...keepalive }),
  gRPC: (baseUrl: string) => createGrpcTransport({ baseUrl, ...keepalive }),
  "Connect, HTTP/2, renewed": (baseUrl: string) =>
    createRenewedTransport(() => createConnectTransport({ baseUrl, httpVersion: "2" })),
  "gRPC, renewed, slow to ping": (baseUrl: string) =>
    createRenewedTransport(() => createGrpcTransport({ baseUrl, pingIntervalMs: 100, pingTimeoutMs: 60_000 })),
  "Connect, HTTP/1.1": (baseUrl: string) => createConnectTransport({ baseUrl, httpVersion: "1.1" }),
  "gRPC-web, HTTP/1.1": (baseUrl: string) => createGrpcWebTransport({ baseUrl, httpVersion: "1.1" }),
  "Connect over fetch": (baseUrl: string) => web.createConnectTransport({ baseUrl }),
};

test.each(Object.entries(transports))(
  `%s: connections that carry nothing any more are noticed by missing bookmarks, ${rounds} times`,
  async (_, createTransport) => {
    const { server, proxy } = await openBehindProxy({ bookmarkIntervalMs: 100 });
    const store = createStoreClient(createTransport(proxy.url));
    const options = { livenessTimeoutMs: 500 };
    const app = await openSession(store, "s", { a: float({ default: 0 }) }, options);
    onTestFinished(() => app.close());
    const { a } = app.variables;
    const versions = [a.version];
    a.subscribe((_, { version }) => versions.push(version));
    const statuses: string[] = [];
    app.onStatus((status) => statuses.push(status));

    for (let round = 1; round <= rounds; round++) {
      const { revision } = await server.store.setVariable("s", "a", round);
      await app.caughtUp(revision);
      proxy.freezeAll();
      const missed = await server.store.setVariable("s", "a", -round);
      await app.caughtUp(missed.revision);
      expect(a.value).toBe(-round);
    }
    expect(versions).toEqual(consecutive(versions));
    expect(versions).toHaveLength(1 + 2 * rounds);
    expect(statuses.filter((status) => status === "stale").length).toBeGreaterThanOrEqual(rounds);
    expect(proxy.connections).toBeGreaterThan(rounds);
    // A ping that a busy machine answers late costs a connection that is well, and the call that is on it.
    const isSet = () =>
      a
        .set(1)
        .then(() => true)
        .catch(() => false);
    await expect.poll(isSet).toBe(true);
  },
);

test("a server frees what a vanished client held once the connection is given up", async () => {
  const server = await openServer({ bookmarkIntervalMs: 100, shutdownGraceMs: 60_000 });
  const proxy = await openProxy(server.port);
  await server.store.createSession({ id: "s" });
  const store = createStoreClient(transports.gRPC(proxy.url));
  const watches = Array.from({ length: 50 }, () => store.watch("s")[Symbol.asyncIterator]());
  for (const watch of watches) expect((await watch.next()).value).toMatchObject({ kind: "snapshot" });
  const ends = watches.map((watch) => watch.next().catch((error: { reason: string }) => error.reason));
  proxy.freezeAll();
  await proxy.close();
  await server.close();
  const endings = new Set(await Promise.all(ends));
  expect([...endings].filter((ending) => typeof ending === "string")).toEqual(["unavailable"]);
});
