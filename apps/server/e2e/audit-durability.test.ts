import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { crc32, gunzipSync } from "node:zlib";
import { createConnectTransport } from "@connectrpc/connect-node";
import { createAuditClient, createStoreClient, createStudyClient } from "@trimtab/client";
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
  let [version, trials] = [0, 0];
  for (let round = 0; round < 2; round++) {
    const server = await startProcess(args);
    const [store, studies] = [createStoreClient(transportTo(server.url)), createStudyClient(transportTo(server.url))];
    if (round === 0) {
      await store.createSession({ id: "s" });
      await store.registerVariable("s", { name: "x", type: "integer", value: 0 });
      await studies.createStudy("s", { id: "one", variables: ["x"], bounds: { x: { min: 0, max: 9 } } });
    }
    const writes = Array.from({ length: 50 }, (_, i) => store.setVariable("s", "x", i, { requestId: `${round} ${i}` }));
    await Promise.all(writes);
    version += 50;
    await expect(store.setVariable("s", "nope", 1)).rejects.toMatchObject({ reason: "not_found" });
    const last = await store.setVariable("s", "x", 1);
    version++;
    expect(last.version).toBe(version);
    await Promise.all(Array.from({ length: 20 }, () => studies.askTrials("s", "one", {})));
    trials += 20;
    server.signal("SIGKILL");
    await server.exited;
  }
  const server = await startProcess(args);
  const trail = createAuditClient(transportTo(server.url));
  const list = async () => (await trail.listAuditEntries("s", { pageSize: 1000, filter: { variable: "x" } })).items;
  await expect.poll(async () => (await list()).length).toBe(version + 1);
  const versions = (await list()).map(({ newVersion }) => newVersion ?? -1).sort((a, b) => a - b);
  expect(versions).toEqual(Array.from({ length: version + 1 }, (_, i) => i));
  const listTrials = async () => (await trail.listAuditEntries("s", { filter: { study: "one" } })).items;
  await expect.poll(async () => (await listTrials()).length).toBe(trials + 1);
  const asked = (await listTrials()).map(({ trial = -1 }) => trial).sort((a, b) => a - b);
  expect(asked).toEqual(Array.from({ length: trials + 1 }, (_, i) => i - 1));
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

test("a server that is stopped right after its start has looked for what is not in the audit", async () => {
  const settings = { log: "sqlite", data: join(temporaryFolder(), "data"), audit: "on" } as const;
  const first = await openServer(settings);
  await first.store.createSession({ id: "s" });
  await first.store.registerVariable("s", { name: "x", type: "integer", value: 0 });
  const studies = createStudyClient(transportTo(first.url));
  for (let i = 0; i < 5; i++) {
    await studies.createStudy("s", { id: `study-${i}`, variables: ["x"], bounds: { x: { min: 0, max: 9 } } });
  }
  await first.close();
  const told: unknown[] = [];
  for (let round = 0; round < 3; round++) {
    await (await openServer(settings, { onError: (error) => told.push(error) })).close();
  }
  expect(told).toEqual([]);
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

/** Folders as released versions left them. */
test.each(["audit-1"])("%s is checked as it is, opened, added to, and found whole", async (name) => {
  const data = join(temporaryFolder(), "data");
  mkdirSync(join(data, "audit"), { recursive: true });
  const packed = readFileSync(new URL(`./test-parts/golden/${name}.sqlite.gz`, import.meta.url));
  writeFileSync(join(data, "audit", "log.sqlite"), gunzipSync(packed));
  const server = await openServer({ log: "sqlite", data, audit: "on" });
  const trail = createAuditClient(transportTo(server.url));
  const { items } = await trail.listAuditEntries("s");
  expect(items.map(({ action, outcome, decidingRule }) => [action, outcome, decidingRule])).toEqual([
    ["SetVariable", "refused", undefined],
    ["GetVariable", "denied", undefined],
    ["SetVariable", "succeeded", undefined],
    ["SetVariablePermissions", "succeeded", undefined],
    ["RegisterVariable", "succeeded", undefined],
    ["CreateSession", "succeeded", undefined],
  ]);
  await server.store.createSession({ id: "t" });
  await server.close();
  expect((await runDataCommand(["check", data]))?.output).toContain("audit: 8 entries follow from each other");
});

test("what let a change through is there after a restart, for people who look into the folder too", async () => {
  const data = join(temporaryFolder(), "data");
  const settings = { log: "sqlite", data, audit: "on" } as const;
  const first = await openServer(settings);
  for (const id of ["s", "guest"]) await first.store.createSession({ id });
  const accessRules = [{ id: "let-in", sessionPattern: "guest", permissions: ["write"] }] as const;
  await first.store.registerVariable("s", { name: "x", type: "float", value: 1, accessRules });
  await createStoreClient(transportTo(first.url)).setVariable("guest", "s/x", 2);
  await first.close();
  const server = await openServer(settings);
  const { items } = await createAuditClient(transportTo(server.url)).listAuditEntries("s");
  expect(items[0]).toMatchObject({ action: "SetVariable", basis: "variable-rule", decidingRule: "let-in" });
  await server.close();
  const subjectIn = (file: string, where: string) => {
    const database = new DatabaseSync(join(data, file), { readOnly: true });
    const { subject } = database.prepare(`SELECT subject FROM audit WHERE ${where}`).get() ?? {};
    database.close();
    return subject;
  };
  expect(subjectIn("audit/log.sqlite", "kind = 'SetVariable succeeded'")).toBe("s/x (by variable-rule let-in)");
  expect(subjectIn("log.sqlite", "kind = 'variable-set'")).toBe("x (by rule let-in)");
});
