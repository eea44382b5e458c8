// Loaded before a program (`--import`), into each of its threads: kills the process, as nothing can prevent, the n-th time that it
// comes to a write point, in whichever thread. The times are counted in a file, which threads share.
import { subscribe } from "node:diagnostics_channel";
import { appendFileSync, statSync } from "node:fs";

const { TRIMTAB_KILL_AT: point, TRIMTAB_KILL_TIME: time, TRIMTAB_KILL_COUNT: count = "" } = process.env;

subscribe("trimtab:log-sqlite:write-point", (reached) => {
  if (reached !== point) return;
  appendFileSync(count, "1");
  if (statSync(count).size === Number(time)) process.kill(process.pid, "SIGKILL");
});
