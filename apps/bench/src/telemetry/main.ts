import { cpus } from "node:os";
import { VariableService } from "@trimtab/wire/services";
import { writeFigures } from "../figures-page.ts";
import { measure } from "../measure.ts";
import { type Contestant, contest, type Effort, formatContest } from "../network/contest.ts";
import { runH2load } from "../network/h2load.ts";
import { findPeer } from "../network/peers.ts";
import type { Running } from "../network/processes.ts";
import { callOf, fill, session, variableAt } from "../network/requests.ts";
import { startTrimtab } from "../network/servers.ts";
import { formatTable } from "../table.ts";
import { countingComparisons } from "./counting.ts";

const traces = ["--trace-endpoint", "http://127.0.0.1:9/v1/traces", "--trace-ratio", "0.01"];

/** Ways to run a server, by what it tells of itself. Traces are sent to a port where nobody listens. */
const ways: Readonly<Record<string, readonly string[]>> = {
  "everything off": [],
  "metrics on": ["--metrics"],
  "traces, 1 % sampled": traces,
  "metrics, and traces, 1 % sampled": ["--metrics", ...traces],
};

/**
 * Measures what it costs to tell what happens: of servers in processes of their own, and of counting within one. In a full run
 * the figures are written into `docs/telemetry.md`. Resolves to the exit code.
 */
export async function benchTelemetry(isQuick: boolean): Promise<number> {
  if (findPeer("h2load") === undefined) {
    console.error("not installed: h2load; see apps/bench/peers.sh");
    return 1;
  }
  const effort: Effort = isQuick
    ? { concurrencies: [64], rounds: 2, seconds: 0.5 }
    : { concurrencies: [1, 64], rounds: 5, seconds: 1 };
  const parts = [`Node ${process.version}, ${cpus().length} cores.\n`, ...(await benchServers(effort))];
  const options = isQuick ? { rounds: 3, turnMs: 50 } : { rounds: 9, turnMs: 300 };
  for (const { title, subjects } of await countingComparisons()) {
    parts.push(formatTable(title, await measure(subjects, options)));
  }
  const figures = parts.join("\n");
  console.log(figures);
  if (!isQuick) writeFigures("telemetry.md", "Knowing what happens", figures);
  return 0;
}

async function benchServers(effort: Effort): Promise<string[]> {
  const servers = new Map<string, Running>();
  try {
    for (const [name, settings] of Object.entries(ways)) {
      const server = await startTrimtab("memory", settings);
      servers.set(name, server);
      await fill(server, 1000);
    }
    const method = VariableService.method;
    const read = { sessionId: session, variable: variableAt(0) };
    const write = { ...read, value: { kind: { case: "number" as const, value: 0.7 } } };
    const contestants = (request: (server: Running) => ReturnType<typeof callOf>): Contestant[] =>
      Array.from(servers, ([name, server]) => ({
        name,
        server,
        run: (concurrency, seconds) => runH2load(request(server), concurrency, seconds),
      }));
    const reads = contestants((server) => callOf(server, method.getVariable, { dialect: "Connect", message: read }));
    const writes = contestants((server) => callOf(server, method.setVariable, { dialect: "Connect", message: write }));
    return [
      `### A server's reads\n\n${formatContest(await contest(reads, effort), "GetVariable, Connect over HTTP/2")}`,
      `### A server's writes, on the memory log\n\n${formatContest(await contest(writes, effort), "SetVariable, Connect over HTTP/2")}`,
    ];
  } finally {
    await Promise.all(Array.from(servers.values(), (server) => server.stop()));
  }
}
