import { monitorEventLoopDelay } from "node:perf_hooks";
import { setTimeout as delay } from "node:timers/promises";
import { parentPort, workerData } from "node:worker_threads";
import { createStore } from "@trimtab/store";
import { builtinTypes } from "@trimtab/types";

/** What a thread is busy with while the delays of its event loop are watched. */
export type Load = "idle" | "paced" | "full";

/** How late timers came, in milliseconds. */
export interface Delays {
  readonly p50: number;
  readonly p99: number;
  readonly p999: number;
}

const variables = 1000;
const resolution = 1;

const { load, seconds } = workerData as { load: Load; seconds: number };
const store = createStore({ types: builtinTypes });
await store.createSession({ id: "s" });
await store.registerVariables(
  "s",
  Array.from({ length: variables }, (_, i) => ({ name: `v${i}`, type: "float", value: 0.5 })),
);
let written = 0;
const writeMany = (count: number) =>
  Promise.all(Array.from({ length: count }, () => store.setVariable("s", `v${written++ % variables}`, 0.7)));

const until = async (endsAt: number): Promise<void> => {
  while (performance.now() < endsAt) {
    if (load === "full") await writeMany(64);
    if (load === "paced") await writeMany(10);
    // A turn of the event loop, so that timers come between.
    await (load === "full" ? new Promise(setImmediate) : delay(10));
  }
};

await until(performance.now() + 500);
const histogram = monitorEventLoopDelay({ resolution });
histogram.enable();
await until(performance.now() + seconds * 1000);
histogram.disable();
// What is recorded is the time between two ticks, of which the resolution is what there should be.
const late = (percentile: number) => Math.max(0, histogram.percentile(percentile) / 1e6 - resolution);
const delays: Delays = { p50: late(50), p99: late(99), p999: late(99.9) };
parentPort?.postMessage(delays);
