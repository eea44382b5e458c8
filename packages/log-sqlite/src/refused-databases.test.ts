import { readdirSync, readFileSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { expect, test } from "vitest";
import { dataFolder } from "./data-folder.ts";
import { backUpSqliteLog, openSqliteLog, verifySqliteLog } from "./index.ts";
import { temporaryFolder } from "./test-parts/temporary-folder.ts";

/** A copy of a log, which is as SQLite makes it and not as a log that was open: without a write-ahead log. */
async function copyOfLog(): Promise<string> {
  const [directory, copy] = [temporaryFolder(), temporaryFolder()];
  const { log, close } = await openSqliteLog({ directory });
  await log.append("a", 0, [new Uint8Array([1])]);
  await close();
  await backUpSqliteLog(directory, copy);
  return copy;
}

test.each([
  [
    "a later version",
    "PRAGMA user_version = 99",
    /has format 99, and this version of the program knows formats up to \d+$/,
  ],
  ["another program", "PRAGMA application_id = 7", /is a database of another program$/],
])("a database of %s is refused and left as it is", async (_, sql, message) => {
  const directory = await copyOfLog();
  const { database } = dataFolder(directory);
  const db = new DatabaseSync(database);
  db.exec(sql);
  db.close();
  const content = () => readFileSync(database).toString("base64");
  const [before, files] = [content(), readdirSync(directory)];
  const refused = expect.objectContaining({ code: "unsupported", message: expect.stringMatching(message) });
  await expect(openSqliteLog({ directory })).rejects.toEqual(refused);
  await expect(openSqliteLog({ directory, acceptLoss: true })).rejects.toEqual(refused);
  await expect(verifySqliteLog(directory)).rejects.toEqual(refused);
  await expect(backUpSqliteLog(directory, temporaryFolder())).rejects.toEqual(refused);
  expect(content() === before).toBe(true);
  expect(readdirSync(directory)).toEqual(files);
});
