import { randomBytes } from "node:crypto";
import {
  closeSync,
  cpSync,
  mkdirSync,
  openSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { basename, join } from "node:path";
import { setImmediate as nextTurn, setTimeout as sleep } from "node:timers/promises";
import { isLogError, LogError } from "@trimtab/log";
import { describe, expect, onTestFinished, test } from "vitest";
import { dataFolder } from "./data-folder.ts";
import { backUpSqliteLog, openSqliteLog, readSqliteLog, type SqliteLog, verifySqliteLog } from "./index.ts";
import { checkHistory } from "./test-parts/check-history.ts";
import { batchSize, knownEntry } from "./test-parts/known-entry.ts";
import { mountSmallDisk, whyNoDisk } from "./test-parts/small-disk.ts";
import { temporaryFolder } from "./test-parts/temporary-folder.ts";

const missing = whyNoDisk();

const batchAfter = (stream: string, after: number) =>
  Array.from({ length: batchSize(after) }, (_, at) => knownEntry(stream, after + 1 + at));

/** Appends one batch after another until one fails; gives the last number that was acknowledged, and the failure. */
async function appendUntilFailure({ log }: SqliteLog, stream: string, from: number) {
  for (let last = from; ; ) {
    const entries = batchAfter(stream, last);
    try {
      if (!(await log.append(stream, last, entries))) throw new Error("it lost a race alone");
    } catch (error) {
      if (!isLogError(error)) throw error;
      return { last, error };
    }
    last += entries.length;
  }
}

/** Leaves no room for anything. */
function fillUp(path: string): void {
  const file = openSync(path, "w");
  for (let size = 1 << 20; size >= 4096; ) {
    try {
      writeSync(file, new Uint8Array(size));
    } catch {
      size /= 2;
    }
  }
  closeSync(file);
}

const failureOf = async (work: Promise<unknown>): Promise<LogError> => {
  const error = await work.catch((thrown: unknown) => thrown);
  if (!(error instanceof LogError)) throw new Error(`it did not fail: ${error}`);
  return error;
};

async function openOn(directory: string): Promise<SqliteLog> {
  const sqlite = await openSqliteLog({ directory });
  onTestFinished(() => sqlite.close().catch(() => {}));
  return sqlite;
}

describe.each(["tmpfs", "ext4"] as const)("a full disk (%s)", (kind) => {
  test("fails writes, serves reads, and takes writes again once there is room", async (context) => {
    if (missing !== undefined) return context.skip(missing);
    const disk = mountSmallDisk(kind, 24);
    const filler = join(disk.directory, "filler");
    const directory = join(disk.directory, "data");
    const sqlite = await openOn(directory);
    let last = 0;
    for (let round = 0; round < 20; round++) {
      fillUp(filler);
      const failed = await appendUntilFailure(sqlite, "a", last);
      expect(failed.error, failed.error.message).toMatchObject({ code: "full" });
      expect(await checkHistory(sqlite.log, "a")).toBe(failed.last);
      rmSync(filler);
      expect(await sqlite.log.append("a", failed.last, batchAfter("a", failed.last))).toBe(true);
      last = failed.last + batchSize(failed.last);
      // What it makes room for, it can use.
      await sqlite.log.trim("a", last);
    }
    await sqlite.close();
    expect((await verifySqliteLog(directory)).damage).toEqual([]);
    expect(await checkHistory((await openOn(directory)).log, "a")).toBe(last);
  });

  test("fails exactly the writes that do not fit", async (context) => {
    if (missing !== undefined) return context.skip(missing);
    const disk = mountSmallDisk(kind, 16);
    const { log } = await openOn(join(disk.directory, "data"));
    // Noise, since what repeats itself is stored once and would fit.
    const large = log.append("large", 0, [randomBytes(40 << 20)]);
    const small = Array.from({ length: 20 }, (_, i) => log.append(`small-${i}`, 0, [knownEntry(`small-${i}`, 1)]));
    expect(await failureOf(large)).toMatchObject({ code: "full" });
    expect(await Promise.all(small)).toEqual(small.map(() => true));
    expect(await log.read("large", 0)).toEqual({ kind: "entries", first: 1, entries: [] });
    expect(await log.append("large", 0, [knownEntry("large", 1)])).toBe(true);
  });
});

describe.each(["full", "read_only"] as const)("a log that was closed, on a disk that is %s", (code) => {
  test("is not opened, and is checked, read and copied elsewhere, unless some of it is in the write-ahead log", async (context) => {
    if (missing !== undefined) return context.skip(missing);
    const { directory, run } = mountSmallDisk("tmpfs", 16);
    const [data, killed, filler] = ["data", "killed", "filler"].map((name) => join(directory, name)) as [
      string,
      string,
      string,
    ];
    const sqlite = await openOn(data);
    await sqlite.log.append("a", 0, batchAfter("a", 0));
    cpSync(data, killed, { recursive: true });
    rmSync(`${dataFolder(killed).database}-shm`);
    await sqlite.close();
    if (code === "full") fillUp(filler);
    else run("mount", "-o", "remount,ro", directory);
    for (const folder of [data, killed]) {
      expect(await failureOf(openSqliteLog({ directory: folder }))).toMatchObject({ code });
    }
    expect(await verifySqliteLog(data)).toMatchObject({ entries: batchSize(0), damages: 0 });
    const copy = join(temporaryFolder(), "copy");
    await backUpSqliteLog(data, copy);
    expect(await checkHistory((await openOn(copy)).log, "a")).toBe(batchSize(0));
    const { log, close } = await readSqliteLog(data);
    expect(await log.read("a", 0)).toMatchObject({ first: 1 });
    await close();
    expect(await failureOf(verifySqliteLog(killed))).toMatchObject({ code });
    if (code === "full") rmSync(filler);
    else run("mount", "-o", "remount,rw", directory);
    for (const folder of [data, killed]) {
      expect(await checkHistory((await openOn(folder)).log, "a")).toBe(batchSize(0));
    }
  });
});

describe("a read-only disk", () => {
  test("is refused when the log is opened", async (context) => {
    if (missing !== undefined) return context.skip(missing);
    const disk = mountSmallDisk("tmpfs", 16);
    const sqlite = await openOn(disk.directory);
    await sqlite.log.append("a", 0, batchAfter("a", 0));
    await sqlite.close();
    disk.run("mount", "-o", "remount,ro", disk.directory);
    expect(await failureOf(openSqliteLog({ directory: disk.directory }))).toMatchObject({ code: "read_only" });
    disk.run("mount", "-o", "remount,rw", disk.directory);
    expect(await checkHistory((await openOn(disk.directory)).log, "a")).toBe(batchSize(0));
  });

  test("which became so under an open log, fails writes and serves reads", async (context) => {
    if (missing !== undefined) return context.skip(missing);
    const disk = mountSmallDisk("ext4", 32);
    const sqlite = await openOn(join(disk.directory, "data"));
    await sqlite.log.append("a", 0, batchAfter("a", 0));
    // The kernel does this by itself when it finds the file system broken.
    writeFileSync(`/sys/fs/ext4/${basename(disk.device)}/trigger_fs_error`, "tested");
    const error = await failureOf(sqlite.log.append("a", batchSize(0), batchAfter("a", batchSize(0))));
    expect(error.message).toContain("log.sqlite");
    expect(error.code).toBe("read_only");
    expect(await checkHistory(sqlite.log, "a")).toBe(batchSize(0));
  });
});

test("a disk that does not answer holds writes back, and nothing else", async (context) => {
  if (missing !== undefined) return context.skip(missing);
  const disk = mountSmallDisk("ext4", 32);
  const sqlite = await openOn(join(disk.directory, "data"));
  await sqlite.log.append("a", 0, batchAfter("a", 0));
  expect(await checkHistory(sqlite.log, "a")).toBe(batchSize(0));
  disk.run("fsfreeze", "--freeze", disk.directory);
  let answered = false;
  let append: Promise<boolean>;
  try {
    append = sqlite.log.append("a", batchSize(0), batchAfter("a", batchSize(0))).finally(() => {
      answered = true;
    });
    for (let turn = 0; turn < 1000; turn++) await nextTurn();
    expect(await checkHistory(sqlite.log, "a")).toBe(batchSize(0));
    expect(answered).toBe(false);
    expect(sqlite.stats().waiting).toBe(1);
  } finally {
    disk.run("fsfreeze", "--unfreeze", disk.directory);
  }
  expect(await append).toBe(true);
});

test("a large write of which the disk has lost a part is not acknowledged, though it was flushed before its commit", async (context) => {
  if (missing !== undefined) return context.skip(missing);
  // A disk that says it is larger than what it stands on: it fails when pages are written back, long after they were taken.
  const below = mountSmallDisk("tmpfs", 64);
  const [image, directory] = [join(below.directory, "image"), join(below.directory, "mounted")];
  writeFileSync(image, "");
  truncateSync(image, 400 << 20);
  mkdirSync(directory);
  below.run("mkfs.ext4", "-q", image);
  below.run("mount", "-o", "loop", image, directory);
  onTestFinished(() => below.run("umount", "--lazy", directory));
  const { log } = await openOn(join(directory, "data"));
  expect(await log.append("a", 0, batchAfter("a", 0))).toBe(true);
  const lost = await failureOf(log.appendParts("large", 0, [[randomBytes(100), randomBytes(150 << 20)]]));
  expect(["unavailable", "full", "read_only"]).toContain(lost.code);
  expect(await log.read("large", 0)).toEqual({ kind: "entries", first: 1, entries: [] });
});

test.runIf(process.platform === "linux")(
  "a note of what was acknowledged that cannot be flushed ends nothing",
  async () => {
    const directory = temporaryFolder();
    // It can be written to, and not be flushed.
    symlinkSync("/dev/null", dataFolder(directory).watermark);
    const first = await openOn(directory);
    await first.log.append("a", 0, batchAfter("a", 0));
    // It is flushed every 5 seconds.
    await sleep(6000);
    expect(await first.log.append("b", 0, batchAfter("b", 0))).toBe(true);
    await expect(first.close()).rejects.toMatchObject({ code: "unavailable" });
    const second = await openOn(directory);
    expect(await second.log.read("b", 0)).toMatchObject({ entries: batchAfter("b", 0) });
  },
);
