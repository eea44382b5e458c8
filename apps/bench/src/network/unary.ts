import { VariableService } from "@trimtab/wire/services";
import { type Goal, type Measured, ratioGoal } from "../goals.ts";
import { type Contestant, contest, type Effort, figureOf, formatContest, type Result } from "./contest.ts";
import { type Request, runH2load } from "./h2load.ts";
import { startPeer } from "./peers.ts";
import type { Running } from "./processes.ts";
import { callOf, type Dialect, etcdCall, fill, session, variableAt } from "./requests.ts";
import { startBareServer, startTrimtab } from "./servers.ts";

/** Reads of one small variable, beside an echo of Node's own HTTP and a read of etcd that need not be the latest. */
export async function benchReads(effort: Effort): Promise<Measured> {
  const bare = await startBareServer();
  const trimtab = await startTrimtab("memory");
  const etcd = await startPeer("etcd");
  try {
    await fill(trimtab, 1000);
    const message = { sessionId: session, variable: variableAt(0) };
    const read = (dialect: Dialect, http1 = false): Contestant =>
      load(`Trimtab, ${dialect}`, trimtab, {
        ...callOf(trimtab, VariableService.method.getVariable, { dialect, message }),
        http1,
      });
    const echo: Request = {
      url: `http://127.0.0.1:${bare.port}/echo`,
      contentType: "application/proto",
      body: Buffer.alloc(37),
    };
    const http1Echo = { ...echo, url: `http://127.0.0.1:${bare.http1Port}/echo`, http1: true };
    const over2 = [
      load("bare node:http2", bare, echo),
      read("Connect"),
      read("Connect, JSON"),
      read("gRPC"),
      read("gRPC-web"),
    ];
    if (etcd !== undefined) {
      await runH2load(
        etcdCall(etcd, "Put", [
          [1, key],
          [2, Buffer.alloc(100, "x")],
        ]),
        1,
        0.1,
      );
      over2.push(
        load(
          etcdRange,
          etcd,
          etcdCall(etcd, "Range", [
            [1, key],
            [7, true],
          ]),
        ),
      );
    }
    const over1 = [
      load("bare node:http", bare, http1Echo),
      read("Connect", true),
      read("Connect, JSON", true),
      read("gRPC-web", true),
    ];
    const [http2, http1] = [await contest(over2, effort), await contest(over1, effort)];
    return {
      tables: [formatContest(http2, "reads over HTTP/2"), formatContest(http1, "reads over HTTP/1.1")].join("\n"),
      goals: [...goalsOf(http2, "bare node:http2", "HTTP/2"), ...goalsOf(http1, "bare node:http", "HTTP/1.1")],
    };
  } finally {
    await Promise.all([bare.stop(), trimtab.stop(), etcd?.stop()]);
  }
}

function goalsOf(results: readonly Result[], bare: string, version: string): Goal[] {
  const figure = figureOf(results);
  return results.slice(1).flatMap(({ name }) => {
    if (name === etcdRange)
      return [
        ratioGoal("reads/s by gRPC, 64 at once, to etcd's", [figure("Trimtab, gRPC", 64), figure(name, 64)], {
          atLeast: 2.5,
        }),
      ];
    const to = `${name} over ${version}, 64 at once, to ${bare}`;
    const cpu = [figure(name, 64, "cpuMicros"), figure(bare, 64, "cpuMicros")] as const;
    return [
      ratioGoal(`processor time of a read: ${to}`, cpu, { atMost: 1.5 }),
      ratioGoal(`reads/s: ${to}`, [figure(name, 64), figure(bare, 64)], { atLeast: 0.8 }),
    ];
  });
}

const etcdRange = "etcd, serializable range";
const key = Buffer.from("temperature");

const load = (name: string, server: Running, request: Request): Contestant => ({
  name,
  server,
  run: (concurrency, seconds) => runH2load(request, concurrency, seconds),
});
