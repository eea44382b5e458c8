// A process that writes until it is killed, and says on standard output what was acknowledged and what was seen.
import { writeSync } from "node:fs";
import { LogError } from "@trimtab/log";
import { openSqliteLog } from "../open-sqlite-log.ts";
import { batchSize, knownEntry } from "./known-entry.ts";

const [directory = "", streams = "0"] = process.argv.slice(2);
/** Says a line at once, whole; where whoever listens is slow, this process waits. */
function say(line: string): void {
  for (let rest = Buffer.from(`${line}\n`); rest.length > 0; ) {
    try {
      rest = rest.subarray(writeSync(1, rest));
    } catch (error) {
      if (!(error instanceof Error && "code" in error && error.code === "EAGAIN")) throw error;
    }
  }
}

async function lastOf(stream: string): Promise<number> {
  let last = 0;
  for (;;) {
    const read = await sqlite.log.read(stream, last);
    if (read.kind === "trimmed") last = read.through;
    else if (read.entries.length === 0) return last;
    else last += read.entries.length;
  }
}

const keptEntries = 400;

async function write(stream: string): Promise<void> {
  let last = await lastOf(stream);
  void watch(stream, last);
  for (let round = 0; ; round++) {
    const entries = Array.from({ length: batchSize(last) }, (_, at) => knownEntry(stream, last + 1 + at));
    if (!(await sqlite.log.append(stream, last, entries))) throw new Error(`${stream} ${last}: lost a race alone`);
    last += entries.length;
    say(`ack ${stream} ${last}`);
    if (round % 20 !== 19) continue;
    await sqlite.snapshots.save(stream, last, knownEntry(stream, last));
    say(`snapshot ${stream} ${last}`);
    if (last > keptEntries) await sqlite.log.trim(stream, last - keptEntries);
  }
}

async function watch(stream: string, after: number): Promise<void> {
  for await (const read of sqlite.log.follow(stream, after, new AbortController().signal)) {
    if (read.kind === "entries") say(`seen ${stream} ${read.first} ${read.entries.length}`);
  }
}

let sqlite: Awaited<ReturnType<typeof openSqliteLog>>;
try {
  sqlite = await openSqliteLog({ directory });
} catch (error) {
  say(`refused ${error instanceof LogError ? error.code : "?"} ${error instanceof Error ? error.message : ""}`);
  process.exit(1);
}
say("open");
await Promise.all(Array.from({ length: Number(streams) }, (_, i) => write(`stream-${i}`)));
// Without streams it only holds the folder.
setInterval(() => {}, 1000);
