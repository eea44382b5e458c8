import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import { openSqliteLog, type SqliteLog, verifySqliteLog } from "./open-sqlite-log.ts";
import { checkHistory } from "./test-parts/check-history.ts";
import { startLogProcess } from "./test-parts/child-process.ts";
import { knownEntry } from "./test-parts/known-entry.ts";
import { temporaryFolder } from "./test-parts/temporary-folder.ts";

const rounds = 220;
const folders = 2;
const streams = 6;

/** Kills one process after the other on a folder of its own; gives what was written, and of that what nobody was told of. */
async function killAgainAndAgain(times: number) {
  const directory = temporaryFolder();
  const acknowledged = new Map<string, number>();
  let untold = 0;
  for (let round = 0; round < times; round++) {
    const child = startLogProcess(directory, streams);
    await child.line("open");
    await sleep(Math.random() ** 2 * 250);
    const lines = await child.kill();
    const claims = claimsOf(lines);
    for (const [stream, last] of claims.acknowledged) acknowledged.set(stream, last);

    const sqlite = await openSqliteLog({ directory });
    try {
      for (const [stream, last] of acknowledged) {
        const found = await checkHistory(sqlite.log, stream);
        expect(found, `${stream} in round ${round}`).toBeGreaterThanOrEqual(last);
        expect(claims.seen.get(stream) ?? 0, `seen of ${stream}`).toBeLessThanOrEqual(found);
        untold += found - last;
        acknowledged.set(stream, found);
      }
      await checkSnapshots(sqlite, claims.snapshots);
    } finally {
      await sqlite.close();
    }
    if (round % 10 === 0) expect((await verifySqliteLog(directory)).damage).toEqual([]);
  }
  return { entries: [...acknowledged.values()].reduce((sum, last) => sum + last, 0), untold };
}

test(`${rounds} kills at random: what was acknowledged is there, whole and in order`, async ({ annotate }) => {
  // Side by side, since a round is mostly a process that starts.
  const lanes = await Promise.all(Array.from({ length: folders }, () => killAgainAndAgain(rounds / folders)));
  const entries = lanes.reduce((sum, lane) => sum + lane.entries, 0);
  const untold = lanes.reduce((sum, lane) => sum + lane.untold, 0);
  expect(entries).toBeGreaterThan(rounds);
  await annotate(`${entries} entries in ${rounds} rounds; ${untold} were durable and not acknowledged in time`);
});

/** What a process said, each stream's last word; throws where watchers saw a gap or a duplicate. */
function claimsOf(lines: readonly string[]) {
  const claims = {
    acknowledged: new Map<string, number>(),
    seen: new Map<string, number>(),
    snapshots: new Map<string, number>(),
  };
  for (const line of lines) {
    const [what, stream = "", number, count] = line.split(" ");
    if (what === "ack") claims.acknowledged.set(stream, Number(number));
    if (what === "snapshot") claims.snapshots.set(stream, Number(number));
    if (what !== "seen") continue;
    const before = claims.seen.get(stream);
    if (before !== undefined) expect(Number(number), `${stream} as it was seen`).toBe(before + 1);
    claims.seen.set(stream, Number(number) + Number(count) - 1);
  }
  return claims;
}

async function checkSnapshots({ snapshots }: SqliteLog, claimed: ReadonlyMap<string, number>): Promise<void> {
  for (const [stream, number] of claimed) {
    const found = await snapshots.load(stream);
    expect(found?.number).toBeGreaterThanOrEqual(number);
    expect(found?.data).toEqual(knownEntry(stream, found?.number ?? 0));
  }
}
