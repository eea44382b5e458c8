import { readdirSync, renameSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { isLogError } from "@trimtab/log";
import { expect, onTestFinished, test } from "vitest";
import { dataFolder } from "./data-folder.ts";
import { backUpSqliteLog, openSqliteLog, verifySqliteLog } from "./index.ts";
import { temporaryFolder } from "./test-parts/temporary-folder.ts";

const bytes = (text: string) => new TextEncoder().encode(text);

async function open(directory: string) {
  const sqlite = await openSqliteLog({ directory });
  onTestFinished(() => sqlite.close());
  return sqlite;
}

const codeOf = async (work: Promise<unknown>) => {
  const error = await work.catch((thrown: unknown) => thrown);
  return isLogError(error) ? error.code : error;
};

test("a copy that was broken off is neither a log nor an empty folder, and is made again with all that is in it", async () => {
  const [directory, copy] = [temporaryFolder(), temporaryFolder()];
  for (const folder of [directory, join(directory, "audit")]) {
    const { log, close } = await open(folder);
    await log.append("a", 0, [bytes("x")]);
    await close();
  }
  const within = ["audit", "studies"];
  await backUpSqliteLog(directory, copy, { within });
  renameSync(dataFolder(copy).database, dataFolder(copy).unfinished);
  await expect(openSqliteLog({ directory: copy })).rejects.toMatchObject({
    code: "damaged",
    message: expect.stringContaining("holds a copy that was broken off"),
  });
  expect(await codeOf(backUpSqliteLog(copy, temporaryFolder()))).toBe("unavailable");
  await backUpSqliteLog(directory, copy, { within });
  expect(readdirSync(copy).sort()).toEqual(["audit", "log.acknowledged", "log.sqlite", "owner.lock"]);
  for (const folder of [copy, join(copy, "audit")]) {
    expect(await verifySqliteLog(folder)).toMatchObject({ entries: 1, damages: 0 });
  }
});

test("of two backups into one folder one is made, and the folder is nobody else's meanwhile", async () => {
  const sqlite = await open(temporaryFolder());
  await sqlite.log.append("a", 0, [bytes("x")]);
  const copy = join(temporaryFolder(), "copy");
  const made = await Promise.allSettled([sqlite.backup(copy), sqlite.backup(copy), sqlite.backup(copy)]);
  expect(made.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
  for (const one of made) if (one.status === "rejected") expect(one.reason).toMatchObject({ code: "in_use" });
  expect(await verifySqliteLog(copy)).toMatchObject({ entries: 1, damages: 0 });
  const held = temporaryFolder();
  const holder = new DatabaseSync(dataFolder(held).lock);
  holder.exec("BEGIN EXCLUSIVE");
  expect(await codeOf(sqlite.backup(held))).toBe("in_use");
  holder.close();
});
