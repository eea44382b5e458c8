import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { dataFolder } from "./data-folder.ts";
import { backUpSqliteLog, openSqliteLog } from "./index.ts";
import { expectedAfter, readBack, script } from "./test-parts/scripted-writes.ts";
import { temporaryFolder } from "./test-parts/temporary-folder.ts";
import { type WritePoint, writePoints } from "./write-point.ts";

const killer = fileURLToPath(new URL("./test-parts/kill-at-point.ts", import.meta.url));
const program = fileURLToPath(new URL("./test-parts/script-process.ts", import.meta.url));
/** Rounds that run at once: each is one process that mostly starts. */
const atOnce = 3;

/** Carries out the script in a process that kills itself at a point; gives what it said. */
function runScript(directory: string, copy: string, killAt: string): Promise<readonly string[]> {
  const child = spawn(
    process.execPath,
    ["--conditions=@trimtab/source", "--import", killer, program, directory, copy],
    { env: { ...process.env, TRIMTAB_KILL_AT: killAt }, stdio: ["ignore", "pipe", "inherit"] },
  );
  let text = "";
  child.stdout.setEncoding("utf8").on("data", (piece: string) => {
    text += piece;
  });
  return new Promise((resolve) => child.once("close", () => resolve(text.split("\n"))));
}

/** Checks what a killed process has left behind; every step it told of is there, and the one after wholly or not at all. */
async function checkFolder(directory: string, done: number): Promise<void> {
  const sqlite = await openSqliteLog({ directory });
  try {
    expect([expectedAfter(done), expectedAfter(done + 1)]).toContainEqual(await readBack(sqlite));
    expect(await sqlite.verify()).toMatchObject({ damages: 0 });
    expect(await sqlite.log.append("after", 0, [new Uint8Array([1])])).toBe(true);
  } finally {
    await sqlite.close();
  }
}

const stepsIn = (lines: readonly string[]) => lines.filter((line) => line.startsWith("step ")).length;

interface Round {
  readonly directory: string;
  readonly copy: string;
  /** Steps that the process told of. */
  readonly done: number;
}

/** Kills a process where a point is first reached, another where it is reached again, until one comes to its end. */
async function killAtEach(point: WritePoint, check: (round: Round) => Promise<void>): Promise<number> {
  for (let time = 1; ; time++) {
    const [directory, copy] = [temporaryFolder(), temporaryFolder()];
    const lines = await runScript(directory, copy, `${time} ${point}`);
    const isKilled = lines.includes(`killed at ${point}`);
    expect(isKilled || lines.includes("done"), `${time} ${point}: ${lines.join("; ")}`).toBe(true);
    await check({ directory, copy, done: stepsIn(lines) });
    if (!isKilled) return time - 1;
  }
}

async function killAtAll(points: readonly WritePoint[], check: (round: Round) => Promise<void>): Promise<number> {
  const left = [...points];
  let kills = 0;
  const work = async (): Promise<void> => {
    for (let point = left.pop(); point !== undefined; point = left.pop()) {
      const times = await killAtEach(point, check);
      expect(times, `times that ${point} was reached`).toBeGreaterThan(0);
      kills += times;
    }
  };
  await Promise.all(Array.from({ length: atOnce }, work));
  return kills;
}

const isOfBackup = (point: WritePoint) => point.startsWith("backup");

test("a kill at every point of writing leaves every step whole, and nothing half done", async ({ annotate }) => {
  const points = writePoints.filter((point) => !isOfBackup(point));
  const kills = await killAtAll(points, ({ directory, done }) => checkFolder(directory, done));
  expect(kills).toBeGreaterThan(45);
  await annotate(
    `${kills} kills, one wherever a script of ${script.length} steps came to one of ${points.length} points`,
  );
});

test("a kill at every point of a backup leaves a whole copy or none, and the next one is made", async () => {
  const kills = await killAtAll(writePoints.filter(isOfBackup), async ({ directory, copy, done }) => {
    if (!existsSync(dataFolder(copy).database)) await backUpSqliteLog(directory, copy);
    await checkFolder(copy, done);
    await checkFolder(directory, done);
  });
  expect(kills).toBe(5);
});
