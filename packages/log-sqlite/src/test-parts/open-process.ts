// A process that opens a folder, appends an entry to a stream of its own, says when each is done, and closes it.
import { writeSync } from "node:fs";
import { openSqliteLog } from "../open-sqlite-log.ts";
import { knownEntry } from "./known-entry.ts";

const [directory = ""] = process.argv.slice(2);
const { log, close } = await openSqliteLog({ directory });
writeSync(1, "open\n");
await log.append("mine", 0, [knownEntry("mine", 1)]);
writeSync(1, "appended\n");
await close();
