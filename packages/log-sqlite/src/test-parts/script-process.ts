// A process that carries out the script on a fresh folder, says after each step that it is done, makes a copy, and ends.
import { writeSync } from "node:fs";
import { openSqliteLog } from "../open-sqlite-log.ts";
import { script } from "./scripted-writes.ts";

const [directory = "", copy = ""] = process.argv.slice(2);
const say = (line: string) => writeSync(1, `${line}\n`);

const half = Math.floor(script.length / 2);
for (const [from, to] of [
  [0, half],
  [half, script.length],
] as const) {
  const sqlite = await openSqliteLog({ directory });
  for (let step = from; step < to; step++) {
    await script[step]?.run(sqlite);
    say(`step ${step + 1}`);
  }
  if (to === script.length) {
    await sqlite.backup(copy);
    say("copied");
  }
  await sqlite.close();
}
say("done");
