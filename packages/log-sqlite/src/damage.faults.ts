import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { type CommitLog, isLogError } from "@trimtab/log";
import { describe, expect, test } from "vitest";
import { dataFolder } from "./data-folder.ts";
import { openSqliteLog, type SqliteLogReport, verifySqliteLog } from "./index.ts";
import { startLogProcess } from "./test-parts/child-process.ts";
import { knownEntry } from "./test-parts/known-entry.ts";
import { temporaryFolder } from "./test-parts/temporary-folder.ts";

/** What was in a folder before it was damaged. */
type Contents = ReadonlyMap<string, StreamContents>;

interface StreamContents {
  readonly trimmed: number;
  readonly last: number;
  /** The last entry that was acknowledged: what lies beyond it was promised to nobody, and may go without a word. */
  readonly promised: number;
}

/** What became of it: all intact, or something reported, by whom; anything wrong that is served throws. */
type Finding = "intact" | "refused to open" | "reported by reads" | "reported by verify";

const rounds = 30;

/** Opens a damaged folder and reads everything. What is served must be right, and what is not must be reported. */
async function examine(directory: string, contents: Contents): Promise<Finding> {
  const report = await reportOf(directory);
  const opened = await openSqliteLog({ directory }).catch(expectDamage);
  if (opened === undefined) return "refused to open";
  const { log } = opened;
  let complete = true;
  let reported = false;
  try {
    for (const [stream, { trimmed, last, promised }] of contents) {
      const found = await readIntact(log, stream, trimmed);
      reported ||= found === "damaged";
      if (found === "damaged") continue;
      expect(found).toBeLessThanOrEqual(last);
      complete &&= found >= promised;
    }
  } finally {
    await opened.close().catch(expectDamage);
  }
  if (reported) {
    expect(report.damages).toBeGreaterThan(0);
    return "reported by reads";
  }
  if (!complete) expect(report.damages, "what is missing without a word from reads").toBeGreaterThan(0);
  return report.damages > 0 ? "reported by verify" : "intact";
}

/** Every failure must say that data is damaged, or not known; never that all is well or to try again. */
function expectDamage(error: unknown): undefined {
  expect(isLogError(error) && error.code, String(error)).toBeOneOf(["damaged", "unsupported"]);
}

async function reportOf(directory: string): Promise<Pick<SqliteLogReport, "damages">> {
  try {
    return await verifySqliteLog(directory);
  } catch (error) {
    expectDamage(error);
    return { damages: 1 };
  }
}

async function readIntact(log: CommitLog, stream: string, trimmed: number): Promise<number | "damaged"> {
  let last = trimmed;
  for (;;) {
    try {
      const read = await log.read(stream, last, 100);
      if (read.kind === "trimmed" || read.entries.length === 0) return last;
      for (const entry of read.entries) {
        last++;
        expect(Buffer.from(entry).equals(knownEntry(stream, last)), `${stream} ${last} as it is served`).toBe(true);
      }
    } catch (error) {
      if (!isLogError(error)) throw error;
      expectDamage(error);
      return "damaged";
    }
  }
}

const random = (below: number) => Math.floor(Math.random() * below);

/** Ways to damage a file; each leaves it other than it was. */
const damages: Readonly<Record<string, (path: string) => void>> = {
  "a flipped bit": (path) => {
    const bytes = readFileSync(path);
    const at = random(bytes.length);
    bytes[at] = (bytes[at] ?? 0) ^ (1 << random(8));
    writeFileSync(path, bytes);
  },
  "a sector of zeros": (path) => {
    const bytes = readFileSync(path);
    const at = random(bytes.length / 512) * 512;
    bytes.fill(0, at, at + 512);
    writeFileSync(path, bytes);
  },
  "pages out of place": (path) => {
    const bytes = readFileSync(path);
    const pages = Math.floor(bytes.length / 4096);
    bytes.copyWithin(random(pages) * 4096, random(pages) * 4096, random(pages) * 4096);
    writeFileSync(path, bytes);
  },
  "a lost end": (path) => truncateSync(path, random(statSync(path).size)),
};

