import type { DescMethod, MessageInitShape } from "@bufbuild/protobuf";
import { DependencyService, HistoryService, OptimizationService, VariableService } from "@trimtab/wire/services";
import type { Goal, Measured } from "../goals.ts";
import { markdownTable } from "../optimize/markdown.ts";
import { type Http2Request, toHttp2 } from "./fanout.ts";
import { summarise } from "./load.ts";
import type { Running } from "./processes.ts";
import { openRawHttp2 } from "./raw-http2.ts";
import { callOf, fill, session, variableAt } from "./requests.ts";
import { startTrimtab } from "./servers.ts";

/** One kind of call, and what it should take at most: the 50th, 95th and 99th percentile in milliseconds. */
interface Row {
  readonly name: string;
  readonly targets: readonly [number, number, number];
  readonly request: Http2Request;
  /** Undoes it, untimed. */
  readonly undo?: Http2Request;
}

/** Each kind of call by itself, one at a time over HTTP/2, of a server that keeps everything on disk. */
export async function benchLatencies(seconds: number): Promise<Measured> {
  const server = await startTrimtab("sqlite");
  try {
    await fill(server, 1000);
    const connection = await openRawHttp2(server.port);
    const rows: string[][] = [];
    const goals: Goal[] = [];
    const all = rowsOf(server);
    // The history that is asked for.
    for (let i = 0; i < 150; i++) await connection.call(all.write.request);
    for (const { name, targets, request, undo } of Object.values(all)) {
      const millis: number[] = [];
      const warmUp = performance.now() + (seconds * 1000) / 4;
      for (const end = warmUp + seconds * 1000; performance.now() < end; ) {
        const start = performance.now();
        await connection.call(request);
        const took = performance.now() - start;
        if (start > warmUp) millis.push(took);
        if (undo !== undefined) await connection.call(undo);
      }
      const { p50, p95, p99 } = summarise(millis, seconds);
      const all = [p50, p95, p99];
      rows.push([name, ...all.map((each) => each.toFixed(3)), targets.join(" / ")]);
      const worst = Math.max(...all.map((each, index) => each / (targets[index] ?? Number.NaN)));
      goals.push({
        text: `${name}: the worst of p50, p95 and p99, to its goal`,
        measured: worst,
        limit: { atMost: 1 },
      });
    }
    connection.close();
    return { tables: markdownTable([["call", "p50 ms", "p95 ms", "p99 ms", "goals"], ...rows]), goals };
  } finally {
    await server.stop();
  }
}

const number = (value: number) => ({ kind: { case: "number" as const, value } });

function rowsOf(server: Running): Readonly<Record<string, Row>> & { readonly write: Row } {
  const request = <M extends DescMethod>(method: M, message: MessageInitShape<M["input"]>): Http2Request =>
    toHttp2(callOf(server, method, { dialect: "gRPC", message }));
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
