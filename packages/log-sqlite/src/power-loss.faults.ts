import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { dataFolder } from "./data-folder.ts";
import { backUpSqliteLog, openSqliteLog, type SqliteLog } from "./index.ts";
import { everything, type Fate, filesAfter, leastOfAll, randomFate } from "./test-parts/power-loss.ts";
import { buildRecorder, type RecordedStep, recordRun, whyNoRecord } from "./test-parts/recorded-writes.ts";
import { expectedAfter, readBack } from "./test-parts/scripted-writes.ts";
import { temporaryFolder } from "./test-parts/temporary-folder.ts";

const missing = whyNoRecord();
const scriptProcess = new URL("./test-parts/script-process.ts", import.meta.url);
const openProcess = new URL("./test-parts/open-process.ts", import.meta.url);

const said = (steps: readonly RecordedStep[]): string[] =>
  steps.flatMap(({ kind, data }) => (kind === "say" ? [Buffer.from(data).toString().trim()] : []));

/** Steps of a record, at a moment from 0 to 1: mostly where what the disk holds is just settled or about to be, else anywhere. */
function until(moment: { readonly share: number; readonly isAtTurn: boolean }, steps: readonly RecordedStep[]) {
  if (!moment.isAtTurn) return steps.slice(0, Math.round(moment.share * steps.length));
  const turns = steps.flatMap(({ kind }, at) => (kind === "write" ? [] : [at, at + 1, at + 2]));
  return steps.slice(0, turns[Math.floor(moment.share * turns.length)] ?? steps.length);
}

const moments = fc.record({
  share: fc.double({ min: 0, max: 1, noNaN: true }),
  isAtTurn: fc.integer({ min: 1, max: 10 }).map((one) => one > 3),
});

/** Tries an outcome of a power failure at so many moments; a failure tells which. */
const atMoments = (
  times: number,
  check: (moment: { share: number; isAtTurn: boolean }, seed: number) => Promise<void>,
) => fc.assert(fc.asyncProperty(moments, fc.integer(), check), { numRuns: times, endOnFailure: true });

async function withLog<T>(directory: string, use: (sqlite: SqliteLog) => Promise<T>): Promise<T> {
  const sqlite = await openSqliteLog({ directory });
  try {
    return await use(sqlite);
  } finally {
    await sqlite.close();
  }
}

/** Has a process carry out the script in `data`, copy that to `copy`, and end. */
async function recordScript(recorder: string): Promise<readonly RecordedStep[]> {
  const within = temporaryFolder();
  mkdirSync(join(within, "data"));
  const folders = ["data", "copy"].map((name) => join(within, name));
  return recordRun(recorder, within, scriptProcess, folders);
}

/** Checks a folder of the script: every step that was told of is there, and the one after wholly or not at all. */
const checkScript = (directory: string, done: number): Promise<void> =>
  withLog(directory, async (sqlite) => {
    expect([expectedAfter(done), expectedAfter(done + 1)]).toContainEqual(await readBack(sqlite));
    expect(await sqlite.verify()).toMatchObject({ damages: 0 });
    expect(await sqlite.log.append("after", 0, [new Uint8Array([1])])).toBe(true);
  });

describe.skipIf(missing !== undefined)(missing ?? "a power failure", () => {
  test("at any moment, whatever came to the disk of what was not flushed, loses nothing that was acknowledged", async () => {
    const all = await recordScript(buildRecorder());
    await atMoments(60, async (moment, seed) => {
      const steps = until(moment, all);
      const folder = filesAfter(steps, randomFate(seed));
      const [directory, copy] = [join(folder, "data"), join(folder, "copy")];
      const lines = said(steps);
      const done = lines.filter((line) => line.startsWith("step")).length;
      const isCopied = lines.includes("copied");
      if (isCopied) expect(existsSync(dataFolder(copy).database)).toBe(true);
      const isBegun = steps.some(({ path }) => path.startsWith("copy"));
      if (isBegun && !existsSync(dataFolder(copy).database)) await backUpSqliteLog(directory, copy);
      await checkScript(directory, done);
      if (isBegun) await checkScript(copy, done);
    });
  });

  test("of a copy leaves no folder that looks empty: that one is being made is on the disk before anything of it", async () => {
    const steps = await recordScript(buildRecorder());
    const { unfinished } = dataFolder("copy");
    const noted = steps.findIndex(({ kind, path }) => kind === "create" && path === unfinished);
    expect(noted).toBeGreaterThan(0);
    expect(steps[noted + 1]).toMatchObject({ kind: "flush", path: "copy" });
  });

  test("takes nothing that was served of what a killed process had not flushed yet", async () => {
    const recorder = buildRecorder();
    const all = await recordScript(recorder);
    const flushes = all.flatMap(({ kind, path }, at) => (kind === "flush" && path.endsWith("-wal") ? [at] : []));
    for (const at of flushes.filter((_, i) => i % 3 === 0)) {
      const steps = all.slice(0, at);
      const served = await withLog(join(filesAfter(steps, everything), "data"), readBack);
      const within = filesAfter(steps, everything);
      const next = await recordRun(recorder, within, openProcess, [join(within, "data")]);
      const untilOpen = next.slice(
        0,
        next.findIndex(({ kind }) => kind === "say"),
      );
      const left = filesAfter([...steps, ...untilOpen], leastOfAll);
      expect(await withLog(join(left, "data"), readBack), `killed before step ${at}`).toEqual(served);
    }
  });

  test("or a kill, while a log of the first format is brought up to the present one, leaves the one or the other", async () => {
    const within = temporaryFolder();
    const packed = readFileSync(new URL("./test-parts/golden/folder-format-1.sqlite.gz", import.meta.url));
    mkdirSync(join(within, "data"));
    writeFileSync(dataFolder(join(within, "data")).database, gunzipSync(packed));
    const before = alreadyThere("data/log.sqlite", gunzipSync(packed));
    const all = await recordRun(buildRecorder(), within, openProcess, [join(within, "data")]);
    const check = async (steps: readonly RecordedStep[], fate: Fate): Promise<void> => {
      const directory = join(filesAfter([...before, ...steps], fate), "data");
      const entries = said(steps).includes("appended") ? [9] : [8, 9];
      expect(await withLog(directory, (sqlite) => sqlite.verify())).toMatchObject({
        entries: expect.toBeOneOf(entries),
        snapshots: 1,
        damages: 0,
      });
    };
    for (let at = 0; at <= all.length; at += 5) await check(all.slice(0, at), everything);
    await atMoments(20, (moment, seed) => check(until(moment, all), randomFate(seed)));
  });
});

/** Steps that lead to a file which is on the disk. */
function alreadyThere(path: string, data: Uint8Array): readonly RecordedStep[] {
  const [folder = ""] = path.split("/");
  const step = { path, offset: 0, data: new Uint8Array() };
  return [
    { ...step, kind: "folder", path: folder },
    { ...step, kind: "create" },
    { ...step, kind: "write", data },
    { ...step, kind: "flush" },
    { ...step, kind: "flush", path: folder },
    { ...step, kind: "flush", path: "" },
  ];
}
