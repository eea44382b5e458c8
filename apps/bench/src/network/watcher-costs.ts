import { WatchService } from "@trimtab/wire/services";
import { type Measured, ratioGoal } from "../goals.ts";
import { markdownTable } from "../optimize/markdown.ts";
import { contest, type Effort, figureOf, formatContest } from "./contest.ts";
import { connectHttp2, overHttp2, toHttp2 } from "./fanout.ts";
import type { Running } from "./processes.ts";
import { callOf, fill, session, variableAt } from "./requests.ts";
import { startTrimtab } from "./servers.ts";
import { openLoader, trimtabFanout } from "./watches.ts";

/** What one that watches and never reads costs the others: the same work without it and with it. */
export async function benchSlowWatcher(effort: Effort): Promise<Measured> {
  const loader = openLoader();
  const [alone, together] = [await startTrimtab("memory"), await startTrimtab("memory")];
  try {
    await fill(alone, 10);
    await fill(together, 10);
    await watchWithoutReading(together);
    const run = (server: Running, name: string) => ({
      name,
      server,
      run: (watchers: number, seconds: number) =>
        loader.run({
          name,
          how: { kind: "http2", options: trimtabFanout(server, "gRPC") },
          watchers,
          inFlight: 1,
          seconds,
        }),
    });
    const [without, within] = ["all read", "one more never reads"];
    const results = await contest([run(alone, without), run(together, within)], effort);
    const figure = figureOf(results);
    const goals = effort.concurrencies.map((watchers) =>
      ratioGoal(
        `deliveries/s to ${watchers} watchers beside one that never reads, to those without it`,
        [figure(within, watchers), figure(without, watchers)],
        { atLeast: 0.9 },
      ),
    );
    return { tables: formatContest(results, "deliveries", "watchers"), goals };
  } finally {
    loader.close();
    await Promise.all([alone.stop(), together.stop()]);
  }
}

async function watchWithoutReading(server: Running): Promise<void> {
  const connection = await connectHttp2(server.port);
  const selection = { sessionId: session, variables: [variableAt(1)] };
  const request = toHttp2(callOf(server, WatchService.method.watchVariables, { dialect: "gRPC", message: selection }));
  const stream = connection.request({ ":method": "POST", ":path": request.path, "content-type": request.contentType });
  stream.on("error", () => {});
  stream.end(request.body);
  await new Promise((resolve) => stream.once("response", resolve));
}

/** Memory of watchers that have nothing to hear, and that a change reaches them all. */
export async function benchIdleWatchers(counts: readonly number[]): Promise<Measured> {
  const rows: string[][] = [];
  for (const count of counts) {
    const server = await startTrimtab("memory");
    try {
      await fill(server, 10);
      const before = server.residentBytes();
      let heard = 0;
      let onAll = () => {};
      const fanout = await overHttp2(trimtabFanout(server, "gRPC"))(count, (deliveries) => {
        heard += deliveries;
        if (heard === count) onAll();
      });
      const kib = (server.residentBytes() - before) / count / 1024;
      const start = performance.now();
      const all = new Promise<void>((resolve) => {
        onAll = resolve;
      });
      await fanout.publish();
      await all;
      const took = performance.now() - start;
      fanout.close();
      rows.push([
        count.toLocaleString("en"),
        kib.toFixed(1),
        Math.round((kib * count) / 1024).toString(),
        took.toFixed(1),
      ]);
    } finally {
      await server.stop();
    }
  }
  const head = ["watchers", "KiB each", "MiB together", "ms until a change has reached all"];
  return { tables: markdownTable([head, ...rows]), goals: [] };
}
