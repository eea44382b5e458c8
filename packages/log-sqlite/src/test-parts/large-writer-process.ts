// A process that writes large entries until the log's reading thread has ended, and some more, and says how many were made.
import { writeSync } from "node:fs";
import type { Worker } from "node:worker_threads";
import { openSqliteLog } from "../open-sqlite-log.ts";

const [directory = ""] = process.argv.slice(2);
let hasEnded = false;
process.on("worker", (worker: Worker) => {
  if (worker.threadName === "trimtab-log-reader") {
    worker.once("exit", () => {
      hasEnded = true;
    });
  }
});

const { log } = await openSqliteLog({ directory });
let made = 0;
const write = async (): Promise<void> => {
  const parts = [new Uint8Array([1]), new Uint8Array(8 << 20).fill(made), new Uint8Array([2])];
  if (await log.appendParts("a", made, [parts])) made++;
};
while (!hasEnded) await write();
for (let more = 0; more < 3; more++) await write();
writeSync(1, `made ${made}\n`);
process.exit(0);
