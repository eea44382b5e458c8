import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { expect, onTestFinished, test } from "vitest";
import { createExpectedTransaction } from "./expected-transaction.ts";
import { openSqliteLog } from "./open-sqlite-log.ts";
import { temporaryFolder } from "./test-parts/temporary-folder.ts";

/** A database with a table, and another program that does not wait for it. */
function open() {
  const path = join(temporaryFolder(), "database");
  const [db, other] = [new DatabaseSync(path), new DatabaseSync(path, { timeout: 0 })];
  onTestFinished(() => {
    for (const each of [db, other]) each.close();
  });
  db.exec("PRAGMA journal_mode = WAL; CREATE TABLE number (value INTEGER)");
  let time = 0;
  const expected = createExpectedTransaction(db, db.prepare("BEGIN IMMEDIATE"), () => time);
  return {
    db,
    other,
    expected,
    pass(duration: number): void {
      time += duration;
    },
    writeElsewhere: () => other.exec("INSERT INTO number VALUES (2)"),
    values: () =>
      other
        .prepare("SELECT value FROM number")
        .all()
        .map(({ value }) => value),
  };
}

test("what was begun is taken by whoever writes, once", () => {
  const { db, expected, values } = open();
  expect(expected.take()).toBe(false);
  expected.begin();
  expected.begin();
  expect(expected.take()).toBe(true);
  expect(expected.leftMs()).toBe(0);
  expect(expected.take()).toBe(false);
  db.exec("INSERT INTO number VALUES (1); COMMIT");
  expect(values()).toEqual([1]);
});

test("what nobody takes is called off after a while, and keeps others from writing until then", () => {
  const { db, expected, pass, writeElsewhere, values } = open();
  expected.begin();
  pass(4);
  expect(expected.leftMs()).toBe(1);
  expect(writeElsewhere).toThrow("locked");
  pass(1);
  expect(expected.leftMs()).toBe(0);
  expect(db.isTransaction).toBe(false);
  writeElsewhere();
  expect(values()).toEqual([2]);
});

test("what somebody else keeps from beginning is not there to be taken, and can be begun later", () => {
  const { db, expected, other } = open();
  db.exec("PRAGMA busy_timeout = 0");
  other.exec("BEGIN IMMEDIATE");
  expected.begin();
  expect(expected.take()).toBe(false);
  other.exec("COMMIT");
  expected.begin();
  expect(expected.take()).toBe(true);
});

test("an append that was told of and never comes keeps nobody from writing for long", async () => {
  const directory = temporaryFolder();
  const { log, close } = await openSqliteLog({ directory });
  onTestFinished(close);
  const one = new Uint8Array([1]);
  expect(await log.append("s", 0, [one])).toBe(true);
  log.gather?.(() => {}, 1);
  const other = new DatabaseSync(join(directory, "log.sqlite"), { timeout: 5000 });
  other.exec("CREATE TABLE of_others (value INTEGER)");
  other.close();
  expect(await log.append("s", 1, [one])).toBe(true);
});
