import { randomBytes } from "node:crypto";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { parseSealingKeys } from "@trimtab/log-sealed";
import { describe, expect, test } from "vitest";
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

  test("does not make up what it cannot read: with another key, or none", async () => {
    const data = temporaryFolder();
    await write(data, newKey("k1"));
    for (const keys of [newKey("k2"), newKey("k1"), undefined]) {
      const { store, close } = await openWith(data, keys);
      await expect(store.getVariable("s", "needle-name")).rejects.toMatchObject({ name: "StoreError" });
      await expect(store.createSession({ id: "s" })).rejects.toMatchObject({ name: "StoreError" });
      await close();
    }
  });

  test("goes on with a new key beside the old one, and from a folder without any where it is told to", async () => {
    const data = temporaryFolder();
    await write(data, undefined);
    const [old, fresh] = [newKey("old"), newKey("new")];
    const strict = await openWith(data, old);
    await expect(strict.store.getVariable("s", "needle-name")).rejects.toMatchObject({ name: "StoreError" });
    await strict.close();
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

describe("the setting of keys", () => {
  test("is read from the environment alone, and never repeated", () => {
    const key = newKey("k1");
    const read = readSettings([], { TRIMTAB_ENCRYPTION_KEYS: key });
    expect(read.kind === "serve" && read.settings.encryptionKeys?.[0].id).toBe("k1");
    expect(() => readSettings(["--encryption-keys", key], {})).toThrow("unknown flag --encryption-keys");
    const wrong = () => readSettings([], { TRIMTAB_ENCRYPTION_KEYS: "topsecret" });
    expect(wrong).toThrow("TRIMTAB_ENCRYPTION_KEYS: key 1 must be id:key");
    expect(wrong).not.toThrow("topsecret");
  });
});
