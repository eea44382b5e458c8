import { chmodSync, copyFileSync, existsSync, mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { type CommitLog, isLogError } from "@trimtab/log";
import { expect, onTestFinished, test } from "vitest";
import { dataFolder } from "./data-folder.ts";
import { openSqliteLog, type SqliteLogDamage, verifySqliteLog } from "./index.ts";
import { temporaryFolder } from "./test-parts/temporary-folder.ts";

const bytes = (text: string) => new TextEncoder().encode(text);
const texts = async (log: CommitLog, stream: string, after = 0) => {
  const read = await log.read(stream, after);
  return read.kind === "trimmed" ? read : read.entries.map((entry) => new TextDecoder().decode(entry));
};

async function open(
  directory: string,
  options: { acceptLoss?: boolean; onDamage?: (one: SqliteLogDamage) => void } = {},
) {
  const sqlite = await openSqliteLog({ directory, ...options });
  onTestFinished(() => sqlite.close());
  return sqlite;
}

/** Changes the database by other means, as a careless hand or a bad disk would. */
function change(directory: string, sql: string): void {
  const db = new DatabaseSync(dataFolder(directory).database, { enableForeignKeyConstraints: false });
  db.exec(sql);
  db.close();
}

const codeOf = async (work: Promise<unknown>) => {
  const error = await work.catch((thrown: unknown) => thrown);
  return isLogError(error) ? error.code : error;
};

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

test("a backup goes into no folder that holds anything, and names what it is", async () => {
  const sqlite = await open(temporaryFolder());
  await sqlite.log.append("a", 0, [bytes("x")]);
  const copy = temporaryFolder();
  for (let file = 0; file < 7; file++) writeFileSync(join(copy, `note-${file}.txt`), "keep");
  await expect(sqlite.backup(copy)).rejects.toThrow(
    `${copy} holds note-0.txt, note-1.txt, note-2.txt, note-3.txt, note-4.txt and 2 more; a copy goes into a folder of its own`,
  );
  expect(readdirSync(copy)).toHaveLength(7);
  const emptied = temporaryFolder();
  writeFileSync(dataFolder(emptied).writeAheadLog, "of a log that was taken away");
  expect(await codeOf(sqlite.backup(emptied))).toBe("in_use");
  // What a log leaves that was closed and taken away, and what makes a file system of its own.
  rmSync(dataFolder(emptied).writeAheadLog);
  writeFileSync(dataFolder(emptied).lock, "");
  // And what one leaves that was killed.
  writeFileSync(`${dataFolder(emptied).lock}-journal`, "");
  mkdirSync(join(emptied, "lost+found"));
  await sqlite.backup(emptied);
  expect(await verifySqliteLog(emptied)).toMatchObject({ entries: 1, damages: 0 });
});

test("a backup taken while there are writes is a folder of its own, and consistent", async () => {
  const directory = temporaryFolder();
  const sqlite = await open(directory);
  const copy = join(temporaryFolder(), "copy");
  let stop = false;
  const writing = (async () => {
    for (let last = 0; !stop; last += 2) {
      await sqlite.log.append("a", last, [bytes(`${last + 1}`), bytes(`${last + 2}`)]);
      await sqlite.log.append("b", last, [bytes(`${last + 1}`), bytes(`${last + 2}`)]);
    }
  })();
  await expect.poll(() => sqlite.stats().appends).toBeGreaterThan(20);
  const before = (await texts(sqlite.log, "a")) as string[];
  expect((await sqlite.backup(copy)).bytes).toBeGreaterThan(0);
  stop = true;
  await writing;
  expect(await codeOf(sqlite.backup(copy))).toBe("in_use");
  expect((await verifySqliteLog(copy)).damage).toEqual([]);
  const { log } = await open(copy);
  const [a, b] = [(await texts(log, "a")) as string[], (await texts(log, "b")) as string[]];
  expect(a.length).toBeGreaterThanOrEqual(before.length);
  expect(a).toEqual(Array.from({ length: a.length }, (_, i) => `${i + 1}`));
  expect([0, 2]).toContain(a.length - b.length);
  expect(await log.append("a", a.length, [bytes("goes on")])).toBe(true);
});

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
