import { createServer, type Server } from "node:http";
import { createServer as createHttp2Server, type Http2Server, type ServerHttp2Session } from "node:http2";
import type { AddressInfo } from "node:net";
import { Code, ConnectError, createRouterTransport } from "@connectrpc/connect";
import * as nodeTransports from "@connectrpc/connect-node";
import { createConnectTransport, createGrpcWebTransport } from "@connectrpc/connect-web";
import { type ErrorCode, isStoreError, StoreError } from "@trimtab/core";
import { createStore } from "@trimtab/store";
import { createRoutes } from "@trimtab/transport-connect";
import { builtinTypes } from "@trimtab/types";
import { SessionService, VariableService, WatchService } from "@trimtab/wire/services";
import { describe, expect, onTestFinished, test } from "vitest";
import { createStoreClient } from "./create-store-client.ts";
import { fromConnectError } from "./store-error.ts";

const caught = async (attempt: Promise<unknown>): Promise<StoreError> => {
  const error = await attempt.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  return isStoreError(error) ? error : expect.fail(`expected a StoreError, got ${String(error)}`);
};

const listen = async (server: Server | Http2Server): Promise<string> => {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
};

/** An address where nobody listens any more. */
async function deadUrl(): Promise<string> {
  const server = createServer();
  const url = await listen(server);
  await new Promise((resolve) => server.close(resolve));
  return url;
}

describe("where nobody listens, a call is unavailable", () => {
  test.each([
    ["Connect by fetch", (baseUrl: string) => createConnectTransport({ baseUrl })],
    ["gRPC-web by fetch", (baseUrl: string) => createGrpcWebTransport({ baseUrl })],
    ["gRPC by HTTP/2", (baseUrl: string) => nodeTransports.createGrpcTransport({ baseUrl })],
  ])("over %s", async (_, createTransport) => {
    const store = createStoreClient(createTransport(await deadUrl()));
    expect(await caught(store.getSession("s"))).toMatchObject({ code: "unavailable", reason: "unavailable" });
    const watch = store.watch("s")[Symbol.asyncIterator]();
    expect(await caught(watch.next())).toMatchObject({ code: "unavailable", reason: "unavailable" });
  });
});

describe("where the connection breaks", () => {
  test.each([
    ["Connect", (baseUrl: string) => createConnectTransport({ baseUrl })],
    ["gRPC-web", (baseUrl: string) => createGrpcWebTransport({ baseUrl })],
  ])("a watch over %s is unavailable", async (_, createTransport) => {
    const local = createStore({ types: builtinTypes });
    onTestFinished(() => local.close());
    await local.createSession({ id: "s" });
    const server = createServer(nodeTransports.connectNodeAdapter({ routes: createRoutes({ store: local }) }));
    const store = createStoreClient(createTransport(await listen(server)));
    const watch = store.watch("s")[Symbol.asyncIterator]();
    expect((await watch.next()).value).toMatchObject({ kind: "snapshot" });
    const waiting = caught(watch.next());
    server.closeAllConnections();
    server.close();
    expect(await waiting).toMatchObject({ code: "unavailable", reason: "unavailable" });
  });

  test.each([
    ["Connect", (baseUrl: string) => nodeTransports.createConnectTransport({ baseUrl, httpVersion: "2" })],
    ["gRPC", (baseUrl: string) => nodeTransports.createGrpcTransport({ baseUrl })],
  ])("a call over %s and HTTP/2 is unavailable", async (_, createTransport) => {
    const server = createHttp2Server(() => {});
    const sessions: ServerHttp2Session[] = [];
    server.on("session", (session) => sessions.push(session));
    server.on("stream", () => sessions[0]?.destroy());
    const store = createStoreClient(createTransport(await listen(server)));
    onTestFinished(() => void server.close());
    expect(await caught(store.getSession("s"))).toMatchObject({ code: "unavailable", reason: "unavailable" });
  });

  test("an answer that is none of ours is not taken for one", async () => {
    const server = createServer((_, response) => response.writeHead(200, { "content-type": "text/html" }).end("<p>"));
    const store = createStoreClient(createConnectTransport({ baseUrl: await listen(server) }));
    onTestFinished(() => void server.close());
    expect((await caught(store.getSession("s"))).reason).toMatch(/^(unavailable|unimplemented|internal)$/);
  });
});

