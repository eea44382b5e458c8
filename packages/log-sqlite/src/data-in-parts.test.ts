import { randomFillSync } from "node:crypto";
import { statSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { expect, onTestFinished, test } from "vitest";
import { dataFolder } from "./data-folder.ts";
import { openSqliteLog } from "./index.ts";
import { temporaryFolder } from "./test-parts/temporary-folder.ts";

const noise = (size: number) => randomFillSync(new Uint8Array(size));
const tensor = noise(5_000_001);
/** What surrounds a value in an entry, which differs each time. */
const around = (value: Uint8Array) => [noise(150), value, noise(40)] as const;

async function open(directory: string) {
  const sqlite = await openSqliteLog({ directory });
  onTestFinished(() => sqlite.close());
  return sqlite;
}

async function readOne(log: Awaited<ReturnType<typeof open>>["log"], stream: string, number: number): Promise<Buffer> {
  const read = await log.read(stream, number - 1, 1);
  return Buffer.from((read.kind === "entries" && read.entries[0]) || []);
}

function chunkBytes(directory: string): number {
  const db = new DatabaseSync(dataFolder(directory).database, { readOnly: true });
  const found = db.prepare("SELECT sum(length(data)) AS bytes FROM chunk_data").get();
  db.close();
  return Number(found?.["bytes"]);
}

test("a large part is stored once and to the byte, wherever it stands", async () => {
  const directory = temporaryFolder();
  const { log, snapshots, verify } = await open(directory);
  const entries = [around(tensor), around(tensor), around(tensor)];
  for (const [after, parts] of entries.entries()) await log.appendParts("a", after, [parts]);
  await log.appendParts("b", 0, [[noise(3)], [noise(10), tensor, tensor, noise(70_000), noise(5)]]);
  const snapshot = [noise(1000), ...around(tensor)];
  await snapshots.saveParts("a", 3, snapshot);
  // What is around it differs; each of the large part's other copies would be 5 MB.
  expect(chunkBytes(directory)).toBeLessThan(tensor.length + 80_000);
  for (const [after, parts] of entries.entries()) {
    expect((await readOne(log, "a", after + 1)).equals(Buffer.concat(parts))).toBe(true);
  }
  expect(Buffer.from((await snapshots.load("a"))?.data ?? []).equals(Buffer.concat(snapshot))).toBe(true);
  expect(await verify()).toMatchObject({ entries: 5, snapshots: 1, damages: 0 });
});

test("large and small ones that come together are made in the order of the calls", async () => {
  const directory = temporaryFolder();
  const first = await openSqliteLog({ directory });
  const entries = Array.from({ length: 24 }, (_, index) =>
    index % 3 === 0 ? around(noise(2_000_000 + index)) : index % 3 === 1 ? around(noise(200_000)) : [noise(20)],
  );
  const appended = entries.map((parts, after) => first.log.appendParts("a", after, [parts]));
  const others = entries.map((parts, after) => first.log.appendParts("b", after, [parts]));
  expect(new Set(await Promise.all([...appended, ...others]))).toEqual(new Set([true]));
  await first.close();
  const { log, verify } = await open(directory);
  for (const [after, parts] of entries.entries()) {
    for (const stream of ["a", "b"]) {
      expect((await readOne(log, stream, after + 1)).equals(Buffer.concat(parts))).toBe(true);
    }
  }
  expect(await verify()).toMatchObject({ entries: 48, damages: 0 });
});

test("one that lost its race, or is refused, holds up nobody behind it", async () => {
  const { log, snapshots, stats } = await open(temporaryFolder());
  const racing = [around(tensor), around(tensor), around(tensor)].map((parts) => log.appendParts("a", 0, [parts]));
  const behind = log.appendParts("a", 1, [around(tensor), [noise(5)]]);
  expect(await Promise.all(racing)).toEqual([true, false, false]);
  expect(await behind).toBe(true);
  await expect(snapshots.saveParts("a", 1, [new Uint8Array(300 << 20), new Uint8Array(300 << 20)])).rejects.toThrow(
    "an entry may hold 536870912 bytes, got 629145600",
  );
  expect(stats()).toMatchObject({ appends: 2, lost: 2, entries: 3, waiting: 0 });
});

test("where the data is taken away before it is written the append rejects, and the next is made", async () => {
  const { log, verify } = await open(temporaryFolder());
  const taken = noise(30 << 20);
  const lost = log.appendParts("a", 0, [around(taken)]);
  const next = log.appendParts("b", 0, [around(tensor)]);
  structuredClone(taken, { transfer: [taken.buffer] });
  await expect(lost).rejects.toMatchObject({ name: "LogError", code: "unavailable" });
  expect(await next).toBe(true);
  expect(await log.appendParts("a", 0, [around(tensor)])).toBe(true);
  expect(await verify()).toMatchObject({ entries: 2, damages: 0 });
});

test.each([
  ["a few bytes", (bytes: Uint8Array) => bytes, 100],
  ["more than goes through shared memory", (bytes: Uint8Array) => bytes, 200_000],
  ["sections that go along with others", (bytes: Uint8Array) => around(bytes), 200_000],
])("where %s are taken away before they are sent, their own append rejects, and no other", async (_, made, size) => {
  const { log, stats, verify } = await open(temporaryFolder());
  const values = Array.from({ length: 4 }, () => noise(size));
  const taken = noise(size);
  const appends = values.map((value, after) => log.appendParts("a", after, [made(value)]));
  const lost = log.appendParts("b", 0, [noise(5), made(taken)]);
  const behind = log.appendParts("a", 4, [noise(7)]);
  structuredClone(taken, { transfer: [taken.buffer] });
  await expect(lost).rejects.toMatchObject({
    name: "LogError",
    code: "unavailable",
    message: "data to be written went away before it was written",
  });
  expect(await Promise.all([...appends, behind])).toEqual(Array(5).fill(true));
  expect(await log.append("b", 0, [noise(3)])).toBe(true);
  expect(stats()).toMatchObject({ appends: 6, failed: 1, waiting: 0 });
  for (const [after, value] of values.entries()) {
    expect((await readOne(log, "a", after + 1)).includes(Buffer.from(value))).toBe(true);
  }
  expect(await verify()).toMatchObject({ entries: 6, damages: 0 });
});

test("what large writes leave in the write-ahead log is moved into the database between them, and after the last", async () => {
  const directory = temporaryFolder();
  const { log } = await open(directory);
  const { database } = dataFolder(directory);
  const count = 6;
  await Promise.all(Array.from({ length: count }, (_, after) => log.appendParts("a", after, [around(noise(8 << 20))])));
  await expect.poll(() => statSync(database).size).toBeGreaterThan(count * (8 << 20));
  // SQLite writes it over again from the start, and never makes it shorter.
  expect(statSync(`${database}-wal`).size).toBeLessThan(2 * (8 << 20));
});
