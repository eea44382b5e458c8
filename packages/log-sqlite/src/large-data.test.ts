import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { expect, onTestFinished, test } from "vitest";
import { dataFolder } from "./data-folder.ts";
import { backUpSqliteLog, openSqliteLog, verifySqliteLog } from "./index.ts";
import { temporaryFolder } from "./test-parts/temporary-folder.ts";

/** Bytes without a pattern, the same for the same seed. */
function noise(size: number, seed: number): Uint8Array {
  let state = seed | 1;
  return new Uint8Array(size).map(() => {
    state = Math.imul(state ^ (state >>> 15), 2246822519) + 0x9e3779b9;
    return state >>> 24;
  });
}

const tensor = noise(4 << 20, 1);
/** What surrounds a value in an entry differs each time, as revisions and times do. */
const around = (value: Uint8Array, seed: number) => Buffer.concat([noise(50 + seed, seed), value, noise(30, seed + 1)]);

async function open(directory: string) {
  const sqlite = await openSqliteLog({ directory });
  onTestFinished(() => sqlite.close());
  return sqlite;
}

function ask(directory: string, sql: string): number {
  const db = new DatabaseSync(dataFolder(directory).database, { readOnly: true });
  const [found] = Object.values(db.prepare(sql).get() ?? {});
  db.close();
  return Number(found);
}

const chunkBytes = (directory: string) => ask(directory, "SELECT coalesce(sum(length(data)), 0) FROM chunk_data");

test("what entries and snapshots share is stored once, and goes when the last of them does", async () => {
  const directory = temporaryFolder();
  const { log, snapshots, verify } = await open(directory);
  for (let i = 0; i < 10; i++) await log.append("a", i, [around(tensor, i)]);
  await log.append("b", 0, [around(tensor, 77), new Uint8Array(10)]);
  for (const number of [3, 6, 9, 9]) await snapshots.save("a", number, around(tensor, 200 + number));
  // Ends differ, the middle is the same.
  expect(chunkBytes(directory)).toBeLessThan(4 * tensor.length);
  expect(await verify()).toMatchObject({ entries: 12, snapshots: 3, damages: 0 });
  for (let i = 0; i < 10; i++) {
    const read = await log.read("a", i, 1);
    expect(read.kind === "entries" && Buffer.from(read.entries[0] ?? []).equals(around(tensor, i))).toBe(true);
  }
  expect(Buffer.from((await snapshots.load("a", 7))?.data ?? []).equals(around(tensor, 206))).toBe(true);

  await snapshots.trim("a", 9);
  await log.trim("a", 10);
  await log.trim("b", 1);
  await expect.poll(() => ask(directory, "SELECT count(*) FROM entry")).toBe(1);
  expect(chunkBytes(directory)).toBeGreaterThan(tensor.length);
  await snapshots.drop("a");
  expect(chunkBytes(directory)).toBe(0);
  expect(ask(directory, "SELECT count(*) FROM chunk")).toBe(0);
  expect(await verify()).toMatchObject({ entries: 1, snapshots: 0, chunks: 0, damages: 0 });
});

test("what is as large as it gets is told by its real size", async () => {
  const directory = temporaryFolder();
  const { log } = await open(directory);
  await log.append("a", 0, [tensor, new Uint8Array(5)]);
  expect(ask(directory, "SELECT sum(bytes) FROM history")).toBe(tensor.length + 5);
  expect(await log.before("a", tensor.length)).toBe(1);
  expect(await log.before("a", tensor.length + 5)).toBe(0);
});

test("a copy of the folder has everything", async () => {
  const [directory, target] = [temporaryFolder(), temporaryFolder()];
  const sqlite = await open(directory);
  await sqlite.log.append("a", 0, [tensor]);
  await sqlite.snapshots.save("a", 1, around(tensor, 5));
  await backUpSqliteLog(directory, target);
  expect(await verifySqliteLog(target)).toMatchObject({ entries: 1, snapshots: 1, damages: 0 });
  const copy = await open(target);
  const read = await copy.log.read("a", 0);
  expect(read.kind === "entries" && Buffer.from(read.entries[0] ?? []).equals(tensor)).toBe(true);
});

