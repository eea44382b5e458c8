import { createHash, randomBytes } from "node:crypto";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { crc32 } from "node:zlib";
import { createConnectTransport } from "@connectrpc/connect-node";
import { createAuditClient, createStoreClient, createStudyClient } from "@trimtab/client";
import { parseSealingKeys } from "@trimtab/log-sealed";
import { describe, expect, test } from "vitest";
import { runDataCommand } from "../src/data-commands.ts";
import { readSettings } from "../src/read-settings.ts";
import type { Settings } from "../src/settings.ts";
import { openServer } from "./open-server.ts";
import { temporaryFolder } from "./test-parts/temporary-folder.ts";

const newKey = (id: string) => `${id}:${randomBytes(32).toString("base64")}`;

/** Faults are expected here: what matters is what callers are told. */
const onError = () => {};

const openWith = (data: string, keys?: string, others: Partial<Settings> = {}) => {
  const encryptionKeys = keys === undefined ? undefined : parseSealingKeys(keys);
  return openServer({ log: "sqlite", data, encryptionKeys, ...others }, { onError });
};

/** Everything that is in a folder, as text of single bytes. */
const contentsOf = (folder: string): string =>
  readdirSync(folder, { recursive: true, encoding: "utf8" })
    .map((file) => join(folder, file))
    .filter((file) => statSync(file).isFile())
    .map((file) => readFileSync(file, "latin1"))
    .join("");

const words = ["needle-name", "needle-value", "needle-metadata", "needle-actor"];

/** Writes all the words, enough to be in commits, snapshots and summaries. */
async function write(data: string, keys: string | undefined): Promise<void> {
  const { store, close } = await openWith(data, keys);
  await store.createSession({ id: "s", metadata: { note: "needle-metadata" }, ifExists: "keep" });
  const spec = { name: "needle-name", type: "string", value: "needle-value" } as const;
  await store.registerVariable("s", spec, { actor: "needle-actor", ifExists: "keep" });
  for (let i = 0; i < 1200; i++) await store.setVariable("s", "needle-name", `needle-value-${i}`);
  await close();
}

