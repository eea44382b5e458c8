import { mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { dataFolder } from "./data-folder.ts";
import { verifySqliteLog } from "./index.ts";
import { bytes, codeOf, open, texts } from "./test-parts/open-log.ts";
import { temporaryFolder } from "./test-parts/temporary-folder.ts";

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
