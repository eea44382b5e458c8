import { once } from "node:events";
import { Worker } from "node:worker_threads";
import type { Measured } from "../goals.ts";
import { markdownTable } from "../optimize/markdown.ts";
import { scriptBeside } from "../script-beside.ts";
import type { Delays, Load } from "./event-loop-load.ts";

/** How late timers come in a process that does nothing, and in processes that write and read at the same time as that. */
export async function benchEventLoop(seconds: number): Promise<Measured> {
  const loads: readonly Load[] = ["idle", "paced", "full"];
  const names = {
    idle: "nothing to do",
    paced: "1000 writes a second",
    full: "64 writes at once, as many as there can be",
  };
  // One after the other in several turns: together they would wait for each other's processors.
  const delays: Delays[][] = loads.map(() => []);
  for (let turn = 0; turn < 3; turn++) {
    for (const [index, load] of loads.entries()) delays[index]?.push(await delaysOf(load, seconds / 3));
  }
  const rows = loads.map((load, index) => {
    const turns = delays[index] ?? [];
    const middle = (of: (delays: Delays) => number) =>
      (turns.map(of).sort((a, b) => a - b)[1] ?? Number.NaN).toFixed(2);
    return [names[load], middle(({ p50 }) => p50), middle(({ p99 }) => p99), middle(({ p999 }) => p999)];
  });
  return { tables: markdownTable([["a process with", "p50 ms", "p99 ms", "p99.9 ms"], ...rows]), goals: [] };
}

/** Runs a load in a thread of its own, whose event loop and heap are its own too, and gives how late its timers came. */
async function delaysOf(load: Load, seconds: number): Promise<Delays> {
  const worker = new Worker(scriptBeside(import.meta.url, "event-loop-load"), { workerData: { load, seconds } });
  const [delays] = await once(worker, "message");
  await worker.terminate();
  return delays as Delays;
}
