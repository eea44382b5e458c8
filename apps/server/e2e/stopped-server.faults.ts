import { setTimeout as sleep } from "node:timers/promises";
import { createGrpcTransport } from "@connectrpc/connect-node";
import { createStoreClient } from "@trimtab/client";
import { verifySqliteLog } from "@trimtab/log-sqlite";
import { expect, test } from "vitest";
import { consecutive, recordWatch } from "./test-parts/recorded-watch.ts";
import { startProcess } from "./test-parts/server-process.ts";
import { temporaryFolder } from "./test-parts/temporary-folder.ts";

const rounds = 3;
const writers = 8;
const stoppedMs = 400;

test(`a server that is stopped and continued ${rounds} times answers late, once and for all`, async () => {
  const data = temporaryFolder();
  const server = await startProcess(["--log", "sqlite", "--data", data, "--bookmark-interval-ms", "100"]);
  const store = createStoreClient(createGrpcTransport({ baseUrl: server.url }));
  await store.createSession({ id: "s", ttlMs: 3_600_000 });
  const names = Array.from({ length: writers }, (_, i) => `n${i}`);
  await store.registerVariables(
    "s",
    names.map((name) => ({ name, type: "integer", value: 0 })),
  );
  const watch = recordWatch(createStoreClient(createGrpcTransport({ baseUrl: server.url })), "s");

  let stopping = true;
  let acknowledged = 0;
  const write = async (name: string): Promise<number> => {
    let version = 0;
    while (stopping) {
      // A write that was made twice, or not at all, would be of another version.
      version++;
      expect(await store.setVariable("s", name, version)).toMatchObject({ version });
      acknowledged++;
    }
    return version;
  };
  const writing = names.map(write);

  for (let round = 0; round < rounds; round++) {
    const before = acknowledged;
    await expect.poll(() => acknowledged).toBeGreaterThan(before + 20);
    server.signal("SIGSTOP");
    // What is on its way from before arrives, however late; then there is silence.
    let heard: number;
    do {
      heard = acknowledged;
      await sleep(stoppedMs);
    } while (acknowledged > heard);
    await expect(startProcess(["--log", "sqlite", "--data", data])).rejects.toThrow(`process ${server.pid}`);
    server.signal("SIGCONT");
  }
  stopping = false;
  const versions = await Promise.all(writing);

  const { revision } = await store.getSession("s");
  expect(revision).toBe(2 + versions.reduce((sum, version) => sum + version, 0));
  await expect.poll(() => watch.revisions.at(-1)).toBe(revision);
  expect(watch.revisions).toEqual(consecutive(watch.revisions));
  expect([watch.resets, watch.breaks]).toEqual([0, 0]);
  await watch.stop();
  server.signal("SIGTERM");
  expect(await server.exited).toEqual({ status: 0, signal: null });
  expect(await verifySqliteLog(data)).toMatchObject({ entries: revision, damages: 0 });
});
