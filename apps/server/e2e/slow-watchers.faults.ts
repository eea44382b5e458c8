import { once } from "node:events";
import * as http2 from "node:http2";
import * as net from "node:net";
import { createConnectTransport, createGrpcTransport } from "@connectrpc/connect-node";
import { createStoreClient } from "@trimtab/client";
import type { Store } from "@trimtab/core";
import { expect, test } from "vitest";
import { openServer } from "./open-server.ts";
import { consecutive, recordWatch } from "./test-parts/recorded-watch.ts";
import { residentBytes } from "./test-parts/resident-bytes.ts";
import { createRandom } from "./test-parts/seeded-random.ts";
import { type ServerProcess, startProcess } from "./test-parts/server-process.ts";

const slowWatchers = 60;
const commits = 1500;
const valueBytes = 20_000;
const seed = 11;
/** Half of the watchers want every commit, which comes to 0.9 GB that they do not read; this is far below it. */
const bearableGrowth = 400_000_000;

const watchPath = "/trimtab.v1.WatchService/WatchVariables";

/** A request as Connect streams it: flags, length, JSON. */
function envelope(json: string): Buffer {
  const head = Buffer.alloc(5);
  head.writeUInt32BE(json.length, 1);
  return Buffer.concat([head, Buffer.from(json)]);
}

/** Starts a watch over HTTP/1.1 and reads nothing but the first bytes, which show that it runs. */
async function neglectHttp1(server: ServerProcess, json: string): Promise<() => void> {
  const socket = net.connect(server.port, "127.0.0.1").on("error", () => {});
  const body = envelope(json);
  const head = `POST ${watchPath} HTTP/1.1\r\nhost: x\r\ncontent-type: application/connect+json\r\ncontent-length: ${body.length}\r\n\r\n`;
  socket.write(Buffer.concat([Buffer.from(head), body]));
  await once(socket, "readable");
  return () => socket.destroy();
}

/** Starts a watch over HTTP/2 and gives the server no room beyond the first window. */
async function neglectHttp2(server: ServerProcess, json: string): Promise<() => void> {
  const session = http2.connect(server.url).on("error", () => {});
  const stream = session.request({ ":method": "POST", ":path": watchPath, "content-type": "application/connect+json" });
  stream.on("error", () => {});
  stream.end(envelope(json));
  await once(stream, "response");
  return () => session.destroy();
}

/** Writes text that does not compress well, so that it takes its room on the way. */
async function writeAll(store: Store): Promise<void> {
  const random = createRandom(seed);
  const words = Array.from({ length: valueBytes / 5 }, () => random.whole(10_000, 99_999));
  for (let i = 1; i <= commits; i++) {
    words[i % words.length] = random.whole(10_000, 99_999);
    await store.setVariable("s", "prompt", words.join(""));
  }
}

test(`${slowWatchers} watchers that never read, ${commits} commits of ${valueBytes} bytes (seed ${seed})`, async (context) => {
  const server = await startProcess(["--history-commits", "500"]);
  if (residentBytes(server.pid) === undefined) return context.skip("the system does not tell what a process holds");
  const store = createStoreClient(createGrpcTransport({ baseUrl: server.url }));
  await store.createSession({ id: "s" });
  await store.registerVariable("s", { name: "prompt", type: "string", value: "" });

  const leave: (() => void)[] = [];
  for (let i = 0; i < slowWatchers; i++) {
    const neglect = i % 2 === 0 ? neglectHttp1 : neglectHttp2;
    leave.push(await neglect(server, `{"sessionId":"s","coalesce":${i % 4 > 1}}`));
  }
  const json = createConnectTransport({ baseUrl: server.url, httpVersion: "1.1", useBinaryFormat: false });
  const readers = [recordWatch(store, "s"), recordWatch(createStoreClient(json), "s")];
  await expect.poll(() => readers.every(({ revisions }) => revisions.length === 1)).toBe(true);

  const before = residentBytes(server.pid) ?? 0;
  await writeAll(store);
  const { revision } = await store.getSession("s");
  expect(revision).toBe(2 + commits);
  for (const { revisions, resets, breaks } of readers) {
    await expect.poll(() => revisions.at(-1)).toBe(revision);
    expect(revisions).toEqual(consecutive(revisions));
    expect([resets, breaks]).toEqual([0, 0]);
  }
  expect((residentBytes(server.pid) ?? 0) - before).toBeLessThan(bearableGrowth);

  for (const each of leave) each();
  for (const reader of readers) await reader.stop();
  await store.setVariable("s", "prompt", "still here");
  server.signal("SIGTERM");
  expect(await server.exited).toEqual({ status: 0, signal: null });
});

test(`a watcher that has not read for longer than history is kept is told so, and goes on (seed ${seed})`, async () => {
  const server = await openServer({}, { store: { historyCommits: 50, snapshotEvery: 50, recentCommits: 16 } });
  const store = createStoreClient(createGrpcTransport({ baseUrl: server.url }));
  await store.createSession({ id: "s" });
  await store.registerVariable("s", { name: "prompt", type: "string", value: "" });
  const watch = store.watch("s")[Symbol.asyncIterator]();
  expect((await watch.next()).value).toMatchObject({ kind: "snapshot" });
  await writeAll(store);
  const kinds: string[] = [];
  let last = 2;
  while (last < 2 + commits) {
    const { value: event } = await watch.next();
    if (event === undefined) expect.fail("the watch has ended");
    // Each event follows the one before at once, or is a view that stands for all in between.
    if (event.kind === "changes") expect(event.revision).toBe(last + 1);
    last = event.revision;
    kinds.push(event.kind);
  }
  expect(kinds).toContain("reset");
  expect(kinds.length).toBeLessThan(commits);
  await watch.return?.();
  await server.close();
});
