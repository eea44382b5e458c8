import { mkdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { createConnectTransport } from "@connectrpc/connect-node";
import { createAuditClient, createStoreClient, createStudyClient } from "@trimtab/client";
import { isStoreError } from "@trimtab/core";
import { expect, onTestFinished, test, vi } from "vitest";
import { createLinesFile } from "../src/audit/lines-file.ts";
import { runDataCommand } from "../src/data-commands.ts";
import { openServer } from "./open-server.ts";
import { canMount, fillUp, mountSmallDisk } from "./test-parts/small-disk.ts";
import { temporaryFolder } from "./test-parts/temporary-folder.ts";

/** Makes calls, which may fit into what there is left, until one is refused; gives the reason. */
async function untilRefused(call: () => Promise<unknown>): Promise<string> {
  for (;;) {
    try {
      await call();
    } catch (error) {
      return isStoreError(error) ? error.reason : String(error);
    }
  }
}

test("a server whose disk is full says so at once, goes on reading, and writes again when there is room", async (context) => {
  if (!canMount) return context.skip("only root may mount a disk, on Linux");
  const directory = mountSmallDisk(24);
  const [data, filler] = [join(directory, "data"), join(directory, "filler")];
  const settings = { log: "sqlite", data, audit: "on" } as const;
  const server = await openServer(settings, { onError: () => {} });
  const transport = createConnectTransport({ baseUrl: server.url, httpVersion: "2" });
  const [store, studies] = [createStoreClient(transport), createStudyClient(transport)];
  const trail = createAuditClient(transport);
  await store.createSession({ id: "s" });
  await store.registerVariable("s", { name: "x", type: "integer", value: 0 });
  const bounds = { x: { min: 0, max: 9 } };
  await studies.createStudy("s", { id: "one", variables: ["x"], bounds });
  let [version, asked, made, refused] = [0, 0, 0, 0];
  const set = async () => {
    await store.setVariable("s", "x", 1);
    version++;
  };
  const ask = () => studies.askTrials("s", "one", { clientId: `${asked++}` });
  const create = () => studies.createStudy("s", { id: `more-${made++}`, variables: ["x"], bounds });
  for (let round = 0; round < 2; round++) {
    fillUp(filler);
    for (const call of [set, ask, create]) expect(await untilRefused(call)).toBe("storage_full");
    // What is wrong with a call is told as well.
    await expect(store.setVariable("s", "nope", 1)).rejects.toMatchObject({ reason: "not_found" });
    refused += 4;
    expect(await store.getVariable("s", "x")).toMatchObject({ version });
    expect(await studies.getStudy("s", "one")).toMatchObject({ id: "one" });
    await trail.listAuditEntries("s");
    if (round === 0) await copyFrom(data, directory);
    rmSync(filler);
    await Promise.all([set(), ask()]);
  }
  // What was refused meanwhile is entered by now, or soon.
  const list = async () => (await trail.listAuditEntries("s", { filter: { outcomes: ["refused"] } })).items;
  await expect.poll(async () => (await list()).length).toBe(refused);
  await server.close();
  expect(await runDataCommand(["check", data])).toMatchObject({ status: 0 });
  const again = await openServer(settings);
  expect(await again.store.getVariable("s", "x")).toMatchObject({ version });
  await again.close();
});

/** Copies a folder from a full disk to another one, and onto that disk itself. */
async function copyFrom(data: string, directory: string): Promise<void> {
  const copy = join(temporaryFolder(), "copy");
  expect(await runDataCommand(["backup", data, copy])).toMatchObject({ status: 0 });
  expect(await runDataCommand(["check", copy])).toMatchObject({ status: 0 });
  const here = join(directory, "copy");
  expect(await runDataCommand(["backup", data, here])).toEqual({
    status: 1,
    output: expect.stringMatching(new RegExp(`^${here}.*the disk is full`)),
  });
}

test("an audit that there is no room to check is not said to be damaged", async (context) => {
  if (!canMount) return context.skip("only root may mount a disk, on Linux");
  const data = join(temporaryFolder(), "data");
  const server = await openServer({ log: "sqlite", data, audit: "on" });
  await server.store.createSession({ id: "s" });
  await server.close();
  const directory = mountSmallDisk(1);
  vi.stubEnv("TMPDIR", directory);
  onTestFinished(() => void vi.unstubAllEnvs());
  mkdirSync(join(directory, "folders"));
  fillUp(join(directory, "filler"));
  expect(await runDataCommand(["check", data])).toEqual({
    status: 1,
    output: expect.stringMatching(new RegExp(`all intact\naudit: ${directory}/.*the disk is full`)),
  });
});

test("a file of lines has whole lines alone, whatever a full disk took of one", (context) => {
  if (!canMount) return context.skip("only root may mount a disk, on Linux");
  const directory = mountSmallDisk(1);
  const [file, filler] = [join(directory, "audit.jsonl"), join(directory, "filler")];
  const write = createLinesFile(file, 1 << 20);
  const lines = ["first", "does not fit".padEnd(10_000), "last"];
  write(lines.slice(0, 1));
  fillUp(filler);
  expect(() => write(lines.slice(1, 2))).toThrow(/ENOSPC/);
  rmSync(filler);
  write(lines.slice(2));
  expect(readFileSync(file, "utf8")).toBe("first\nlast\n");
});