describe("a server with a key", () => {
  test("whose old key was taken away too early starts, and a check names what that would open", async () => {
    const data = temporaryFolder();
    const [old, now] = [newKey("old"), newKey("now")];
    const before = await openWith(data, old);
    for (const id of ["a", "b"]) {
      await before.store.createSession({ id });
      await before.store.putProgram(id, "p", {});
    }
    await before.store.registerVariable("b", { name: "x", type: "float", value: 0, constraints: { min: 0, max: 1 } });
    const studies = createStudyClient(createConnectTransport({ baseUrl: before.url, httpVersion: "2" }));
    await studies.createStudy("b", { id: "one", variables: ["x"] });
    await before.close();
    const after = await openWith(data, `${now},${old}`);
    await after.store.putProgram("a", "p", { x: 1 });
    await after.close();
    const check = (keys: string) => runDataCommand(["check", data], { TRIMTAB_ENCRYPTION_KEYS: keys });
    expect(await check(`${now},${old}`)).toMatchObject({ status: 0 });
    expect(await check(now)).toEqual({
      status: 3,
      output: expect.stringMatching(
        new RegExp(
          [
            "2 sessions, 6 commits.*: none damaged",
            "of the sessions, what TRIMTAB_ENCRYPTION_KEYS does not open:",
            "  session a: 2 commits from revision 1 on: what is stored was sealed with key old, which is missing: .*",
            "  session b: 3 commits from revision 1 on: what is stored was sealed with key old, .*",
            "1 study,.*: none damaged",
            "of the studies, what TRIMTAB_ENCRYPTION_KEYS does not open:",
            "  study .*: the change of revision 1: what is stored was sealed with key old",
          ].join("\n"),
        ),
      ),
    });
  });

  test("leaves nothing to read on disk, and has everything again with the key", async () => {
    const [data, plain] = [temporaryFolder(), temporaryFolder()];
    const key = newKey("k1");
    await write(data, key);
    await write(plain, undefined);
    // Without a key the same search finds every word, so that it can be trusted.
    for (const word of words) expect([word, contentsOf(plain).includes(word)]).toEqual([word, true]);
    for (const word of words) expect([word, contentsOf(data).includes(word)]).toEqual([word, false]);
    const { store, close } = await openWith(data, key);
    expect((await store.getVariable("s", "needle-name")).value).toBe("needle-value-1199");
    expect((await store.listSessions()).items.map(({ id }) => id)).toEqual(["s"]);
    await close();
  });

  test("does not start on what it cannot read: with another key, or none", async () => {
    const data = temporaryFolder();
    const key = newKey("k1");
    await write(data, key);
    await expect(openWith(data, newKey("k2"))).rejects.toMatchObject({ name: "LogError", code: "unsupported" });
    await expect(openWith(data, newKey("k1"))).rejects.toMatchObject({ name: "LogError", code: "damaged" });
    await expect(openWith(data, undefined)).rejects.toMatchObject({ name: "LogError", code: "unsupported" });
    const { close } = await openWith(data, key);
    await close();
  });

  test("goes on with a new key beside the old one, and from a folder without any where it is told to", async () => {
    const data = temporaryFolder();
    await write(data, undefined);
    const [old, fresh] = [newKey("old"), newKey("new")];
    await expect(openWith(data, old)).rejects.toThrow("was not sealed");
    const first = await openWith(data, old, { encryptionAcceptsPlain: true });
    await first.store.setVariable("s", "needle-name", "under the old key");
    await first.close();
    const second = await openWith(data, `${fresh},${old}`, { encryptionAcceptsPlain: true });
    expect((await second.store.getVariable("s", "needle-name")).value).toBe("under the old key");
    await second.store.setVariable("s", "needle-name", "under the new key");
    const { items } = await second.store.listVariableHistory("s", "needle-name", { pageSize: 3 });
    expect(items.map(({ value }) => value)).toEqual(["under the new key", "under the old key", "needle-value-1199"]);
    await second.close();
  });
});

describe("the audit of a server with a key", () => {
  const words = ["needle-actor", "needle-session", "needle-name", "needle-principal"];
  const env = (keys: string) => ({ TRIMTAB_ENCRYPTION_KEYS: keys });
  const check = async (data: string, keys?: string) =>
    (await runDataCommand(["check", data], keys ? env(keys) : {}))?.output;

  async function writeAudit(data: string, keys: string | undefined, count: number): Promise<void> {
    const { store, close } = await openWith(data, keys, { audit: "on", encryptionAcceptsPlain: keys !== undefined });
    const who = { actor: "needle-actor" };
    await store.createSession({ id: "needle-session", ifExists: "keep" });
    const spec = { name: "needle-name", type: "integer", value: 0 } as const;
    await store.registerVariable("needle-session", spec, { ...who, ifExists: "keep" });
    for (let i = 0; i < count; i++) await store.setVariable("needle-session", "needle-name", i, who);
    await close();
  }

  async function listed(data: string, keys: string): Promise<number> {
    const server = await openWith(data, keys, { audit: "on", encryptionAcceptsPlain: true });
    const trail = createAuditClient(createConnectTransport({ baseUrl: server.url, httpVersion: "2" }));
    const { items } = await trail.listAuditEntries("needle-session", { pageSize: 1000 });
    await server.close();
    return items.length;
  }

  test("leaves nothing to read on disk but that something was done, and is checked with the key and without", async () => {
    const data = temporaryFolder();
    const key = newKey("k1");
    await writeAudit(data, key, 20);
    const audit = contentsOf(join(data, "audit"));
    expect(words.filter((word) => audit.includes(word))).toEqual([]);
    expect(await listed(data, key)).toBe(22);
    expect(await check(data, key)).toMatch(
      /audit: 22 entries follow from each other, 22 of them sealed, and could be opened/,
    );
    expect(await check(data)).toContain(
      "of the sessions, what is sealed was not opened, which TRIMTAB_ENCRYPTION_KEYS would do",
    );
    expect(await check(data)).toContain("22 of them sealed, which TRIMTAB_ENCRYPTION_KEYS would open, the last is 22");
    // With another key of that name nothing is what it was.
    expect(await check(data, newKey("k1"))).toContain("audit: entry 1 is not as the server has sealed it");
    expect(await check(data, newKey("k2"))).toMatch(
      /audit: 22 entries follow .*, 22 of which not opened: what is stored was sealed with key k1, .*, the last is 22/,
    );
    await expect(openWith(data, newKey("k2"), { audit: "on" })).rejects.toThrow("the audit cannot be read: what is");
    await expect(openWith(data, undefined, { audit: "on" })).rejects.toThrow("there is no key to open it with");
  }, 60_000);

  test("goes on from one in the clear and under another key, and takes nothing in the clear after that", async () => {
    const data = temporaryFolder();
    const [old, fresh] = [newKey("old"), newKey("new")];
    await writeAudit(data, undefined, 5);
    await writeAudit(data, old, 5);
    await writeAudit(data, `${fresh},${old}`, 5);
    const keys = `${fresh},${old}`;
    expect(await listed(data, keys)).toBe(17);
    expect(await check(data, keys)).toMatch(
      /17 entries follow from each other, 10 of them sealed, and could be opened/,
    );
    // Without the old key the chain is followed all the same.
    expect(await check(data, fresh)).toMatch(
      /17 entries follow .*, 10 of them sealed, 5 of which not opened: .* key old/,
    );
    forge(data, 17);
    expect(await check(data, fresh)).toContain("audit: entry 17 is not as the server has sealed it");
    expect(await check(data, keys)).toContain("audit: entry 17 is not as the server has sealed it");
    expect(await check(data)).toContain("audit: entry 17 is not as the server has sealed it");
  });
});

