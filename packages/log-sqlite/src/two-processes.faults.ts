import { chmodSync, chownSync, readdirSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { LogError } from "@trimtab/log";
import { expect, test } from "vitest";
import { dataFolder } from "./data-folder.ts";
import { openSqliteLog } from "./open-sqlite-log.ts";
import { startLogProcess } from "./test-parts/child-process.ts";
import { temporaryFolder } from "./test-parts/temporary-folder.ts";

const refusal = async (directory: string) => {
  const error = await openSqliteLog({ directory }).catch((thrown: unknown) => thrown);
  if (!(error instanceof LogError)) throw new Error(`it was not refused: ${error}`);
  return error;
};

test("the second process is refused, told who has the folder, and let in when that one is gone", async () => {
  const directory = temporaryFolder();
  for (let round = 0; round < 10; round++) {
    const first = startLogProcess(directory, 0);
    await first.line("open");
    const error = await refusal(directory);
    expect(error).toMatchObject({ code: "in_use", details: { pid: first.pid, host: hostname() } });
    expect(error.message).toContain(`process ${first.pid} on ${hostname()}`);
    expect(await startLogProcess(directory, 0).line("refused")).toContain(`process ${first.pid}`);
    await first.kill();
    await (await openSqliteLog({ directory })).close();
  }
});

test("a process that is stopped keeps the folder", async () => {
  const directory = temporaryFolder();
  const first = startLogProcess(directory, 2);
  await first.line("ack");
  first.signal("SIGSTOP");
  expect(await refusal(directory)).toMatchObject({ code: "in_use", details: { pid: first.pid } });
  first.signal("SIGCONT");
  await first.kill();
  await (await openSqliteLog({ directory })).close();
});

test("a process number that is in use again keeps nobody out", async () => {
  const directory = temporaryFolder();
  const first = startLogProcess(directory, 0);
  await first.line("open");
  await first.kill();
  const owner = { pid: process.ppid, host: hostname(), since: new Date(0).toISOString() };
  writeFileSync(dataFolder(directory).owner, JSON.stringify(owner));
  await (await openSqliteLog({ directory })).close();
});

test("of many processes that start at once, one has the folder", async () => {
  const directory = temporaryFolder();
  const all = Array.from({ length: 6 }, () => startLogProcess(directory, 0));
  const words = await Promise.all(all.map((one) => one.line("open", "refused")));
  expect(words.filter((word) => word === "open")).toHaveLength(1);
  expect(words.filter((word) => word.startsWith("refused in_use"))).toHaveLength(5);
});

test.each(["database", "lock"] as const)(
  "a process that may not write to the %s is refused, and told of that",
  async (which) => {
    const directory = temporaryFolder();
    const path = dataFolder(directory)[which];
    await (await openSqliteLog({ directory })).close();
    // What belongs to root, root may write to: there it is somebody else who opens it.
    const nobody = process.getuid?.() === 0 ? 65534 : undefined;
    if (nobody !== undefined) {
      for (const file of [directory, ...readdirSync(directory).map((name) => join(directory, name))])
        chownSync(file, nobody, nobody);
    }
    chmodSync(path, 0o400);
    const refused = await startLogProcess(directory, 0, nobody).line("refused", "open");
    expect(refused).toContain("refused read_only");
    expect(refused).toContain(`permission denied, access '${path}'`);
  },
);