function copyFolder(from: string, to: string): void {
  rmSync(to, { recursive: true, force: true });
  mkdirSync(to);
  // The shared-memory file is rebuilt; the lock is nobody's.
  for (const file of ["log.sqlite", "log.sqlite-wal", "log.acknowledged"]) {
    if (existsSync(join(from, file))) copyFileSync(join(from, file), join(to, file));
  }
}

/** Damages copies of a folder again and again and looks at what comes of it. */
async function damageCopies(
  source: string,
  contents: Contents,
  damage: (directory: string) => void,
): Promise<Finding[]> {
  const copy = join(temporaryFolder(), "copy");
  const findings: Finding[] = [];
  for (let round = 0; round < rounds; round++) {
    copyFolder(source, copy);
    damage(copy);
    findings.push(await examine(copy, contents));
  }
  return findings;
}

describe.each(Object.entries(damages))(`%s, ${rounds} times`, (name, damage) => {
  test("in the database file", async () => {
    const source = temporaryFolder();
    const contents = await fill(source);
    const findings = await damageCopies(source, contents, (copy) => damage(dataFolder(copy).database));
    console.log(`${name} in the database file:`, tally(findings));
    expect(findings.filter((finding) => finding !== "intact").length).toBeGreaterThan(0);
  });

  test("in the write-ahead log of a process that was killed", async () => {
    const source = temporaryFolder();
    const contents = await fillAndKill(source);
    const findings = await damageCopies(source, contents, (copy) => damage(`${dataFolder(copy).database}-wal`));
    console.log(`${name} in the write-ahead log:`, tally(findings));
    expect(findings.filter((finding) => finding !== "intact").length).toBeGreaterThan(0);
  });
});

const tally = (findings: readonly Finding[]) =>
  Object.fromEntries([...new Set(findings)].map((each) => [each, findings.filter((one) => one === each).length]));

/** Fills a folder with streams of known entries, some of them trimmed. */
async function fill(directory: string): Promise<Contents> {
  const sqlite = await openSqliteLog({ directory });
  const contents = new Map<string, StreamContents>();
  for (let i = 0; i < 20; i++) {
    const stream = `stream-${i}`;
    const last = 40 + i;
    const entries = Array.from({ length: last }, (_, at) => knownEntry(stream, at + 1));
    await sqlite.log.append(stream, 0, entries);
    await sqlite.snapshots.save(stream, last, knownEntry(stream, last));
    const trimmed = i % 3 === 0 ? 20 : 0;
    await sqlite.log.trim(stream, trimmed);
    contents.set(stream, { trimmed, last, promised: last });
  }
  await sqlite.close();
  return contents;
}

/** Has a process fill a folder and kills it, so that much is in the write-ahead log alone. */
async function fillAndKill(directory: string): Promise<Contents> {
  const child = startLogProcess(directory, 3);
  const acknowledged = new Map<string, StreamContents>();
  await child.line("snapshot stream-0");
  for (const line of await child.kill()) {
    const [what, stream = "", number] = line.split(" ");
    const last = Number(number);
    if (what === "ack") acknowledged.set(stream, { trimmed: 0, last, promised: last });
  }
  // What was durable and not acknowledged in time is there too.
  const whole = join(temporaryFolder(), "whole");
  copyFolder(directory, whole);
  const sqlite = await openSqliteLog({ directory: whole });
  for (const [stream, claimed] of acknowledged) {
    const last = await readIntact(sqlite.log, stream, claimed.trimmed);
    expect(last).toBeGreaterThanOrEqual(claimed.last);
    acknowledged.set(stream, { ...claimed, last: Number(last) });
  }
  await sqlite.close();
  return acknowledged;
}
