import type { Transport } from "@connectrpc/connect";
import { createConnectTransport, createGrpcTransport, createGrpcWebTransport } from "@connectrpc/connect-node";
import * as web from "@connectrpc/connect-web";
import type { Settings } from "../src/settings.ts";
import { type RunningServer, type ServerParts, startServer } from "../src/start-server.ts";

/** Starts a real server on a free port, over a log in memory unless told otherwise, with a short grace period. */
export const openServer = (settings: Partial<Settings> = {}, parts: ServerParts = {}): Promise<RunningServer> =>
  startServer(
    {
      listen: { host: "127.0.0.1", port: 0 },
      log: "memory",
      shutdownGraceMs: 1000,
      // No bookmark comes in between, however long a test has to wait for the machine.
      bookmarkIntervalMs: 600_000,
      ...settings,
    },
    parts,
  );

/** Every way in which Connect's own clients reach a server. */
export const transports: Readonly<Record<string, (baseUrl: string) => Transport>> = {
  "Connect, binary, HTTP/2": (baseUrl) => createConnectTransport({ baseUrl, httpVersion: "2" }),
  "Connect, JSON, HTTP/1.1": (baseUrl) =>
    createConnectTransport({ baseUrl, httpVersion: "1.1", useBinaryFormat: false }),
  gRPC: (baseUrl) => createGrpcTransport({ baseUrl }),
  "gRPC-web, HTTP/1.1": (baseUrl) => createGrpcWebTransport({ baseUrl, httpVersion: "1.1" }),
  "Connect over fetch, as in a browser": (baseUrl) => web.createConnectTransport({ baseUrl, useBinaryFormat: true }),
};
