import * as http2 from "node:http2";
import * as net from "node:net";
import type { DescMethod, DescService } from "@bufbuild/protobuf";
import * as trimtab from "@trimtab/wire/services";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { closing } from "../test-parts/closing.ts";
import { callRaw, type HostileCall, type Outcome, protocols } from "./call-raw.ts";
import { hostileBody } from "./hostile-body.ts";
import { hostileConnection } from "./hostile-connection.ts";
import { type ProbedServer, startProbed } from "./probed-server.ts";

/** How much is tried. */
export interface HostileCallsOptions {
  /** Calls of each method. */
  readonly runs: number;
  /** Where random choices start; another each time unless given. */
  readonly seed?: number;
}

/** What no single call may cost the server in computing, in milliseconds. */
const mostBusyMs = 5000;

/** What may be left of memory by everything that was sent, once the sessions are gone. */
const mostLeftBytes = 48 * 2 ** 20;

/** Sizes that keep a run within memory; what is beyond them is to be refused. */
const settings = {
  maxMessageBytes: 2 ** 20,
  maxSessions: 60,
  maxVariables: 100,
  maxValueBytes: 2 ** 16,
  historyCommits: 500,
  bookmarkIntervalMs: 100,
  audit: "on",
  auditEntries: 1000,
} as const;

const services = Object.values<unknown>(trimtab).filter(isService);

function isService(each: unknown): each is DescService {
  return typeof each === "object" && each !== null && "kind" in each && each.kind === "service";
}

/** A client of Node counts what a server did not want of a large request against the connection for good. */
const connect = (url: string) => http2.connect(url, { maxSessionMemory: 1000 }).on("error", () => {});

/** A service that this server does not have; one call of each method shows that it does no harm. */
const isUnserved = (outcome: Outcome): boolean => outcome.kind === "refused" && outcome.code === "http 404";

/**
 * Registers tests that call every method of every service with hostile messages, over every protocol. After each call the
 * server, a process of its own, must have come to no fault, must have spent no more than a bound on it, and must
 * not have written anything where it refused. At the end its memory is what it was.
 */
export function describeHostileCalls({ runs, seed }: HostileCallsOptions): void {
  let server: ProbedServer;
  let connection: http2.ClientHttp2Session;
  let heapBefore = 0;
  const tally = new Map<string, number>();
  let busiest = { busyMs: 0, call: "" };
  beforeAll(async () => {
    server = await startProbed(settings);
    connection = connect(server.url);
    heapBefore = (await server.ask({ kind: "empty" })).heapBytes;
    await server.ask({ kind: "check" });
  });
  afterAll(async () => {
    connection.destroy();
    await server.close();
  });

  const callOnce = async (method: DescMethod, call: HostileCall): Promise<Outcome> => {
    const before = await server.ask({ kind: "check" });
    // A server ends a connection that cancels too many streams, as it should.
    if (connection.closed || connection.destroyed) connection = connect(server.url);
    const outcome = await callRaw(connection, method, call);
    const after = await server.ask({ kind: "check" });
    const code = outcome.kind === "answered" ? "answered" : outcome.code;
    tally.set(code, (tally.get(code) ?? 0) + 1);
    const busyMs = after.busyMs - before.busyAfterMs;
    if (busyMs > busiest.busyMs) busiest = { busyMs, call: method.name };
    expect(after.faults).toEqual([]);
    expect(busyMs).toBeLessThan(mostBusyMs);
    if (outcome.kind === "answered") return outcome;
    expect(after.commits, outcome.message).toBe(before.commitsAfter);
    // That bytes are no message is INTERNAL to gRPC, and Connect follows it; nothing else may be.
    if (code === "internal") expect(outcome.message).toMatch(/parse binary|compress/);
    expect(code).not.toBe("unknown");
    return outcome;
  };

  describe.each(services.map((service) => [service.typeName, service] as const))("%s", (_, service) => {
    test.each(service.methods.map((method) => [method.name, method] as const))("%s", async (_, method) => {
      const call = fc.record({
        body: hostileBody(method.input),
        protocol: fc.constantFrom(...protocols),
        spelling: fc.constantFrom("", "", "; charset=utf-8"),
      });
      let isServed = true;
      const property = fc.asyncProperty(call, async (each) => {
        if (isServed) isServed = !isUnserved(await callOnce(method, each));
      });
      await fc.assert(property, { numRuns: runs, ...(seed !== undefined && { seed }), endOnFailure: true });
    });
  });

  test("connections that speak no HTTP, or speak it badly", async () => {
    const property = fc.asyncProperty(hostileConnection, async (pieces) => {
      const before = await server.ask({ kind: "check" });
      await sendPieces(server.port, pieces);
      // Whoever speaks properly is answered meanwhile, and by then what came before has been read.
      expect((await fetch(server.url)).status).toBe(200);
      const after = await server.ask({ kind: "check" });
      expect(after.faults).toEqual([]);
      expect(after.busyMs - before.busyAfterMs).toBeLessThan(mostBusyMs);
      expect(after.commits).toBe(before.commitsAfter);
    });
    await fc.assert(property, { numRuns: runs * 10, ...(seed !== undefined && { seed }), endOnFailure: true });
    await expect.poll(async () => (await server.ask({ kind: "check" })).sockets).toBeLessThan(5);
  });

  test("leaves no memory behind", async () => {
    const { heapBytes } = await server.ask({ kind: "empty" });
    console.log(`${[...tally.values()].reduce((a, b) => a + b, 0)} calls:`, Object.fromEntries(tally));
    console.log(
      `the costliest, ${busiest.call}, took ${Math.round(busiest.busyMs)} ms; heap ${heapBefore} -> ${heapBytes}`,
    );
    expect(heapBytes - heapBefore).toBeLessThan(mostLeftBytes);
  });
}

/** Sends what it is given, and leaves without waiting for an answer. */
async function sendPieces(port: number, pieces: readonly Buffer[]): Promise<void> {
  const socket = net.connect(port, "127.0.0.1");
  const closed = closing(socket);
  socket.resume();
  for (const piece of pieces) socket.write(piece);
  await Promise.race([closed, new Promise<void>((resolve) => socket.write("", () => resolve()))]);
  socket.destroy();
  await closed;
}