test.each([
  ["a chunk has a flipped bit", "UPDATE chunk_data SET data = zeroblob(length(data)) WHERE id = 3"],
  ["a chunk is missing", "DELETE FROM chunk_data WHERE id = 3"],
  ["a chunk's hash is another's", "DELETE FROM chunk WHERE id = 3"],
  ["a list of chunks passes for data", "UPDATE entry SET whole = 0 WHERE number = 2"],
  ["a list of chunks is cut short", "UPDATE entry SET data = substr(data, 1, 32) WHERE number = 2"],
  ["the size of the whole is wrong", "UPDATE entry SET whole = whole - 1 WHERE number = 2"],
])("where %s, the entry is named and never served", async (_, damage) => {
  const directory = temporaryFolder();
  const first = await openSqliteLog({ directory });
  await first.log.append("a", 0, [new Uint8Array([1]), tensor, new Uint8Array([3])]);
  await first.close();
  const db = new DatabaseSync(dataFolder(directory).database, { enableForeignKeyConstraints: false });
  db.exec(damage);
  db.close();
  const { damage: found } = await verifySqliteLog(directory);
  expect(found).toContainEqual({ kind: "entry", stream: "a", number: 2, reason: "checksum" });
  const { log } = await open(directory);
  expect(await log.read("a", 0)).toMatchObject({ entries: [new Uint8Array([1])] });
  await expect(log.read("a", 1)).rejects.toMatchObject({ code: "damaged", details: { number: 2 } });
  expect(await log.read("a", 2)).toMatchObject({ entries: [new Uint8Array([3])] });
});

test("chunks that are counted wrongly are found", async () => {
  const directory = temporaryFolder();
  const first = await openSqliteLog({ directory });
  await first.log.append("a", 0, [tensor]);
  await first.close();
  const db = new DatabaseSync(dataFolder(directory).database);
  db.exec("UPDATE chunk SET uses = uses + 1 WHERE id = 1");
  db.close();
  expect(await verifySqliteLog(directory)).toMatchObject({ entries: 1, damages: 1, damage: [{ kind: "chunk" }] });
});

test("checks and reads beside writes take nothing for damaged that only comes and goes", async () => {
  const damage: unknown[] = [];
  const sqlite = await openSqliteLog({ directory: temporaryFolder(), onDamage: (one) => damage.push(one) });
  onTestFinished(() => sqlite.close());
  const { log, snapshots, verify } = sqlite;
  let writing = true;
  const write = async (): Promise<void> => {
    for (let number = 1; number <= 25; number++) {
      await log.append("a", number - 1, [around(tensor.subarray(0, 1 << 20), number)]);
      await snapshots.save("a", number, around(tensor.subarray(0, 2 << 20), number));
      await snapshots.trim("a", number);
      await log.trim("a", number - 1);
    }
    writing = false;
  };
  const check = async (): Promise<void> => {
    while (writing) expect((await verify()).damage).toEqual([]);
  };
  const load = async (): Promise<void> => {
    while (writing) await snapshots.load("a");
  };
  await Promise.all([write(), check(), load()]);
  expect(damage).toEqual([]);
});

test("of a row that was destroyed a copy leaves out what it alone has listed, once it is gone", async () => {
  const directory = temporaryFolder();
  const first = await openSqliteLog({ directory });
  await first.log.append("a", 0, [around(noise(2 << 20, 5), 1), Buffer.concat([tensor, noise(2 << 20, 6)])]);
  await first.log.append("b", 0, [tensor]);
  await first.close();
  const db = new DatabaseSync(dataFolder(directory).database);
  db.exec("UPDATE entry SET data = zeroblob(32) WHERE whole > 0 AND stream = (SELECT id FROM stream WHERE name = 'a')");
  db.close();
  const chunks = "SELECT count(*) FROM chunk_data";
  const damaged = join(temporaryFolder(), "copy");
  await backUpSqliteLog(directory, damaged);
  expect(ask(damaged, chunks)).toBe(ask(directory, chunks));

  const { log, backup } = await open(directory);
  await log.trim("a", Number.MAX_SAFE_INTEGER);
  await expect.poll(() => ask(directory, "SELECT count(*) FROM entry")).toBe(1);
  const { damages, damage } = await verifySqliteLog(directory);
  expect(damages).toBeGreaterThan(0);
  expect(new Set(damage.map(({ kind }) => kind))).toEqual(new Set(["chunk"]));
  const sound = join(temporaryFolder(), "copy");
  await backup(sound);
  expect(await verifySqliteLog(sound)).toMatchObject({ damages: 0, entries: 1 });
  const copy = await open(sound);
  const read = await copy.log.read("b", 0);
  expect(read.kind === "entries" && Buffer.from(read.entries[0] ?? []).equals(tensor)).toBe(true);
  await copy.log.trim("b", 1);
  await expect.poll(() => ask(sound, chunks)).toBe(0);
});
