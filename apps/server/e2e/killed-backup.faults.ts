import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { createConnectTransport } from "@connectrpc/connect-node";
import { createStudyClient } from "@trimtab/client";
import { expect, test } from "vitest";
import { runDataCommand } from "../src/data-commands.ts";
import { openServer } from "./open-server.ts";
import { temporaryFolder } from "./test-parts/temporary-folder.ts";

const main = fileURLToPath(new URL("../src/main.ts", import.meta.url));
const killer = fileURLToPath(new URL("./test-parts/kill-at-time.ts", import.meta.url));

const points = ["backup begun", "backup copied", "backup flushed", "backup noted", "backup named"];

/** A folder with sessions, studies and an audit. */
async function fill(): Promise<string> {
  const data = join(temporaryFolder(), "data");
  const server = await openServer({ log: "sqlite", data, audit: "on" });
  await server.store.createSession({ id: "s" });
  await server.store.registerVariable("s", { name: "x", type: "integer", value: 0 });
  for (let i = 1; i <= 20; i++) await server.store.setVariable("s", "x", i);
  const studies = createStudyClient(createConnectTransport({ baseUrl: server.url, httpVersion: "2" }));
  await studies.createStudy("s", { id: "one", variables: ["x"], bounds: { x: { min: 0, max: 9 } } });
  await studies.askTrials("s", "one", {});
  await server.close();
  return data;
}

/** Runs a command about folders in a process that kills itself where a point is reached for the n-th time; says whether it did. */
async function isKilled(args: readonly string[], point: string, time: number): Promise<boolean> {
  const child = spawn(process.execPath, ["--conditions=@trimtab/source", "--import", killer, main, ...args], {
    env: {
      ...process.env,
      TRIMTAB_KILL_AT: point,
      TRIMTAB_KILL_TIME: String(time),
      TRIMTAB_KILL_COUNT: join(temporaryFolder(), "times"),
    },
    stdio: "ignore",
  });
  const [status, signal] = await once(child, "close");
  expect([0, "SIGKILL"]).toContain(status ?? signal);
  return signal === "SIGKILL";
}

test("a backup that is killed anywhere is there with all of its parts or not at all, and can be made again", async ({
  annotate,
}) => {
  const data = await fill();
  const whole = await runDataCommand(["check", data]);
  expect(whole?.output).toMatch(/^1 session,.*\n1 study,.*\naudit: 24 entries/);
  let kills = 0;
  for (const point of points) {
    for (let time = 1; ; time++) {
      const [copy, restored] = [join(temporaryFolder(), "copy"), join(temporaryFolder(), "restored")];
      const killed = await isKilled(["backup", data, copy], point, time);
      if (!existsSync(join(copy, "log.sqlite"))) {
        expect(await runDataCommand(["check", copy])).toMatchObject({ status: 1 });
        expect(await runDataCommand(["restore", copy, restored])).toMatchObject({ status: 1 });
        // Had it been a restore: a server does not take it for an empty folder.
        await expect(openServer({ log: "sqlite", data: copy, audit: "on" })).rejects.toThrow("broken off");
        expect(await runDataCommand(["backup", data, copy])).toMatchObject({ status: 0 });
      }
      expect(await runDataCommand(["check", copy])).toEqual(whole);
      if (!killed) break;
      kills++;
    }
  }
  // Each point for the sessions, for the studies and for the audit, and the beginning of all of them.
  expect(kills).toBe(3 * points.length + 1);
  await annotate(`${kills} kills`);
});