describe("a proxy that takes no request of that size", () => {
  test.each([
    ["Connect by fetch", (baseUrl: string) => createConnectTransport({ baseUrl })],
    ["gRPC-web by fetch", (baseUrl: string) => createGrpcWebTransport({ baseUrl })],
    ["Connect", (baseUrl: string) => nodeTransports.createConnectTransport({ baseUrl, httpVersion: "1.1" })],
  ])("has exceeded a limit, over %s", async (_, createTransport) => {
    const server = createServer((request, response) => {
      request.resume().on("end", () => response.writeHead(413, { "content-type": "text/html" }).end("<p>"));
    });
    const store = createStoreClient(createTransport(await listen(server)));
    onTestFinished(() => void server.close());
    expect(await caught(store.setVariable("s", "x", "large"))).toMatchObject({
      code: "resource_exhausted",
      reason: "limit_exceeded",
    });
  });
});

describe("a server that does not answer", () => {
  test("in time is given up", async () => {
    const never = new Promise<never>(() => {});
    const transport = createRouterTransport(({ service }) => service(SessionService, { getSession: () => never }));
    const store = createStoreClient(transport, { timeoutMs: 5 });
    expect(await caught(store.getSession("s"))).toMatchObject({ code: "deadline_exceeded", details: {} });
  });

  test("with anything that means something is at fault itself", async () => {
    const transport = createRouterTransport(({ service }) => {
      service(VariableService, { getVariable: () => ({}), setVariable: () => ({ written: { version: 2n ** 60n } }) });
    });
    const store = createStoreClient(transport);
    const empty = await caught(store.getVariable("s", "x"));
    expect(empty).toMatchObject({
      reason: "internal",
      message: "the server's answer cannot be read: variable is required",
    });
    expect((await caught(store.setVariable("s", "x", 1))).message).toMatch(/written.version is 1152921504606846976/);
  });

  test("to a watch but ends it, is unavailable", async () => {
    const transport = createRouterTransport(({ service }) => {
      service(WatchService, {
        async *watchVariables() {
          yield { token: "t", revision: 1n, event: { case: "bookmark" as const, value: {} } };
        },
      });
    });
    const watch = createStoreClient(transport).watch("s")[Symbol.asyncIterator]();
    expect((await watch.next()).value).toMatchObject({ kind: "bookmark" });
    expect(await caught(watch.next())).toMatchObject({ reason: "unavailable" });
  });
});

describe("a status without a detail of ours", () => {
  const wire = (code: Code): ConnectError => Object.assign(new ConnectError("said", code), { isWireError: true });
  const statuses: [Code, ErrorCode][] = [
    [Code.Canceled, "cancelled"],
    [Code.Unknown, "internal"],
    [Code.InvalidArgument, "invalid_argument"],
    [Code.DeadlineExceeded, "deadline_exceeded"],
    [Code.NotFound, "internal"],
    [Code.AlreadyExists, "internal"],
    [Code.PermissionDenied, "permission_denied"],
    [Code.ResourceExhausted, "resource_exhausted"],
    [Code.FailedPrecondition, "internal"],
    [Code.Aborted, "internal"],
    [Code.OutOfRange, "internal"],
    [Code.Unimplemented, "unimplemented"],
    [Code.Internal, "internal"],
    [Code.Unavailable, "unavailable"],
    [Code.DataLoss, "internal"],
    [Code.Unauthenticated, "unauthenticated"],
  ];
  test.each(statuses.map(([code, expected]) => [Code[code], code, expected] as const))(
    "%s says no more than it says",
    (_, code, expected) => {
      const cause = wire(code);
      const error = fromConnectError(cause);
      expect(error).toBeInstanceOf(StoreError);
      expect(error).toMatchObject({ code: expected, message: "said", cause });
    },
  );

  test("that never came is unavailable", () => {
    expect(fromConnectError(new TypeError("fetch failed")).reason).toBe("unavailable");
    expect(
      fromConnectError(new ConnectError("protocol error: missing EndStreamResponse", Code.InvalidArgument)).reason,
    ).toBe("unavailable");
    expect(fromConnectError(new ConnectError("reset", Code.Aborted)).reason).toBe("unavailable");
  });

  test("is left alone where it is an error of ours", () => {
    const error = new StoreError({ reason: "cancelled", message: "no", details: {} });
    expect(fromConnectError(error)).toBe(error);
  });
});
