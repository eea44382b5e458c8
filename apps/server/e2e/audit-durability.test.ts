import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { crc32 } from "node:zlib";
import { createConnectTransport } from "@connectrpc/connect-node";
import { createAuditClient, createStoreClient } from "@trimtab/client";
import { describe, expect, test } from "vitest";
import { runDataCommand } from "../src/data-commands.ts";
import { openServer } from "./open-server.ts";
import { startProcess } from "./test-parts/server-process.ts";
import { temporaryFolder } from "./test-parts/temporary-folder.ts";

const transportTo = (baseUrl: string) => createConnectTransport({ baseUrl, httpVersion: "2" });

// Processes take their time to start on a machine that is busy.
const timeout = 120_000;

test("what was acknowledged is in the audit after a kill, once", { timeout }, async () => {
  const data = join(temporaryFolder(), "data");
  const args = ["--log", "sqlite", "--data", data, "--audit", "on"];
  let version = 0;
  for (let round = 0; round < 2; round++) {
    const server = await startProcess(args);
    const store = createStoreClient(transportTo(server.url));
    if (round === 0) {
      await store.createSession({ id: "s" });
      await store.registerVariable("s", { name: "x", type: "integer", value: 0 });
    }
    const writes = Array.from({ length: 50 }, (_, i) => store.setVariable("s", "x", i, { requestId: `${round} ${i}` }));
    await Promise.all(writes);
    version += 50;
    await expect(store.setVariable("s", "nope", 1)).rejects.toMatchObject({ reason: "not_found" });
    const last = await store.setVariable("s", "x", 1);
    version++;
    expect(last.version).toBe(version);
    server.signal("SIGKILL");
    await server.exited;
  }
  const server = await startProcess(args);
  const trail = createAuditClient(transportTo(server.url));
  const list = async () => (await trail.listAuditEntries("s", { pageSize: 1000, filter: { variable: "x" } })).items;
  await expect.poll(async () => (await list()).length, { timeout: 10_000 }).toBe(version + 1);
  const versions = (await list()).map(({ newVersion }) => newVersion ?? -1).sort((a, b) => a - b);
  expect(versions).toEqual(Array.from({ length: version + 1 }, (_, i) => i));
  const unattributed = (await list()).filter(({ peer }) => peer.address !== "127.0.0.1");
  expect(unattributed).toEqual([]);
  const refused = await trail.listAuditEntries("s", { filter: { outcomes: ["refused"] } });
  expect(refused.items).toHaveLength(2);
  server.signal("SIGTERM");
  await server.exited;
  expect((await runDataCommand(["check", data]))?.output).toMatch(
    /\naudit: \d+ entries follow from each other, the last/,
  );
});

describe("an audit on disk", () => {
  async function fill(): Promise<string> {
    const data = join(temporaryFolder(), "data");
    const server = await openServer({ log: "sqlite", data, audit: "on" });
    await server.store.createSession({ id: "s" });
    await server.store.registerVariable("s", { name: "x", type: "integer", value: 0 });
    for (let i = 0; i < 20; i++) await server.store.setVariable("s", "x", i);
    await server.close();
    return data;
  }

  test("is checked, copied and restored with the sessions", async () => {
    const data = await fill();
    const copy = join(temporaryFolder(), "copy");
    expect(await runDataCommand(["backup", data, copy])).toMatchObject({ status: 0 });
    for (const folder of [data, copy]) {
      expect(await runDataCommand(["check", folder])).toEqual({
        status: 0,
        output: expect.stringMatching(/all intact\naudit: 22 entries .* the last is 22 with hash [0-9a-f]{64}$/),
      });
    }
  });

  test("that is damaged is told as such", async () => {
    const data = await fill();
    const database = new DatabaseSync(join(data, "audit", "log.sqlite"));
    database.prepare("UPDATE entry SET data = x'01' WHERE number = 7").run();
    database.close();
    const found = await runDataCommand(["check", data]);
    expect(found).toMatchObject({ status: 3, output: expect.stringMatching(/all intact\naudit: .*7/) });
  });

  test("gives away whoever changed it, however well", async () => {
    const data = await fill();
    const database = new DatabaseSync(join(data, "audit", "log.sqlite"));
    const row = database.prepare("SELECT stream, data FROM entry WHERE number = 7").get() ?? {};
    const bytes = Buffer.from(row["data"] as Uint8Array);
    const at = bytes.indexOf("in-process");
    bytes.write("elsewhere!", at);
    // With a checksum that is right again, the log itself sees nothing wrong.
    const checksum = crc32(bytes, crc32("7/audit"));
    database.prepare("UPDATE entry SET data = ?, checksum = ? WHERE number = 7").run(bytes, checksum);
    database.close();
    expect(await runDataCommand(["check", data])).toEqual({
      status: 3,
      output: expect.stringMatching(/all intact\naudit: entry 7 was changed$/),
    });
  });
});
