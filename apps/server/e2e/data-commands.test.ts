import { existsSync, openSync, readdirSync, readSync, statSync, writeSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { runDataCommand } from "../src/data-commands.ts";
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
      output: expect.stringMatching(/^1 sessions, 22 commits \(\d+ bytes\), \d+ snapshots: all intact$/),
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
