import type { DescMethod, MessageInitShape } from "@bufbuild/protobuf";
import { DependencyService, HistoryService, OptimizationService, VariableService } from "@trimtab/wire/services";
import type { Measured } from "../goals.ts";
import { markdownTable } from "../optimize/markdown.ts";
import { toHttp2 } from "./fanout.ts";
import { type Request, runH2load } from "./h2load.ts";
import { type Load, summarise } from "./load.ts";
import type { Running } from "./processes.ts";
import { openRawHttp2, type RawConnection } from "./raw-http2.ts";
import { callOf, fill, session, variableAt } from "./requests.ts";
import { startTrimtab } from "./servers.ts";

/** One kind of call, and what it should take at most: the 50th, 95th and 99th percentile in milliseconds. */
interface Row {
  readonly name: string;
  readonly targets: readonly [number, number, number];
  readonly request: Request;
  /** Undoes it, untimed, where it cannot be made again as it is. */
  readonly undo?: Request;
}

const logs = [
  ["memory", "in memory"],
  ["sqlite", "on disk"],
] as const;

/** Each kind of call by itself, one at a time over HTTP/2, of a server that keeps everything in memory and of one that keeps it on disk. */
export async function benchLatencies(seconds: number): Promise<Measured> {
  const measured = new Map<string, Measurement[]>();
  for (const [log, where] of logs) measured.set(where, await measureAll(log, seconds));
  const [first = []] = measured.values();
  const head = ["call", ...[...measured.keys()].map((where) => `p50/p95/p99 ms, ${where}`), "goals"];
  const rows = first.map(({ row }, index) => [
    row.name,
    ...[...measured.values()].map((all) => all[index]?.percentiles.map((each) => each.toFixed(2)).join(" / ") ?? "-"),
    row.targets.join(" / "),
  ]);
  const goals = [...measured].flatMap(([where, all]) =>
    all.map(({ row, percentiles }) => ({
      text: `${row.name}, ${where}: the worst of p50, p95 and p99, to its goal`,
      measured: Math.max(...percentiles.map((each, index) => each / (row.targets[index] ?? Number.NaN))),
      limit: { atMost: 1 },
    })),
  );
  return { tables: markdownTable([head, ...rows]), goals };
}

interface Measurement {
  readonly row: Row;
  readonly percentiles: readonly number[];
}

async function measureAll(log: "memory" | "sqlite", seconds: number): Promise<Measurement[]> {
  const server = await startTrimtab(log);
  try {
    await fill(server, 1000);
    const connection = await openRawHttp2(server.port);
    const rows = rowsOf(server);
    // The history that is asked for.
    for (let i = 0; i < 150; i++) await connection.call(toHttp2(rows.write.request));
    const measured: Measurement[] = [];
    for (const row of Object.values(rows)) {
      await warmUp(connection, row, seconds);
      const { p50, p95, p99 } = await timeCalls(connection, row, seconds);
      measured.push({ row, percentiles: [p50, p95, p99] });
    }
    connection.close();
    return measured;
  } finally {
    await server.stop();
  }
}

/** A server in JavaScript is translated while it runs, and is at its pace after many calls. */
const warmUp = (connection: RawConnection, row: Row, seconds: number): Promise<Load> =>
  row.undo === undefined ? runH2load(row.request, 64, seconds) : timeCalls(connection, row, seconds);

/** By the load generator, whose own part in it is the least; what must be undone by frames from here. */
async function timeCalls(connection: RawConnection, { request, undo }: Row, seconds: number): Promise<Load> {
  if (undo === undefined) return runH2load(request, 1, seconds);
  const millis: number[] = [];
  for (const end = performance.now() + seconds * 1000; performance.now() < end; ) {
    const start = performance.now();
    await connection.call(toHttp2(request));
    millis.push(performance.now() - start);
    await connection.call(toHttp2(undo));
  }
  return summarise(millis, seconds);
}

const number = (value: number) => ({ kind: { case: "number" as const, value } });

function rowsOf(server: Running): Readonly<Record<string, Row>> & { readonly write: Row } {
  const request = <M extends DescMethod>(method: M, message: MessageInitShape<M["input"]>): Request =>
    callOf(server, method, { dialect: "gRPC", message });
  const ten = Array.from({ length: 10 }, (_, index) => variableAt(index));
  const dependency = { variable: variableAt(500), dependsOn: variableAt(501) };
  const { method } = VariableService;
  return {
    read: {
      name: "read a variable",
      targets: [0.1, 0.5, 1],
      request: request(method.getVariable, { sessionId: session, variable: variableAt(1) }),
    },
    write: {
      name: "write a variable",
      targets: [0.5, 2, 5],
      request: request(method.setVariable, { sessionId: session, variable: variableAt(0), value: number(0.7) }),
    },
    readTen: {
      name: "read ten at once",
      targets: [0.5, 2, 5],
      request: request(method.batchGetVariables, { sessionId: session, variables: ten }),
    },
    writeTen: {
      name: "write ten at once",
      targets: [2, 5, 10],
      request: request(method.batchSetVariables, {
        sessionId: session,
        updates: ten.map((variable) => ({ variable, value: number(0.7) })),
      }),
    },
    addDependency: {
      name: "add a dependency",
      targets: [0.2, 1, 2],
      request: request(DependencyService.method.addDependency, { sessionId: session, spec: dependency }),
      undo: request(DependencyService.method.removeDependency, { sessionId: session, ...dependency }),
    },
    startOptimization: {
      name: "start an optimization",
      targets: [1, 5, 10],
      request: request(OptimizationService.method.startOptimization, {
        sessionId: session,
        variables: [variableAt(600)],
        optimizer: "bench",
      }),
      undo: request(OptimizationService.method.stopOptimization, {
        sessionId: session,
        target: { case: "variable", value: variableAt(600) },
        force: true,
      }),
    },
    history: {
      name: "read 100 versions",
      targets: [5, 20, 50],
      request: request(HistoryService.method.listVariableHistory, {
        sessionId: session,
        variable: variableAt(0),
        pageSize: 100,
      }),
    },
  };
}
