import {
  cpSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readSync,
  statSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { auditFolder } from "../src/audit/open-audit.ts";
import { runDataCommand } from "../src/data-commands.ts";
import { studiesFolder } from "../src/open-studies.ts";
import { openServer } from "./open-server.ts";
import { temporaryFolder } from "./test-parts/temporary-folder.ts";

async function fill(data: string): Promise<void> {
  const server = await openServer({ log: "sqlite", data });
  await server.store.createSession({ id: "s" });
  const value = "what is worth keeping ".repeat(200);
  await server.store.registerVariable("s", { name: "prompt", type: "string", value });
  for (let i = 0; i < 20; i++) await server.store.setVariable("s", "prompt", `${value}${i}`);
  await server.close();
}

/** Changes one byte in the middle of the largest file. */
function damage(folder: string): void {
  const files = readdirSync(folder).map((file) => join(folder, file));
  const [largest = ""] = files.sort((a, b) => statSync(b).size - statSync(a).size);
  const file = openSync(largest, "r+");
  const byte = new Uint8Array(1);
  const at = Math.floor(statSync(largest).size / 2);
  readSync(file, byte, 0, 1, at);
  writeSync(
    file,
    byte.map((each) => each ^ 0xff),
    0,
    1,
    at,
  );
}

describe("a data folder", () => {
  test("is checked, and what is damaged is named", async () => {
    const data = join(temporaryFolder(), "data");
    await fill(data);
    expect(await runDataCommand(["check", data])).toEqual({
      output: expect.stringMatching(/^1 session, 22 commits \(\d+ bytes\), \d+ snapshots?: all intact$/),
      status: 0,
    });
    damage(data);
    const found = await runDataCommand(["check", data]);
    expect(found?.status).toBe(3);
    expect(found?.output).toMatch(/damaged:\n {2}(session s|the file)/);
  });

  test("is copied while a server has it open, and restored elsewhere", async () => {
    const folder = temporaryFolder();
    const [data, copy, restored] = ["data", "copy", "restored"].map((name) => join(folder, name)) as [
      string,
      string,
      string,
    ];
    await fill(data);
    const server = await openServer({ log: "sqlite", data });
    expect(await runDataCommand(["backup", data, copy])).toMatchObject({ status: 0 });
    await server.store.setVariable("s", "prompt", "after the backup");
    await server.close();
    expect(await runDataCommand(["restore", copy, restored])).toMatchObject({ status: 0 });
    const again = await openServer({ log: "sqlite", data: restored });
    expect(await again.store.getVariable("s", "prompt")).toMatchObject({ version: 20 });
    await again.close();
    expect(await runDataCommand(["restore", copy, restored])).toMatchObject({ status: 1 });
  });

  test("of which a part has lost its end is neither intact nor copied", async () => {
    const [data, copy, killed] = ["data", "copy", "killed"].map((name) => join(temporaryFolder(), name)) as [
      string,
      string,
      string,
    ];
    const server = await openServer({ log: "sqlite", data, audit: "on" });
    await server.store.createSession({ id: "s" });
    for (let i = 0; i < 20; i++) await server.store.putProgram("s", `p${i}`, {});
    await expect
      .poll(() => runDataCommand(["check", data]))
      .toMatchObject({ output: expect.stringMatching(/audit: 21 entries/) });
    cpSync(data, killed, { recursive: true });
    await server.close();
    const written = join(auditFolder(killed), "log.sqlite-wal");
    truncateSync(written, statSync(written).size / 2);
    // Beside the entries there is the note of a start.
    const lost = /audit\/log\.sqlite: the last \d+ of 22 acknowledged entries are missing/;
    expect(await runDataCommand(["check", killed])).toEqual({
      status: 3,
      output: expect.stringMatching(/^1 session.*all intact\naudit: /),
    });
    expect((await runDataCommand(["check", killed]))?.output).toMatch(lost);
    expect(await runDataCommand(["backup", killed, copy])).toEqual({ status: 1, output: expect.stringMatching(lost) });
    expect(existsSync(join(copy, "log.sqlite"))).toBe(false);
  });

  test("of which a part was about to be made is intact, and copied", async () => {
    const [data, copy] = ["data", "copy"].map((name) => join(temporaryFolder(), name)) as [string, string];
    await fill(data);
    for (const folder of [auditFolder(data), studiesFolder(data)]) mkdirSync(folder);
    writeFileSync(join(auditFolder(data), "log.sqlite"), "");
    const intact = { status: 0, output: expect.stringMatching(/^1 session.*all intact$/) };
    expect(await runDataCommand(["check", data])).toEqual(intact);
    expect(await runDataCommand(["backup", data, copy])).toMatchObject({ status: 0 });
    expect(await runDataCommand(["check", copy])).toEqual(intact);
  });

  test("that is not there is no success, and arguments that are no command are left alone", async () => {
    const nowhere = join(temporaryFolder(), "nowhere");
    const elsewhere = join(temporaryFolder(), "elsewhere");
    const noLog = { status: 1, output: `${nowhere} holds no log` };
    expect(await runDataCommand(["check", nowhere])).toEqual(noLog);
    expect(await runDataCommand(["backup", nowhere, elsewhere])).toEqual(noLog);
    expect(existsSync(elsewhere)).toBe(false);
    expect(await runDataCommand(["check", "--help"])).toMatchObject({ status: 2 });
    expect(await runDataCommand(["backup", nowhere])).toMatchObject({
      status: 2,
      output: expect.stringContaining("usage"),
    });
    expect(await runDataCommand(["--listen", "127.0.0.1:0"])).toBeUndefined();
    expect(await runDataCommand([])).toBeUndefined();
  });
});
