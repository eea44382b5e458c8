// Loaded before a program (`--import`), into each of its threads: kills the process, as nothing can prevent, at the write
// point that the environment names: `3 swept` is the third time that something was swept.
import { subscribe } from "node:diagnostics_channel";
import { writeSync } from "node:fs";

const wanted = process.env["TRIMTAB_KILL_AT"] ?? "";
const name = wanted.replace(/^\d+ /, "");
let left = Number.parseInt(wanted, 10);

subscribe("trimtab:log-sqlite:write-point", (point) => {
  if (point !== name || --left !== 0) return;
  writeSync(1, `killed at ${point}\n`);
  process.kill(process.pid, "SIGKILL");
});
