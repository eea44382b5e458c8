import { existsSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { createGrpcTransport } from "@connectrpc/connect-node";
import { createStoreClient, createStudyClient } from "@trimtab/client";
import { describe, expect, test } from "vitest";
import { openServer } from "./open-server.ts";
import { temporaryFolder } from "./test-parts/temporary-folder.ts";

const openDurable = (data: string) => openServer({ log: "sqlite", data });

describe("a server on disk", () => {
  test("has everything again after a restart, and goes on from there", async () => {
    const data = temporaryFolder();
    const first = await openDurable(data);
    const { store } = first;
    await store.createSession({ id: "s", metadata: { team: "search" } });
    await store.registerVariables("s", [
      { name: "a", type: "float", value: 1 },
      { name: "b", type: "float", derivation: { kind: "expression", expression: "a * 2.0" } },
    ]);
    await store.putRule("s", { name: "small", expression: "a < 100.0" });
    await store.setLabel("s", "start", { protected: true });
    const written = await store.setVariable("s", "a", 5, { requestId: "one" });
    const watch = store.watch("s")[Symbol.asyncIterator]();
    const { value: seen } = await watch.next();
    await watch.return?.();
    const exported = await store.exportVariables("s", { includeHistory: true });
    await first.close();

    const second = await openDurable(data);
    const again = createStoreClient(createGrpcTransport({ baseUrl: second.url }));
    const { exportedAtMs: _, ...before } = exported;
    const { exportedAtMs: __, ...after } = await again.exportVariables("s", { includeHistory: true });
    expect(after).toEqual(before);
    expect((await again.getSession("s")).metadata).toEqual({ team: "search" });
    expect(await again.setVariable("s", "a", 5, { requestId: "one" })).toEqual(written);
    await expect(again.setVariable("s", "a", 500)).rejects.toMatchObject({ reason: "rule_violation" });
    await expect(again.deleteLabel("s", "start")).rejects.toMatchObject({ reason: "label_protected" });
    const resumed = again.watch("s", {}, { after: seen?.token ?? "" })[Symbol.asyncIterator]();
    expect((await resumed.next()).value).toMatchObject({ kind: "bookmark", revision: written.revision });
    const { revision } = await again.setVariable("s", "a", 7);
    expect((await resumed.next()).value).toMatchObject({ kind: "changes", revision });
    await resumed.return?.();
    expect((await again.getVariable("s", "b")).value).toBe(14);
    expect((await again.getSessionAt("s", { kind: "label", label: "start" })).items[0]?.value).toBe(1);
    await second.close();
  });

  test("tells who did what to anybody who looks into its folder, while it runs", async () => {
    const data = temporaryFolder();
    const { store } = await openDurable(data);
    await store.createSession({ id: "s" });
    await store.registerVariable("s", { name: "temperature", type: "float", value: 0.7 }, { actor: "ada" });
    await store.setVariables("s", { temperature: 0.9 }, { actor: "bob" });
    const db = new DatabaseSync(join(data, "log.sqlite"), { readOnly: true });
    const told = db.prepare("SELECT actor, kind, subject, stream, number FROM audit WHERE subject <> ''").all();
    db.close();
    expect(told).toEqual([
      { actor: "bob", kind: "variable-set", subject: "temperature", stream: "s", number: 3 },
      { actor: "ada", kind: "variable-registered", subject: "temperature", stream: "s", number: 2 },
    ]);
  });

  test("keeps its folder to itself, and names who has it", async () => {
    const data = temporaryFolder();
    const first = await openDurable(data);
    await expect(openDurable(data)).rejects.toMatchObject({
      name: "LogError",
      code: "in_use",
      message: expect.stringContaining(String(process.pid)),
    });
    await first.close();
    await (await openDurable(data)).close();
  });

  test("lists and creates sessions beside one that is damaged, tells of that one, and serves nothing of it", async () => {
    const data = temporaryFolder();
    const first = await openDurable(data);
    for (const id of ["a", "b"]) {
      await first.store.createSession({ id });
      await first.store.registerVariable(id, { name: "x", type: "float", value: 1 });
    }
    await first.close();
    const db = new DatabaseSync(join(data, "log.sqlite"));
    db.exec(`UPDATE entry SET data = zeroblob(length(data)) WHERE number = 2 AND stream = (SELECT id FROM stream WHERE name = 'b');
             DELETE FROM summary`);
    db.close();
    const told: unknown[] = [];
    const second = await openServer({ log: "sqlite", data }, { onError: (error) => told.push(error) });
    const store = createStoreClient(createGrpcTransport({ baseUrl: second.url }));
    await store.createSession({ id: "c" });
    expect((await store.listSessions()).items.map(({ id }) => id)).toEqual(["a", "c"]);
    expect((await store.getVariable("a", "x")).value).toBe(1);
    await expect(store.getVariable("b", "x")).rejects.toMatchObject({ reason: "data_loss" });
    expect(told).toContainEqual(
      expect.objectContaining({ message: expect.stringContaining("session b is not listed") }),
    );
    await second.close();
  });

  test("makes no folder where it keeps everything in memory", async () => {
    const data = join(temporaryFolder(), "never");
    const server = await openServer({ log: "memory", data });
    await server.store.createSession({ id: "s" });
    await server.close();
    expect(existsSync(data)).toBe(false);
  });

  test("tells once that studies cannot be opened, and opens them when they can be", async () => {
    const data = temporaryFolder();
    const told: unknown[] = [];
    const server = await openServer({ log: "sqlite", data }, { onError: (error) => told.push(error) });
    await server.store.createSession({ id: "s" });
    const studies = createStudyClient(createGrpcTransport({ baseUrl: server.url }));
    writeFileSync(join(data, "studies"), "");
    for (let i = 0; i < 3; i++) await expect(studies.listStudies("s")).rejects.toMatchObject({ code: "unavailable" });
    expect(told).toEqual([expect.objectContaining({ message: expect.stringContaining("studies") })]);
    rmSync(join(data, "studies"));
    expect(await studies.listStudies("s")).toMatchObject({ items: [] });
    await server.close();
  });
});
