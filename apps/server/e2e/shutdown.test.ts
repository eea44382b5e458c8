import { once } from "node:events";
import { writeFileSync } from "node:fs";
import * as http from "node:http";
import * as http2 from "node:http2";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import type * as grpc from "@grpc/grpc-js";
import { createStoreClient } from "@trimtab/client";
import { isStoreError, type Store, type WatchEvent } from "@trimtab/core";
import { WatchService } from "@trimtab/wire/services";
import { describe, expect, onTestFinished, test } from "vitest";
import { transports } from "./open-server.ts";
import { closing } from "./test-parts/closing.ts";
import { connectForeign } from "./test-parts/foreign-client.ts";
import { type ServerProcess, startProcess } from "./test-parts/server-process.ts";
import { temporaryFolder } from "./test-parts/temporary-folder.ts";

const setVariable = "/trimtab.v1.VariableService/SetVariable";
const body = '{"sessionId":"s","variable":"temperature","value":{"number":1}}';

/** A server of its own process, with a session and a temperature. */
async function open(args: readonly string[] = []): Promise<{ server: ServerProcess; store: Store }> {
  const server = await startProcess(args);
  const store = createStoreClient(Object.values(transports)[0]?.(server.url) ?? expect.fail("no transport"));
  await store.createSession({ id: "s" });
  await store.registerVariable("s", { name: "temperature", type: "float", value: 0.7 });
  return { server, store };
}

/** Asks the server to stop, and waits until it has heard. */
async function stop(server: ServerProcess, signal: NodeJS.Signals = "SIGTERM"): Promise<void> {
  server.signal(signal);
  await expect.poll(() => server.errors(), { interval: 5 }).toContain(`${signal}: finishing calls under way`);
}

/** A write of which only the first half is sent, over HTTP/1.1. */
async function beginHttp1(server: ServerProcess): Promise<() => Promise<string>> {
  const headers = { "content-type": "application/json", "content-length": body.length, expect: "100-continue" };
  const request = http.request(`${server.url}${setVariable}`, { method: "POST", headers, agent: new http.Agent() });
  request.on("error", () => {});
  request.flushHeaders();
  await once(request, "continue");
  request.write(body.slice(0, 20));
  const response = once(request, "response");
  response.catch(() => {});
  return async () => {
    request.end(body.slice(20));
    const [answer] = await response;
    return `${answer.statusCode} ${await text(answer)}`;
  };
}

/** The same over HTTP/2. */
async function beginHttp2(server: ServerProcess): Promise<() => Promise<string>> {
  const session = http2.connect(server.url);
  session.on("error", () => {});
  onTestFinished(() => session.destroy());
  await once(session, "connect");
  const stream = session.request({ ":method": "POST", ":path": setVariable, "content-type": "application/json" });
  stream.on("error", () => {});
  stream.write(body.slice(0, 20));
  // A stream that is cancelled closes without an error.
  const response = new Promise<http2.IncomingHttpHeaders>((resolve, reject) => {
    stream.once("response", resolve).once("close", () => reject(new Error("closed without an answer")));
  });
  response.catch(() => {});
  await new Promise((resolve) => session.ping(resolve));
  return async () => {
    stream.end(body.slice(20));
    const headers = await response;
    return `${headers[":status"]} ${await text(stream)}`;
  };
}

const begins = { "HTTP/1.1": beginHttp1, "HTTP/2": beginHttp2 };

describe("a server that is told to stop", () => {
  test.each(["SIGTERM", "SIGINT"] as const)("by %s ends every watch with the reason", async (signal) => {
    const { server } = await open();
    const readers = Object.entries(transports).map(([name, createTransport]) => {
      const watch = createStoreClient(createTransport(server.url)).watch("s")[Symbol.asyncIterator]();
      return { name, watch };
    });
    for (const { watch } of readers) expect((await watch.next()).value).toMatchObject({ kind: "snapshot" });
    const endings = readers.map(async ({ name, watch }) => [name, await drain(watch)]);
    server.signal(signal);
    for (const [name, error] of await Promise.all(endings)) {
      expect(isStoreError(error, "unavailable") && error.message, String(name)).toBe("server is shutting down");
    }
    expect(await server.exited).toEqual({ status: 0, signal: null });
  });

  test("tells a client of another library the same", async () => {
    const { server } = await open();
    const stream = connectForeign(server.port).stream(WatchService.method.watchVariables, { sessionId: "s" });
    const failed = new Promise<grpc.ServiceError>((resolve) => stream.once("error", resolve));
    await once(stream, "data");
    server.signal("SIGTERM");
    const { code, details } = await failed;
    expect([code, decodeURIComponent(details)]).toEqual([14, "server is shutting down"]);
    expect(await server.exited).toEqual({ status: 0, signal: null });
  });

  test.each(Object.entries(begins))("lets a call under way over %s finish", async (_, begin) => {
    const { server } = await open(["--shutdown-grace-ms", "60000"]);
    const finish = await begin(server);
    await stop(server);
    expect(await finish()).toMatch(/^200 .*"version":"1"/);
    expect(await server.exited).toEqual({ status: 0, signal: null });
  });

  test("takes no further connection, and ends those that are idle", async () => {
    const { server } = await open(["--shutdown-grace-ms", "60000"]);
    const finish = await beginHttp1(server);
    const agent = new http.Agent({ keepAlive: true });
    const [idle] = await once(http.get(server.url, { agent }), "response");
    const closed = closing(idle.socket);
    idle.resume();
    await stop(server);
    await closed;
    await expect(fetch(server.url)).rejects.toThrow();
    await finish();
    expect(await server.exited).toEqual({ status: 0, signal: null });
  });

  test.each(Object.entries(begins))("does not wait for a call over %s beyond the grace period", async (_, begin) => {
    const { server } = await open(["--shutdown-grace-ms", "100"]);
    const finish = await begin(server);
    await stop(server);
    expect(await server.exited).toEqual({ status: 0, signal: null });
    await expect(finish()).rejects.toThrow();
  });

  test.each(Object.entries(begins))("and told again waits for nobody, not over %s either", async (_, begin) => {
    const { server } = await open(["--shutdown-grace-ms", "60000"]);
    await begin(server);
    await stop(server);
    server.signal("SIGTERM");
    expect(await server.exited).toEqual({ status: 1, signal: null });
  });
});

describe("a server that is still starting", () => {
  const startWith = async (signal: NodeJS.Signals): Promise<ServerProcess> => {
    const types = join(temporaryFolder(), "types.mjs");
    writeFileSync(types, `process.kill(process.pid, "${signal}");\nexport const types = [];\n`);
    return startProcess(["--types", types]);
  };

  test("goes on where it is told to read its files anew", async () => {
    const server = await startWith("SIGHUP");
    expect((await fetch(server.url)).status).toBe(200);
    await stop(server);
    expect(await server.exited).toEqual({ status: 0, signal: null });
  });

  test("ends in order where it is told to stop", async () => {
    const server = await startWith("SIGTERM");
    expect(await server.exited).toEqual({ status: 0, signal: null });
  });
});

/** Reads a watch until it fails, and gives the error. */
async function drain(watch: AsyncIterator<WatchEvent>): Promise<unknown> {
  try {
    while (!(await watch.next()).done);
    return undefined;
  } catch (error) {
    return error;
  }
}
