import { existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expectRefused, noFunctions, noLists, noNumbers, noTexts } from "@trimtab/log/conformance";
import { expect, onTestFinished, test } from "vitest";
import { dataFolder } from "./data-folder.ts";
import { backUpSqliteLog, holdsLog, openSqliteLog, readSqliteLog, verifySqliteLog } from "./index.ts";
import { temporaryFolder } from "./test-parts/temporary-folder.ts";

const data = new Uint8Array([1]);
/** Empty text would be the folder that the process runs in. */
const noPaths = [...noTexts, "", "a\0b", "a\ud800"];

async function open() {
  const parent = temporaryFolder();
  const directory = join(parent, "data");
  const sqlite = await openSqliteLog({ directory });
  onTestFinished(() => sqlite.close());
  await sqlite.log.append("s", 0, [data]);
  await sqlite.snapshots.save("s", 1, data);
  return { ...sqlite, parent, directory };
}

test("options to open a log with are refused by name, and nothing is made", async () => {
  const parent = temporaryFolder();
  const directory = join(parent, "data");
  await expectRefused("directory", noPaths, (wrong) => openSqliteLog({ directory: wrong }));
  // What is taken for true would give up entries that were acknowledged.
  await expectRefused("acceptLoss", ["false", 1, 0, null, {}, []], (acceptLoss) =>
    openSqliteLog({ directory, acceptLoss }),
  );
  await expectRefused("onDamage", noFunctions, (onDamage) => openSqliteLog({ directory, onDamage }));
  await expectRefused("options", [undefined, null, directory, 1, []], openSqliteLog);
  const misspelt = { directory, acceptloss: true };
  await expect(openSqliteLog(misspelt)).rejects.toThrow(
    "acceptloss: options has no such field; there are directory, acceptLoss, onDamage",
  );
  expect(readdirSync(parent)).toEqual([]);
});

test("what is no path of a folder is refused by name", async () => {
  const { directory, backup } = await open();
  await expectRefused("directory", noPaths, verifySqliteLog);
  await expectRefused("directory", noPaths, readSqliteLog);
  await expectRefused("directory", noPaths, holdsLog);
  await expectRefused("directory", noPaths, (wrong) => backUpSqliteLog(wrong, join(directory, "copy")));
  await expectRefused("target", noPaths, (target) => backUpSqliteLog(directory, target));
  await expectRefused("target", noPaths, backup);
});

test("logs within a copy are named by lists of names, and nothing outside of it is touched", async () => {
  const { parent, directory } = await open();
  const target = join(parent, "copy");
  const precious = join(parent, "precious");
  for (const path of [precious, target]) mkdirSync(path);
  // As a copy that was broken off has left it: whatever is within is taken away before it is made again.
  writeFileSync(dataFolder(target).unfinished, "");
  // Text would be gone through letter by letter, and no log be found by any.
  const wrong = [["../precious"], [".."], ["."], [""], ["a/b"], ["a\\b"], ["a\0"], [1], [null], "audit", null, {}];
  await expectRefused("within", wrong, (within) => backUpSqliteLog(directory, target, { within }));
  await expect(backUpSqliteLog(directory, target, { witin: ["audit"] } as object)).rejects.toThrow(
    "witin: options has no such field; there are within",
  );
  await expectRefused("options", [null, "audit", ["audit"]], (options) => backUpSqliteLog(directory, target, options));
  expect(existsSync(precious)).toBe(true);
  expect(readdirSync(target)).toEqual(["log.sqlite.unfinished"]);
});

test("what is no bytes and no notes is refused by name, and nothing is written", async () => {
  const { log, snapshots, summaries, verify, stats } = await open();
  const noBytes = [...noLists, [1], ["a"], [null]];
  const appended = stats();
  await expectRefused("bytes", noBytes, (entry) => log.append("s", 1, [data, entry]));
  await expectRefused("bytes", noBytes, (entry) => log.appendParts("s", 1, [[data], entry]));
  await expectRefused("bytes", noBytes, (wrong) => snapshots.saveParts("s", 2, wrong));
  await expectRefused("data", [...noBytes, [data]], (wrong) => summaries.save("s", 2, wrong));
  const notes = [null, "x", [null], [{}], [{ actor: 1n, kind: "", subject: "" }], [{ actor: "a", kind: "k" }]];
  await expectRefused("notes", notes, (wrong) => log.append("s", 1, [data], { notes: wrong }));
  await expectRefused("after", noNumbers, (after) => log.appendParts("s", after, [[data]]));
  expect(stats()).toEqual(appended);
  expect(await verify()).toMatchObject({ entries: 1, snapshots: 1, damages: 0 });
});

test("what cannot be called back when it had best append is refused by name", async () => {
  const { log } = await open();
  await expectRefused("append", [...noFunctions, undefined], (append) => log.gather?.(append, 1));
  await expectRefused("entries", noNumbers, (entries) => log.gather?.(() => {}, entries));
  expect(await log.append("s", 1, [data])).toBe(true);
});
