import { createConnectTransport, createGrpcTransport } from "@connectrpc/connect-node";
import { createRenewedTransport, createStoreClient, openSession } from "@trimtab/client";
import { float } from "@trimtab/types";
import { expect, onTestFinished, test } from "vitest";
import { openBehindProxy } from "./test-parts/open-behind-proxy.ts";

// Each leaves a connection that went silent on its own only after minutes, or never: the second forgets its ping when the watch is
// opened anew before the ping is late.
const transports = {
  "Connect, which does not ping": (baseUrl: string) => createConnectTransport({ baseUrl, httpVersion: "2" }),
  "gRPC, whose pings may be late": (baseUrl: string) =>
    createGrpcTransport({ baseUrl, pingIntervalMs: 100, pingTimeoutMs: 60_000 }),
};

test.each(Object.entries(transports))(
  "%s: a connection over HTTP/2 that went silent is left once its watch is",
  async (_, createTransport) => {
    const { server, proxy } = await openBehindProxy({ bookmarkIntervalMs: 500 });
    const store = createStoreClient(createRenewedTransport(() => createTransport(proxy.url)));
    const app = await openSession(store, "s", { a: float({ default: 0 }) }, { livenessTimeoutMs: 2000 });
    onTestFinished(() => app.close());
    proxy.freezeAll();
    const missed = await server.store.setVariable("s", "a", 5);
    await app.caughtUp(missed.revision);
    expect(app.variables.a.value).toBe(5);
    expect(await app.variables.a.set(6)).toMatchObject({ version: 2 });
    expect(proxy.connections).toBeGreaterThanOrEqual(2);
  },
);
