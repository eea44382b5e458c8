import { createGrpcTransport } from "@connectrpc/connect-node";
import { createStoreClient } from "@trimtab/client";
import type { WatchEvent } from "@trimtab/core";
import { expect, test } from "vitest";
import { residentBytes } from "./test-parts/resident-bytes.ts";
import { startProcess } from "./test-parts/server-process.ts";

const streams = 10_000;
const connections = 10;
const writes = 5000;
/** Bytes of the server for each stream that waits, most of them Node's HTTP/2 and Connect's. */
const bearablePerStream = 100_000;
/** What the server may grow by while it goes on serving with all of them open. */
const bearableGrowth = 200_000_000;

test(`${streams} idle streams over ${connections} connections cost memory for themselves and time nobody`, async (context) => {
  const server = await startProcess(["--bookmark-interval-ms", "600000", "--caller-streams", "0"]);
  const resident = () => residentBytes(server.pid) ?? 0;
  if (resident() === 0) return context.skip("the system does not tell what a process holds");
  const store = createStoreClient(createGrpcTransport({ baseUrl: server.url }));
  await store.createSession({ id: "s" });
  await store.registerVariables("s", [
    { name: "watched", type: "integer", value: 0 },
    { name: "busy", type: "integer", value: 0 },
  ]);
  await store.setVariable("s", "busy", 1);
  const before = resident();

  const clients = Array.from({ length: connections }, () =>
    createStoreClient(createGrpcTransport({ baseUrl: server.url })),
  );
  const watches: AsyncIterator<WatchEvent>[] = [];
  const kinds = new Map<string, number>();
  const count = (kind = "none") => kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
  for (let opened = 0; opened < streams; opened += connections * 20) {
    const batch = Array.from({ length: connections * 20 }, (_, i) => {
      const watch = clients[i % connections]?.watch("s", { refs: ["watched"] })[Symbol.asyncIterator]();
      return watch ?? expect.fail("no client");
    });
    watches.push(...batch);
    await Promise.all(batch.map(async (watch) => count((await watch.next()).value?.kind)));
  }
  expect(kinds).toEqual(new Map([["snapshot", streams]]));
  const open = resident();
  const perStream = Math.round((open - before) / streams);
  expect(perStream).toBeLessThan(bearablePerStream);

  for (let i = 0; i < writes; i += 50) {
    await Promise.all(Array.from({ length: 50 }, (_, n) => store.setVariable("s", "busy", i + n)));
  }
  const growth = resident() - open;
  expect(growth).toBeLessThan(bearableGrowth);
  await context.annotate(`${perStream} bytes for each stream; ${growth} more after ${writes} writes beside them`);
  const health = await fetch(`${server.url}/grpc.health.v1.Health/Check`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: "{}",
  });
  expect(await health.json()).toEqual({ status: "SERVING" });

  // What concerns them reaches every one.
  const heard = Promise.all(watches.map((watch) => watch.next()));
  const { revision } = await store.setVariable("s", "watched", 7);
  for (const { value } of await heard) expect(value).toMatchObject({ kind: "changes", revision });

  await Promise.all(watches.map((watch) => watch.return?.()));
  await store.setVariable("s", "watched", 8);
  server.signal("SIGTERM");
  expect(await server.exited).toEqual({ status: 0, signal: null });
});