/** Puts an entry in the clear in the place of the last one, as well as somebody without a key can: with a chain that is right. */
function forge(data: string, number: number): void {
  const database = new DatabaseSync(join(data, "audit", "log.sqlite"));
  const read = (at: number) =>
    Buffer.from(database.prepare("SELECT data FROM entry WHERE number = ?").get(at)?.["data"] as Uint8Array);
  const head = read(number).subarray(0, 33);
  const entry = read(1).subarray(65);
  const hash = createHash("sha256").update(head.subarray(1)).update(entry).digest();
  const bytes = Buffer.concat([head, hash, entry]);
  const checksum = crc32(bytes, crc32(`${number}/audit`));
  database.prepare("UPDATE entry SET data = ?, checksum = ? WHERE number = ?").run(bytes, checksum, number);
  database.close();
}

describe("the setting of keys", () => {
  test("is read from the environment alone, and never repeated", () => {
    const key = newKey("k1");
    const read = readSettings([], { TRIMTAB_ENCRYPTION_KEYS: key });
    expect(read.kind === "serve" && read.settings.encryptionKeys?.[0].id).toBe("k1");
    expect(() => readSettings(["--encryption-keys", key], {})).toThrow("unknown flag --encryption-keys");
    const wrong = () => readSettings([], { TRIMTAB_ENCRYPTION_KEYS: "topsecret" });
    expect(wrong).toThrow("TRIMTAB_ENCRYPTION_KEYS: key 1 must be id:key");
    expect(wrong).not.toThrow("topsecret");
    for (const empty of ["", " "]) {
      expect(() => readSettings([], { TRIMTAB_ENCRYPTION_KEYS: empty })).toThrow(
        "TRIMTAB_ENCRYPTION_KEYS: must not be empty: leave it out where nothing is to be encrypted",
      );
    }
  });
});

