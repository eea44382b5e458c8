import { createConnectTransport } from "@connectrpc/connect-node";
import { createStoreClient } from "@trimtab/client";
import type { Store } from "@trimtab/core";
import { type RunningServer, startServer } from "@trimtab/server";
import { measure, type Subject } from "../measure.ts";
import { formatTable } from "../table.ts";

/** Ways to run a server, by what it tells of itself. Traces are sent to a port where nobody listens. */
const ways = {
  "all off": {},
  "metrics on": { metrics: true },
  "traces of 1 %": { traceEndpoint: "http://127.0.0.1:9/v1/traces", traceRatio: 0.01 },
  "metrics, and traces of 1 %": { metrics: true, traceEndpoint: "http://127.0.0.1:9/v1/traces", traceRatio: 0.01 },
} as const;

/** Calls under way at once. */
const width = 32;

/** Measures what it costs a server to tell of itself: throughput with everything off, metrics on, traces sampled. */
export async function benchTelemetry(isQuick: boolean): Promise<number> {
  const options = isQuick ? { rounds: 3, turnMs: 200 } : { rounds: 9, turnMs: 800 };
  console.log(
    `Node ${process.version}; calls over HTTP/2, ${width} at once; median of ${options.rounds} interleaved rounds of ${options.turnMs} ms\n`,
  );
  const servers: RunningServer[] = [];
  const stores = new Map<string, Store>();
  for (const [name, settings] of Object.entries(ways)) {
    const server = await startServer({ listen: { host: "127.0.0.1", port: 0 }, log: "memory", ...settings });
    servers.push(server);
    const store = createStoreClient(createConnectTransport({ baseUrl: server.url, httpVersion: "2" }));
    await store.createSession({ id: "s" });
    await store.registerVariable("s", { name: "v", type: "float", value: 0 });
    stores.set(name, store);
  }
  const subjects = (call: (store: Store, i: number) => Promise<unknown>): Subject[] =>
    Array.from(stores, ([name, store]) => ({
      name,
      run: async (count) => {
        for (let i = 0; i < count; i += width) {
          await Promise.all(Array.from({ length: Math.min(width, count - i) }, (_, k) => call(store, i + k)));
        }
      },
    }));
  console.log(
    formatTable(
      "GetVariable",
      await measure(
        subjects((store) => store.getVariable("s", "v")),
        options,
      ),
    ),
  );
  const write = subjects((store, i) => store.setVariable("s", "v", i / 10));
  console.log(formatTable("SetVariable, on the memory log", await measure(write, options)));
  for (const server of servers) await server.close();
  return 0;
}
