import { readFileSync, writeFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { expect, onTestFinished, test } from "vitest";
import { dataFolder } from "./data-folder.ts";
import { openSqliteLog, readSqliteLog, verifySqliteLog } from "./index.ts";
import { knownEntry } from "./test-parts/known-entry.ts";
import { temporaryFolder } from "./test-parts/temporary-folder.ts";

/** Databases as released versions left them; each holds what {@link expectKnown} looks for. */
const released = ["folder-format-1", "folder-format-4"];

const entriesOf = async ({ log }: Awaited<ReturnType<typeof openSqliteLog>>, stream: string, after: number) => {
  const read = await log.read(stream, after);
  return read.kind === "trimmed" ? read : read.entries.map((entry) => Buffer.from(entry));
};

const known = (stream: string, ...numbers: readonly number[]) =>
  numbers.map((number) => Buffer.from(knownEntry(stream, number)));

test("a log is read beside whoever has it open, and of an earlier format once it was opened", async () => {
  const directory = temporaryFolder();
  const packed = readFileSync(new URL("./test-parts/golden/folder-format-1.sqlite.gz", import.meta.url));
  writeFileSync(dataFolder(directory).database, gunzipSync(packed));
  await expect(readSqliteLog(directory)).rejects.toMatchObject({
    code: "unsupported",
    message: expect.stringContaining("has format 1, and is read once it was opened"),
  });
  const sqlite = await openSqliteLog({ directory });
  onTestFinished(() => sqlite.close());
  const reads = await readSqliteLog(directory);
  onTestFinished(() => reads.close());
  await sqlite.log.append("plain", 5, [knownEntry("plain", 6)]);
  expect(await reads.log.read("plain", 5)).toMatchObject({ entries: [knownEntry("plain", 6)] });
  expect(await reads.snapshots.load("trimmed")).toEqual({ number: 4, data: knownEntry("trimmed", 4) });
});

test.each(released)("%s is checked as it is, opened, written to, and found whole", async (name) => {
  const directory = temporaryFolder();
  const packed = readFileSync(new URL(`./test-parts/golden/${name}.sqlite.gz`, import.meta.url));
  writeFileSync(dataFolder(directory).database, gunzipSync(packed));
  expect(await verifySqliteLog(directory)).toMatchObject({ streams: 4, entries: 8, snapshots: 1, damages: 0 });

  const sqlite = await openSqliteLog({ directory });
  onTestFinished(() => sqlite.close());
  expect(await entriesOf(sqlite, "plain", 0)).toEqual(known("plain", 1, 2, 3, 4, 5));
  expect(await sqlite.log.read("trimmed", 3)).toEqual({ kind: "trimmed", through: 4 });
  expect(await entriesOf(sqlite, "trimmed", 4)).toEqual(known("trimmed", 5, 6));
  expect(await sqlite.snapshots.load("trimmed")).toEqual({ number: 4, data: knownEntry("trimmed", 4) });
  const large = new Uint8Array(300_000).map((_, i) => (i * 31) ^ (i >> 11));
  expect(await entriesOf(sqlite, "large", 0)).toEqual([Buffer.from(large)]);
  expect(await sqlite.log.append("gone", 0, [new Uint8Array()])).toBe(false);
  expect(await sqlite.log.append("gone", 1, [new Uint8Array()])).toBe(true);
  await sqlite.summaries.save("plain", 5, new Uint8Array([1]));
  expect(await sqlite.verify()).toMatchObject({ entries: 9, damages: 0 });
});
