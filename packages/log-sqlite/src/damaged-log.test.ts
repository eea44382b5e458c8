import { copyFileSync, writeFileSync } from "node:fs";
import { expect, test } from "vitest";
import { dataFolder } from "./data-folder.ts";
import { openSqliteLog, type SqliteLogDamage, verifySqliteLog } from "./index.ts";
import { bytes, change, codeOf, open, texts } from "./test-parts/open-log.ts";
import { temporaryFolder } from "./test-parts/temporary-folder.ts";

test("a damaged entry is named, those around it are served, and everything else works", async () => {
  const directory = temporaryFolder();
  const first = await open(directory);
  await first.log.append("a", 0, ["1", "2", "3", "4"].map(bytes));
  await first.log.append("b", 0, [bytes("other")]);
  await first.close();
  change(directory, "UPDATE entry SET data = CAST('x' AS BLOB) WHERE stream = 1 AND number = 3");
  const { log } = await open(directory);
  expect(await texts(log, "a")).toEqual(["1", "2"]);
  await expect(log.read("a", 2)).rejects.toMatchObject({ code: "damaged", details: { stream: "a", number: 3 } });
  expect(await texts(log, "a", 3)).toEqual(["4"]);
  expect(await texts(log, "b")).toEqual(["other"]);
  expect(await verifySqliteLog(directory)).toMatchObject({
    streams: 2,
    entries: 4,
    damages: 1,
    damage: [{ kind: "entry", stream: "a", number: 3, reason: "checksum" }],
  });
});

test("entries that changed places, are missing, or whose stream was changed are found", async () => {
  const directory = temporaryFolder();
  const first = await open(directory);
  for (const stream of ["a", "b", "c"])
    await first.log.append(
      stream,
      0,
      ["1", "2", "3"].map((n) => bytes(stream + n)),
    );
  await first.close();
  change(
    directory,
    `UPDATE entry SET (checksum, data) = (SELECT checksum, data FROM entry WHERE stream = 1 AND number = 2)
       WHERE stream = 1 AND number = 1;
     DELETE FROM entry WHERE stream = 2 AND number = 2;
     UPDATE stream SET trimmed = 2 WHERE name = 'c'`,
  );
  const { log } = await open(directory);
  expect(await codeOf(log.read("a", 0))).toBe("damaged");
  expect(await texts(log, "b")).toEqual(["b1"]);
  expect(await codeOf(log.read("b", 1))).toBe("damaged");
  expect(await codeOf(log.read("c", 0))).toBe("damaged");
  expect(await codeOf(log.append("c", 3, [bytes("c4")]))).toBe("damaged");
  expect((await verifySqliteLog(directory)).damage).toEqual([
    { kind: "entry", stream: "a", number: 1, reason: "checksum" },
    { kind: "entry", stream: "b", number: 2, reason: "missing" },
    { kind: "stream", stream: "c", number: 0 },
  ]);
});

test("a damaged snapshot is as good as none, and is reported", async () => {
  const directory = temporaryFolder();
  const first = await open(directory);
  await first.snapshots.save("a", 7, bytes("state"));
  await first.close();
  change(directory, "UPDATE snapshot SET number = 8");
  const reported: SqliteLogDamage[] = [];
  const { snapshots } = await open(directory, { onDamage: (damage) => reported.push(damage) });
  expect(await snapshots.load("a")).toBeUndefined();
  expect(reported).toEqual([{ kind: "snapshot", stream: "a", number: 8 }]);
});

test("acknowledged entries that are gone from the end keep the log from opening, until that is accepted", async () => {
  const directory = temporaryFolder();
  const first = await open(directory);
  const copy = temporaryFolder();
  await first.log.append("a", 0, ["1", "2"].map(bytes));
  await first.backup(copy);
  await first.log.append("a", 2, [bytes("3")]);
  await first.close();
  // The file as it was before, beside the newer note of what was acknowledged.
  copyFileSync(dataFolder(copy).database, dataFolder(directory).database);
  await expect(openSqliteLog({ directory })).rejects.toMatchObject({
    code: "damaged",
    details: { missing: 1, position: 2 },
  });
  expect((await verifySqliteLog(directory)).damage).toEqual([{ kind: "missing", entries: 1 }]);
  const accepted = await open(directory, { acceptLoss: true });
  expect(await texts(accepted.log, "a")).toEqual(["1", "2"]);
  expect(await accepted.log.append("a", 2, [bytes("three")])).toBe(true);
  await accepted.close();
  await (await open(directory)).close();
});

test("what somebody else wrote into the file is a race that is lost, and read afterwards", async () => {
  const directory = temporaryFolder();
  const { log } = await open(directory);
  await log.append("a", 0, [bytes("1")]);
  change(
    directory,
    "INSERT INTO entry (stream, number, written_ms, checksum, data) VALUES (1, 2, 0, 0, CAST('foreign' AS BLOB))",
  );
  // What is on its way together with it is written all the same.
  const together = [log.append("a", 1, [bytes("2")]), log.append("b", 0, [bytes("1")])];
  expect(await Promise.all(together)).toEqual([false, true]);
  expect(await log.append("a", 2, [bytes("3")])).toBe(true);
  expect(await codeOf(log.read("a", 1))).toBe("damaged");
  expect(await log.read("b", 0)).toEqual({ kind: "entries", first: 1, entries: [bytes("1")] });
});

test("a file that is no database, and a folder without one, are told apart", async () => {
  const directory = temporaryFolder();
  expect(await codeOf(verifySqliteLog(directory))).toBe("unavailable");
  writeFileSync(
    dataFolder(directory).database,
    "not a database, and longer than a header of SQLite is, by a good deal. ".repeat(9),
  );
  expect(await codeOf(openSqliteLog({ directory }))).toBe("damaged");
  expect((await verifySqliteLog(directory)).damage).toMatchObject([{ kind: "file" }]);
});
