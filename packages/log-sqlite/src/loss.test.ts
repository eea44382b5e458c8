import { cpSync, readdirSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { expect, test } from "vitest";
import { dataFolder } from "./data-folder.ts";
import { backUpSqliteLog, holdsLog, openSqliteLog, verifySqliteLog } from "./index.ts";
import { temporaryFolder } from "./test-parts/temporary-folder.ts";
import { readWatermark } from "./watermark.ts";

const entries = 100;

/** A folder as a process leaves it that is killed: everything but the first page is in the write-ahead log. */
async function killedFolder(): Promise<string> {
  const [directory, copy] = [temporaryFolder(), temporaryFolder()];
  const { log, close } = await openSqliteLog({ directory });
  for (let after = 0; after < entries; after++) await log.append("a", after, [new Uint8Array(1000)]);
  cpSync(directory, copy, { recursive: true });
  await close();
  return copy;
}

/** What is in a folder, but for the files that hold nothing of the log. */
const contentsOf = (directory: string) =>
  Object.fromEntries(
    readdirSync(directory)
      .filter((name) => !/^owner|-shm$/.test(name))
      .map((name) => [name, readFileSync(join(directory, name)).toString("base64")]),
  );

const damaged = expect.objectContaining({ code: "damaged" });

type Damage = (folder: ReturnType<typeof dataFolder>) => void;

const losses: readonly (readonly [string, Damage])[] = [
  ["the database is empty", ({ database }) => truncateSync(database, 0)],
  ["the database is gone", ({ database }) => rmSync(database)],
  [
    "the database is empty, and what was acknowledged is not known",
    ({ database, watermark }) => {
      truncateSync(database, 0);
      rmSync(watermark);
    },
  ],
  [
    "the database is gone, and what was acknowledged is not known",
    ({ database, watermark }) => {
      rmSync(database);
      writeFileSync(watermark, new Uint8Array(26));
    },
  ],
  [
    "half of the write-ahead log is gone",
    ({ writeAheadLog }) => truncateSync(writeAheadLog, statSync(writeAheadLog).size / 2),
  ],
  ["the write-ahead log begins with zeros", ({ writeAheadLog }) => writeFileSync(writeAheadLog, new Uint8Array(4096))],
];

test.each(losses)(
  "where %s, the log is refused, checked and not copied, and nothing is taken from it",
  async (_, lose) => {
    const directory = await killedFolder();
    lose(dataFolder(directory));
    const before = contentsOf(directory);
    await expect(openSqliteLog({ directory })).rejects.toEqual(damaged);
    expect((await verifySqliteLog(directory)).damages).toBeGreaterThan(0);
    await expect(backUpSqliteLog(directory, temporaryFolder())).rejects.toEqual(damaged);
    expect(contentsOf(directory)).toEqual(before);
  },
);

test("a log that has lost its end opens with what is left once the note of what was acknowledged is taken away", async () => {
  const directory = await killedFolder();
  const { writeAheadLog, watermark } = dataFolder(directory);
  truncateSync(writeAheadLog, statSync(writeAheadLog).size / 2);
  await expect(openSqliteLog({ directory })).rejects.toThrow(`taking ${watermark} away`);
  rmSync(watermark);
  const { log, close } = await openSqliteLog({ directory });
  const read = await log.read("a", 0);
  expect(read.kind === "entries" && read.entries.length).toBeGreaterThan(0);
  await close();
});

test("an empty database is a log that nothing was written to, and no part of a copy", async () => {
  const [directory, within] = [temporaryFolder(), "within"];
  const { log, close } = await openSqliteLog({ directory });
  await log.append("a", 0, [new Uint8Array(1)]);
  await close();
  // As it is before its tables are made.
  const empty = join(directory, within);
  await (await openSqliteLog({ directory: empty })).close();
  rmSync(dataFolder(empty).database);
  expect(holdsLog(empty)).toBe(false);
  const db = new DatabaseSync(dataFolder(empty).database);
  db.exec("PRAGMA journal_mode = WAL");
  db.close();
  expect(holdsLog(empty)).toBe(false);
  expect(holdsLog(directory)).toBe(true);
  expect(await verifySqliteLog(empty)).toMatchObject({ streams: 0, damages: 0 });
  await expect(backUpSqliteLog(empty, temporaryFolder())).rejects.toMatchObject({ code: "unavailable" });
  const copy = temporaryFolder();
  await backUpSqliteLog(directory, copy, { within: [within] });
  expect(readdirSync(copy)).not.toContain(within);
  await (await openSqliteLog({ directory: empty })).close();
});

test("a lock that is not empty is named, and not the database", async () => {
  const directory = temporaryFolder();
  const { lock } = dataFolder(directory);
  writeFileSync(lock, new Uint8Array(4096));
  await expect(openSqliteLog({ directory })).rejects.toMatchObject({
    code: "damaged",
    message: expect.stringContaining(`${lock} is no lock`),
  });
  rmSync(lock);
  await (await openSqliteLog({ directory })).close();
});

test("what a caller has heard of is noted by then", async () => {
  const directory = temporaryFolder();
  const { log, close } = await openSqliteLog({ directory });
  for (let after = 0; after < 300; after++) {
    await log.append("s", after, [new Uint8Array(3)]);
    expect(readWatermark(dataFolder(directory).watermark)).toBe(after + 1);
  }
  await close();
});
