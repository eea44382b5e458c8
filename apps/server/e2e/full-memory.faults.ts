import { createGrpcTransport } from "@connectrpc/connect-node";
import { createStoreClient } from "@trimtab/client";
import { isStoreError, type Store } from "@trimtab/core";
import { expect, test } from "vitest";
import { startProcess } from "./test-parts/server-process.ts";

const limitBytes = 150_000_000;
const valueBytes = 1_000_000;

/** Writes large values behind those that are there until no more are taken; gives how many there are. */
async function fill(store: Store, session: string, there = 0): Promise<number> {
  for (let taken = there; taken < 1000; taken++) {
    try {
      const value = String(taken).padEnd(valueBytes, "x");
      await store.registerVariable(session, { name: `v${taken}`, type: "string", value });
    } catch (error) {
      if (!isStoreError(error, "limit_exceeded")) throw error;
      expect(error.details).toMatchObject({ field: "memory_bytes", limit: limitBytes });
      return taken;
    }
  }
  return expect.fail("memory never was full");
}

test("a server whose memory is full refuses what needs more, answers the rest, and recovers without a restart", async () => {
  const server = await startProcess(["--max-memory-bytes", String(limitBytes), "--sweep-interval-ms", "200"]);
  const store = createStoreClient(createGrpcTransport({ baseUrl: server.url }));
  await store.createSession({ id: "kept" });
  await store.registerVariable("kept", { name: "v", type: "integer", value: 7 });
  await store.createSession({ id: "large" });
  let taken = await fill(store, "large");
  expect(taken).toBeGreaterThan(20);

  // What is collected in between makes room again, and then more is taken, as it should be.
  const createMore = async () => {
    taken = await fill(store, "large", taken);
    return store.createSession({ id: `more-${taken}` }).catch(({ code }: { code: string }) => code);
  };
  await expect.poll(createMore).toBe("resource_exhausted");
  const health = await fetch(`${server.url}/grpc.health.v1.Health/Check`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: "{}",
  });
  expect(await health.json()).toEqual({ status: "SERVING" });
  // What was acknowledged is there, all of it.
  expect((await store.getSession("large")).stats.variableCount).toBe(taken);
  expect(String((await store.getVariable("large", `v${taken - 1}`)).value)).toHaveLength(valueBytes);
  expect(await store.getVariable("kept", "v")).toMatchObject({ value: 7 });

  await store.deleteSession("large");
  const write = () =>
    store.setVariable("kept", "v", 8).then(
      ({ version }) => version,
      () => 0,
    );
  await expect.poll(write).toBe(1);
  server.signal("SIGTERM");
  expect(await server.exited).toEqual({ status: 0, signal: null });
});