describe("a session that cannot be read, on a server with a key", () => {
  const unreadable = async (url: string) =>
    /^trimtab_store_sessions_unreadable\S* (\d+)/m.exec(await (await fetch(`${url}/metrics`)).text())?.[1];

  test("keeps no other from work where its key was taken away, is told of by that, and is there again with it", async () => {
    const data = temporaryFolder();
    const [old, now] = [newKey("old"), newKey("now")];
    const before = await openWith(data, old, { audit: "on" });
    for (const id of ["a", "b", "c"]) await before.store.createSession({ id });
    await before.close();
    const between = await openWith(data, `${now},${old}`, { audit: "on" });
    await between.store.putProgram("a", "p", {});
    for (let i = 0; i < 1100; i++) await between.store.putProgram("c", "p", { i });
    await between.close();

    const told: unknown[] = [];
    const settings = {
      log: "sqlite",
      data,
      encryptionKeys: parseSealingKeys(now),
      audit: "on",
      metrics: true,
    } as const;
    const after = await openServer(settings, { onError: (error) => told.push(error) });
    const store = createStoreClient(createConnectTransport({ baseUrl: after.url, httpVersion: "2" }));
    await store.createSession({ id: "d" });
    // What a session is listed by may be newer than what it is read from.
    expect((await store.listSessions()).items.map(({ id }) => id)).toEqual(["a", "c", "d"]);
    const needsOld = { reason: "data_loss", details: { key: "old" }, message: expect.stringContaining("key old") };
    await expect(store.getSession("b")).rejects.toMatchObject(needsOld);
    await expect(store.createSession({ id: "a" })).rejects.toMatchObject(needsOld);
    expect((await store.listSessions()).items.map(({ id }) => id)).toEqual(["c", "d"]);
    expect(await unreadable(after.url)).toBe("2");
    await after.close();
    expect(told.map(String).filter((line) => line.includes("is not listed"))).toHaveLength(1);

    const again = await openWith(data, `${now},${old}`, { audit: "on" });
    expect((await again.store.listSessions()).items.map(({ id }) => id)).toEqual(["a", "b", "c", "d"]);
    await again.close();
  }, 60_000);

  test("is deleted by whoever may act as it, which the audit tells, and its name is free again", async () => {
    const data = temporaryFolder();
    const [old, now] = [newKey("old"), newKey("now")];
    const before = await openWith(data, old, { audit: "on" });
    for (const id of ["a", "b"]) await before.store.createSession({ id });
    await before.close();
    const between = await openWith(data, `${now},${old}`, { audit: "on" });
    await between.store.createSession({ id: "c" });
    await between.close();

    const after = await openWith(data, now, { audit: "on" });
    const transport = createConnectTransport({ baseUrl: after.url, httpVersion: "2" });
    const store = createStoreClient(transport);
    await store.deleteSession("b", { actor: "operator" });
    await expect(store.getSession("b")).rejects.toMatchObject({ reason: "session_not_found" });
    // Until it is entered, what is newest of the session was sealed with the key that is missing.
    const newest = () => createAuditClient(transport).listAuditEntries("b", { pageSize: 1 });
    await expect
      .poll(async () => (await newest().catch(() => undefined))?.items)
      .toMatchObject([{ action: "DeleteSession", actor: "operator", outcome: "succeeded" }]);
    await store.createSession({ id: "b" });
    await after.store.sweep();
    await after.close();
    expect((await runDataCommand(["check", data], { TRIMTAB_ENCRYPTION_KEYS: now }))?.output).not.toContain(
      "session b",
    );
    const again = await openWith(data, now);
    expect((await again.store.listSessions()).items.map(({ id }) => id)).toEqual(["c", "b"]);
    await again.close();
  });

  test("names its key where the server has none, as it has for sessions in the clear", async () => {
    const data = temporaryFolder();
    const before = await openWith(data);
    for (let i = 0; i < 110; i++) await before.store.createSession({ id: `plain-${i}` });
    await before.close();
    const between = await openWith(data, newKey("k"), { encryptionAcceptsPlain: true });
    await between.store.createSession({ id: "sealed" });
    await between.close();
    const after = await openWith(data);
    expect(await after.store.countSessions()).toBe(110);
    await expect(after.store.getSession("sealed")).rejects.toMatchObject({
      reason: "data_loss",
      details: { key: "k" },
    });
    await after.close();
  });
});
