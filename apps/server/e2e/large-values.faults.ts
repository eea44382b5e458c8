import { statSync } from "node:fs";
import { join } from "node:path";
import { createGrpcTransport } from "@connectrpc/connect-node";
import { createStoreClient } from "@trimtab/client";
import { verifySqliteLog } from "@trimtab/log-sqlite";
import { expect, onTestFinished, test } from "vitest";
import { openServer } from "./open-server.ts";
import { temporaryFolder } from "./test-parts/temporary-folder.ts";

const size = 64 << 20;
const limits = { maxValueBytes: size + 1024, maxMessageBytes: size + 4096 };

async function openLarge(data: string) {
  const server = await openServer({ log: "sqlite", data, ...limits }, { store: { snapshotEvery: 3 } });
  onTestFinished(() => server.close());
  const transport = createGrpcTransport({ baseUrl: server.url, readMaxBytes: size + 4096 });
  return { server, store: createStoreClient(transport) };
}

test("a tensor of 64 MiB is stored once, whatever refers to it, and comes back after a restart", async () => {
  const data = temporaryFolder();
  const tensor = {
    dtype: "u8",
    shape: [size],
    data: Uint8Array.from({ length: size }, (_, i) => (i * 31) ^ (i >> 11)),
  };
  const { server, store } = await openLarge(data);
  await store.createSession({ id: "s" });
  await store.registerVariable("s", { name: "small", type: "integer", value: 0 });
  await store.registerVariable("s", { name: "weights", type: "tensor", value: { dtype: "u8", shape: [1], data: [0] } });
  const { revision } = await store.setVariable("s", "weights", tensor);
  await store.forkSession("s", { kind: "revision", revision }, { id: "fork" });
  // Enough commits for another snapshot of what holds so much.
  await Promise.all(Array.from({ length: 1200 }, (_, n) => server.store.setVariable("fork", "small", n)));
  await store.rollbackVariable("s", "weights", { kind: "version", version: 0 });
  await store.rollbackVariable("s", "weights", { kind: "version", version: 1 });
  await server.close();

  expect(statSync(join(data, "log.sqlite")).size).toBeLessThan(1.25 * size);
  const report = await verifySqliteLog(data);
  expect(report).toMatchObject({ damages: 0 });
  expect(report.snapshots).toBeGreaterThanOrEqual(3);

  const again = await openLarge(data);
  for (const session of ["s", "fork"]) {
    const { payload } = await again.store.getVariable(session, "weights");
    const bytes = payload.kind === "array" ? payload.value.data : new Uint8Array();
    expect(Buffer.from(bytes).equals(tensor.data)).toBe(true);
  }
});
