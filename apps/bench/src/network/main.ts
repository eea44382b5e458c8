import { cpus } from "node:os";
import { writeFigures } from "../figures-page.ts";
import { formatGoals, type Goal } from "../goals.ts";
import { type Section, wantedOf } from "../section.ts";
import type { Effort } from "./contest.ts";
import { benchDurableWrites } from "./durable.ts";
import { benchLatencies } from "./latencies.ts";
import { findPeer, type PeerName } from "./peers.ts";
import { benchTensors } from "./tensors.ts";
import { benchReads } from "./unary.ts";
import { benchIdleWatchers, benchSlowWatcher } from "./watcher-costs.ts";
import { benchWatches } from "./watches.ts";

const calls: Effort = {
  concurrencies: [1, 16, 64, 256],
  rounds: 5,
  seconds: 1,
  warmUp: { atOnce: 64, seconds: 5 },
};
const quickCalls: Effort = { concurrencies: [1, 64], rounds: 2, seconds: 1 };
const watching: Effort = { concurrencies: [1, 100, 1000], rounds: 4, seconds: 1 };
const manyWatching: Effort = { ...watching, concurrencies: [100, 1000], rounds: 3 };
const quickWatching: Effort = { concurrencies: [100], rounds: 2, seconds: 0.5 };

const sections: readonly Section[] = [
  { title: "Reads", run: (isQuick) => benchReads(isQuick ? quickCalls : calls) },
  { title: "Durable writes", run: (isQuick) => benchDurableWrites(isQuick ? quickCalls : calls) },
  {
    title: "Watches",
    async run(isQuick) {
      const one = await benchWatches(isQuick ? quickWatching : watching, 1);
      const many = await benchWatches(isQuick ? quickWatching : manyWatching, 16);
      return { tables: [one.tables, many.tables].join("\n"), goals: [...one.goals, ...many.goals] };
    },
  },
  {
    title: "A slow watcher among others",
    run: (isQuick) => benchSlowWatcher(isQuick ? quickWatching : { ...watching, concurrencies: [100, 1000] }),
  },
  { title: "Idle watchers", run: (isQuick) => benchIdleWatchers(isQuick ? [1000] : [1000, 10_000]) },
  { title: "Latencies, one call at a time", run: (isQuick) => benchLatencies(isQuick ? 0.5 : 3) },
  { title: "Tensors of 64 MiB", run: (isQuick) => benchTensors(isQuick ? 2 : 5) },
];

const peers: readonly PeerName[] = ["etcd", "redis", "postgresql", "nats", "h2load"];

/**
 * Measures servers through the network beside their peers, prints the tables and, in a full run, writes them into
 * `docs/performance.md`, the goals first. Resolves to the exit code: 1 where a peer was lacking or a section failed, which the
 * others do not wait for.
 */
export async function benchNetwork(isQuick: boolean): Promise<number> {
  const missing = peers.filter((peer) => findPeer(peer) === undefined);
  if (missing.length > 0)
    console.error(`not installed, so not measured: ${missing.join(", ")}; see apps/bench/peers.sh`);
  if (missing.includes("h2load")) return 1;
  const wanted = wantedOf(sections);
  const parts: string[] = [];
  const goals: Goal[] = [];
  let failures = 0;
  for (const { title, run } of wanted) {
    let part = `## ${title}\n\n`;
    try {
      const measured = await run(isQuick);
      goals.push(...measured.goals);
      part += measured.tables;
    } catch (error) {
      failures++;
      console.error(error);
      part += "Not measured: it failed.\n";
    }
    console.log(part);
    parts.push(part);
  }
  const summary = `## Goals\n\n${formatGoals(goals)}`;
  console.log(summary);
  const isWhole = !isQuick && wanted.length === sections.length && missing.length === 0;
  const head = `Node ${process.version}, ${cpus().length} cores.\n`;
  if (isWhole) writeFigures("performance.md", "Performance", [head, summary, ...parts].join("\n"));
  return missing.length + failures === 0 ? 0 : 1;
}
