import { chmodSync, existsSync, mkdirSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { isLogError } from "@trimtab/log";
import { expect, test } from "vitest";
import { dataFolder } from "./data-folder.ts";
import { openSqliteLog } from "./index.ts";
import { bytes, codeOf, open, texts } from "./test-parts/open-log.ts";
import { temporaryFolder } from "./test-parts/temporary-folder.ts";

test("entries of 64 MiB come back whole", async () => {
  const { log } = await open(temporaryFolder());
  const large = new Uint8Array(64 << 20).map((_, i) => (i * 31) ^ (i >> 11));
  expect(await log.append("a", 0, [large, bytes("after it")])).toBe(true);
  const read = await log.read("a", 0);
  expect(read.kind === "entries" && read.entries.map((entry) => entry.length)).toEqual([large.length]);
  expect(read.kind === "entries" && Buffer.from(read.entries[0] ?? []).equals(large)).toBe(true);
  expect(await texts(log, "a", 1)).toEqual(["after it"]);
});

test("appends in flight together are counted, each with its own answer", async () => {
  const sqlite = await open(temporaryFolder());
  const all = Array.from({ length: 300 }, (_, i) => sqlite.log.append(`s${i % 100}`, 0, [bytes(`${i}`)]));
  expect(sqlite.stats().waiting).toBe(300);
  expect((await Promise.all(all)).filter(Boolean)).toHaveLength(100);
  expect(sqlite.stats()).toMatchObject({ appends: 100, lost: 200, failed: 0, entries: 100, waiting: 0 });
});

test("appends of any size are made in the order of the calls, each on the one before", async () => {
  const { log } = await open(temporaryFolder());
  const sizes = Array.from({ length: 40 }, (_, i) => (i % 3 === 1 ? 90_000 + i : i));
  const appended: Promise<boolean>[] = [];
  for (const [after, size] of sizes.entries()) {
    appended.push(log.append("a", after, [new Uint8Array(size)]));
    // In batches of their own, two of which are under way at once.
    await Promise.resolve();
  }
  expect((await Promise.all(appended)).every(Boolean)).toBe(true);
  const read = await log.read("a", 0);
  expect(read.kind === "entries" && read.entries.map(({ length }) => length)).toEqual(sizes);
});

test("many streams are listed, each once", async () => {
  const { log } = await open(temporaryFolder());
  const names = Array.from({ length: 2500 }, (_, i) => `stream ${i}`);
  await Promise.all(names.map((name) => log.append(name, 0, [bytes("x")])));
  const listed: string[] = [];
  for await (const { stream } of log.streams()) listed.push(stream);
  expect(listed.sort()).toEqual(names.sort());
});

test("more streams than are remembered keep their ends", async () => {
  const { log } = await open(temporaryFolder());
  const names = Array.from({ length: 10_050 }, (_, i) => `s${i}`);
  for (let last = 0; last < 2; last++) {
    const won = await Promise.all(names.map((name) => log.append(name, last, [bytes(`${last}`)])));
    expect(won.every(Boolean)).toBe(true);
  }
  expect(await texts(log, "s0")).toEqual(["0", "1"]);
});

test("a name or a number that no log takes is refused and changes nothing", async () => {
  const { log, snapshots } = await open(temporaryFolder());
  await expect(log.append("\ud800", 0, [bytes("x")])).rejects.toThrow(RangeError);
  await expect(log.append("a", -1, [bytes("x")])).rejects.toThrow("after must be a whole number of at least 0, got -1");
  await expect(log.read("a", 0.5)).rejects.toThrow(RangeError);
  await expect(log.trim("a", Number.NaN)).rejects.toThrow(RangeError);
  await expect(snapshots.save("a", -3, bytes("x"))).rejects.toThrow("number must be");
  for await (const { stream } of log.streams()) expect.unreachable(stream);
});

test("snapshots are there after reopening", async () => {
  const directory = temporaryFolder();
  const first = await open(directory);
  await first.snapshots.save("a", 7, bytes("state"));
  await first.snapshots.save("b", 1, bytes("gone"));
  await first.snapshots.drop("b");
  await first.close();
  const { snapshots } = await open(directory);
  expect(await snapshots.load("a")).toEqual({ number: 7, data: bytes("state") });
  expect(await snapshots.load("b")).toBeUndefined();
});

test("a trim frees its room even where the process ends before all is deleted", async () => {
  const directory = temporaryFolder();
  const first = await open(directory);
  await first.log.append(
    "a",
    0,
    Array.from({ length: 3000 }, () => bytes("x")),
  );
  await first.log.trim("a", 2990);
  expect(await texts(first.log, "a", 5)).toEqual({ kind: "trimmed", through: 2990 });
  await first.close();
  const second = await open(directory);
  expect(await texts(second.log, "a", 2990)).toHaveLength(10);
  await expect.poll(() => countRows(directory)).toBe(10);
  expect((await second.verify()).damage).toEqual([]);
});

function countRows(directory: string): unknown {
  const db = new DatabaseSync(dataFolder(directory).database, { readOnly: true });
  try {
    return db.prepare("SELECT count(*) AS count FROM entry").get()?.["count"];
  } finally {
    db.close();
  }
}

test("a closed log refuses everything, and whoever follows it is told", async () => {
  const sqlite = await open(temporaryFolder());
  await sqlite.log.append("a", 0, [bytes("x")]);
  const following = (async () => {
    for await (const read of sqlite.log.follow("a", 1, new AbortController().signal)) expect(read.kind).toBe("entries");
  })();
  const lastMoment = sqlite.log.append("a", 1, [bytes("y")]);
  const closing = sqlite.close();
  expect(await lastMoment).toBe(true);
  expect(await codeOf(following)).toBe("closed");
  await closing;
  expect(await codeOf(sqlite.log.append("a", 2, [bytes("z")]))).toBe("closed");
  expect(await codeOf(sqlite.log.read("a", 0))).toBe("closed");
  expect(await codeOf(sqlite.snapshots.load("a"))).toBe("closed");
  await sqlite.close();
});

test("one folder is opened once, also within one process", async () => {
  const directory = temporaryFolder();
  const first = await open(directory);
  expect(await codeOf(openSqliteLog({ directory }))).toBe("in_use");
  expect(await first.log.append("a", 0, [bytes("x")])).toBe(true);
  await first.close();
  expect(existsSync(dataFolder(directory).owner)).toBe(false);
  expect(await texts((await open(directory)).log, "a")).toEqual(["x"]);
});

test("a folder that is made is for its owner alone, a copy too, and one that is there stays as it is", async () => {
  const within = temporaryFolder();
  chmodSync(within, 0o755);
  const [made, copy, there] = [join(within, "made"), join(within, "copy"), join(within, "there")];
  mkdirSync(there);
  chmodSync(there, 0o750);
  const sqlite = await open(made);
  await sqlite.backup(copy);
  await open(there);
  const rights = [within, made, copy, there].map((path) => (statSync(path).mode & 0o777).toString(8));
  expect(rights).toEqual(["755", "700", "700", "750"]);
});

test("a folder is made with all above it, and holds one database after closing", async () => {
  const directory = join(temporaryFolder(), "some", "where");
  await (await open(directory)).close();
  expect(readdirSync(directory).sort()).toEqual(["log.acknowledged", "log.sqlite", "owner.lock"]);
});

test.each([
  ["is a file", (folder: string) => join(folder, "file"), "is a file, and no folder for data"],
  ["is below a file", (folder: string) => join(folder, "file", "data"), "cannot be made as a folder"],
  // Where a new folder is always refused, as though the one above were not there.
  ...(process.platform === "linux" ? [["is of the system", () => "/proc/some/where", "cannot be made"] as const] : []),
] as const)("a folder that %s is refused, and named", async (_, folderIn, problem) => {
  const folder = temporaryFolder();
  writeFileSync(join(folder, "file"), "");
  const directory = folderIn(folder);
  const error = await openSqliteLog({ directory }).catch((error: unknown) => error);
  expect(isLogError(error, "unavailable")).toBe(true);
  expect(String(error)).toContain(problem);
  expect(String(error)).toContain(directory.split("/some")[0]);
});

test("any SQLite tool can look inside", async () => {
  const directory = temporaryFolder();
  const { log, snapshots } = await open(directory);
  const notes = ["ada", "bob"].map((actor) => ({ actor, kind: "variable-set", subject: "temperature, top_p" }));
  await log.append("a", 0, ["one", "two"].map(bytes), { notes });
  await log.append("b", 0, [bytes("three")]);
  await log.trim("a", 1);
  await snapshots.save("a", 2, bytes("state"));
  const db = new DatabaseSync(dataFolder(directory).database, { readOnly: true });
  const history = db.prepare("SELECT stream, number, actor, kind, subject, bytes, data FROM history").all();
  const audit = db.prepare("SELECT actor, kind, subject, stream, number FROM audit").all();
  const streams = db.prepare("SELECT * FROM streams").all();
  const times = db.prepare("SELECT written_at FROM audit UNION ALL SELECT written_at FROM history").all();
  db.close();
  const bob = { actor: "bob", kind: "variable-set", subject: "temperature, top_p", stream: "a", number: 2 };
  expect(history).toEqual([
    { ...bob, bytes: 3, data: bytes("two") },
    { stream: "b", number: 1, actor: null, kind: null, subject: null, bytes: 5, data: bytes("three") },
  ]);
  expect(audit).toHaveLength(2);
  expect(audit).toContainEqual(bob);
  expect(audit).toContainEqual({ actor: "?", kind: "?", subject: "?", stream: "b", number: 1 });
  expect(streams).toEqual([
    { name: "a", trimmed: 1, last: 2, snapshot: 2 },
    { name: "b", trimmed: 0, last: 1, snapshot: null },
  ]);
  for (const { written_at } of times) {
    expect(Math.abs(Date.now() - Date.parse(String(written_at)))).toBeLessThan(600_000);
  }
});
