import { once } from "node:events";
import * as http from "node:http";
import * as net from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import { create } from "@bufbuild/protobuf";
import { createClient } from "@connectrpc/connect";
import { createConnectTransport } from "@connectrpc/connect-node";
import { DType, type NdArray, NdArraySchema, SessionService, VariableService } from "@trimtab/wire/services";
import { type Goal, type Measured, ratioGoal } from "../goals.ts";
import { median } from "../measure.ts";
import { markdownTable } from "../optimize/markdown.ts";
import { call, connectHttp2, toHttp2 } from "./fanout.ts";
import type { Request } from "./h2load.ts";
import type { Running } from "./processes.ts";
import { openRawHttp2 } from "./raw-http2.ts";
import { callOf, session } from "./requests.ts";
import { type BareServer, startBareServer, startTrimtab } from "./servers.ts";

const elements = 16 * 1024 * 1024;
const bytes = elements * 4;
const settings = ["--max-message-bytes", String(bytes + 4096), "--max-value-bytes", String(bytes + 4096)];

/** One way of having as many bytes taken and given. */
interface Transfers {
  readonly name: string;
  readonly server: Running;
  /** Makes what is written next something else, where that counts. */
  readonly renew?: () => void;
  readonly write: () => Promise<void>;
  readonly read: () => Promise<void>;
}

/** Milliseconds of each turn, and of the server's processor time for a write with whatever it does about it afterwards. */
interface Turns {
  readonly write: number[];
  readonly read: number[];
  readonly writeCpu: number[];
}

/** A tensor of 64 MiB written and read, beside as many bytes over a bare socket and over Node's own HTTP. */
export async function benchTensors(rounds: number): Promise<Measured> {
  const bare = await startBareServer();
  const [memory, disk] = [await startTrimtab("memory", settings), await startTrimtab("sqlite", settings)];
  try {
    const restBytes = disk.residentBytes();
    const subjects = [
      ...(await bareTransfers(bare)),
      ...(await tensorTransfers(memory)),
      ...(await tensorTransfers(disk)),
    ];
    const turns = subjects.map((): Turns => ({ write: [], read: [], writeCpu: [] }));
    for (let round = 0; round <= rounds; round++) {
      for (const [index, subject] of subjects.entries()) {
        const took = await turn(subject);
        if (round > 0) for (const part of ["write", "read", "writeCpu"] as const) turns[index]?.[part].push(took[part]);
      }
    }
    const [floor] = turns;
    const rows = subjects.map(({ name, server }, index) => {
      const { write = [], read = [], writeCpu = [] } = turns[index] ?? {};
      const share = (own: readonly number[], bareOnes: readonly number[] = []) =>
        `${((100 * rate(own)) / rate(bareOnes)).toFixed(0)} %`;
      const peak = String(Math.round(server.peakBytes() / 2 ** 20));
      return [
        name,
        rate(write).toFixed(0),
        share(write, floor?.write),
        median(writeCpu).toFixed(0),
        rate(read).toFixed(0),
        share(read, floor?.read),
        peak,
      ];
    });
    const head = ["64 MiB", "write MiB/s", "of bare", "its CPU ms", "read MiB/s", "of bare", "most memory, MiB"];
    const named = new Map(subjects.map(({ name }, index) => [name, turns[index]]));
    return { tables: markdownTable([head, ...rows]), goals: goalsOf(named, disk.peakBytes() - restBytes) };
  } finally {
    await Promise.all([bare.stop(), memory.stop(), disk.stop()]);
  }
}

/** MiB that go in a second. */
const rate = (millis: readonly number[]) => bytes / 2 ** 20 / (median(millis) / 1000);

const [socketName, keptName] = ["bare socket", "bare socket, bytes kept"];

function goalsOf(turns: ReadonlyMap<string, Turns | undefined>, peakBytes: number): Goal[] {
  const of = (name: string, way: keyof Turns) => rate(turns.get(name)?.[way] ?? []);
  const shares = ["Trimtab, memory, gRPC", "Trimtab, sqlite, gRPC"].flatMap((name) => [
    ratioGoal(`64 MiB written: ${name}, to a bare socket`, [of(name, "write"), of(socketName, "write")], {
      atLeast: 0.6,
    }),
    ratioGoal(`64 MiB written: ${name}, to a bare socket that keeps them`, [of(name, "write"), of(keptName, "write")], {
      atLeast: 0.6,
    }),
    ratioGoal(`64 MiB read: ${name}, to a bare socket`, [of(name, "read"), of(socketName, "read")], { atLeast: 0.6 }),
  ]);
  return [
    ...shares,
    ratioGoal("64 MiB on disk: most memory beyond that at rest, to the value", [peakBytes, bytes], { atMost: 8 }),
  ];
}

/** A write and a read, each when the server has nothing left to do for what came before. */
async function turn({ server, renew, write, read }: Transfers): Promise<Record<keyof Turns, number>> {
  renew?.();
  const before = await cpuAtRest(server);
  const written = await timed(write);
  const writeCpu = ((await cpuAtRest(server)) - before) / 1000;
  return { write: written, writeCpu, read: await timed(read) };
}

/** Longer than a log on disk puts off what it need not do before it answers, in milliseconds. */
const restMs = 150;

/** Waits until a server's processor time stands still, but for a tick of the clock that it is told in. */
async function cpuAtRest(server: Running): Promise<number> {
  for (let last = server.cpuMicros(); ; ) {
    await delay(restMs);
    const now = server.cpuMicros();
    // Where the system does not tell, the pause has to do.
    if (!(now - last > 10_000)) return now;
    last = now;
  }
}

async function timed(work: () => Promise<void>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

async function tensorTransfers(server: Running): Promise<Transfers[]> {
  const transport = createConnectTransport({ baseUrl: `http://127.0.0.1:${server.port}`, httpVersion: "2" });
  await createClient(SessionService, transport).createSession({ sessionId: session });
  const value = (array: NdArray) => ({ kind: { case: "array" as const, value: array } });
  const tensor = create(NdArraySchema, {
    dtype: DType.DTYPE_F32,
    shape: [BigInt(elements)],
    data: new Uint8Array(bytes),
  });
  const constraints = {
    shape: {
      kind: {
        case: "list" as const,
        value: { items: [{ kind: { case: "integer" as const, value: BigInt(elements) } }] },
      },
    },
    dtype: { kind: { case: "string" as const, value: "f32" } },
  };
  const spec = { name: "weights", type: "tensor", value: value(tensor), constraints };
  await createClient(VariableService, transport).registerVariable({ sessionId: session, spec });
  const connection = await openRawHttp2(server.port);
  const { method } = VariableService;
  const target = { sessionId: session, variable: "weights" };
  const requests = (dialect: "Connect" | "gRPC") => ({
    write: callOf(server, method.setVariable, { dialect, message: { ...target, value: value(tensor) } }),
    read: callOf(server, method.getVariable, { dialect, message: target }),
  });
  const [http2, http1] = [requests("gRPC"), requests("Connect")];
  return [
    {
      name: `${server.name}, gRPC`,
      server,
      renew: () => renew(http2.write.body),
      write: () => connection.call(toHttp2(http2.write)),
      read: () => connection.call(toHttp2(http2.read)),
    },
    {
      name: `${server.name}, Connect over HTTP/1.1`,
      server,
      renew: () => renew(http1.write.body),
      write: () => callHttp1(http1.write),
      read: () => callHttp1(http1.read),
    },
  ];
}

let renewed = 0;

/** Changes a number in every page of the tensor that a request ends in, so that no part of it was ever stored before. */
function renew(body: Uint8Array): void {
  renewed++;
  const numbers = new DataView(body.buffer, body.byteOffset + body.length - bytes, bytes);
  for (let at = 0; at < bytes; at += 4096) {
    numbers.setFloat32(at, renewed, true);
    numbers.setFloat32(at + 4, at, true);
  }
}

const agent = new http.Agent({ keepAlive: true });

/** Makes a call over HTTP/1.1 whose answer says no more than that it went well. */
async function callHttp1({ url, contentType, body }: Request): Promise<void> {
  const headers = { "content-type": contentType, "content-length": body.length };
  const request = http.request(url, { method: "POST", agent, headers });
  request.end(body);
  const [response] = (await once(request, "response")) as [http.IncomingMessage];
  const ended = once(response.resume(), "end");
  if (response.statusCode !== 200) throw new Error(`${url} answered ${response.statusCode}`);
  await ended;
}

/** The first byte says which way the others go; whoever is sent them says a byte when it has them all. */
async function bareTransfers(server: BareServer): Promise<Transfers[]> {
  const data = Buffer.alloc(bytes);
  const connection = await connectHttp2(server.port);
  const open = async () => {
    const socket = net.connect(server.socketPort, "127.0.0.1");
    await once(socket, "connect");
    return socket;
  };
  const write = async (kind: number) => {
    const socket = await open();
    socket.write(Buffer.from([kind]));
    socket.write(data);
    await once(socket, "data");
    socket.destroy();
  };
  const read = async () => {
    const socket = await open();
    socket.write(Buffer.from([1]));
    let received = 0;
    await new Promise<void>((resolve, reject) => {
      socket.on("error", reject).on("data", (chunk: Buffer) => {
        received += chunk.length;
        if (received >= bytes) resolve();
      });
    });
    socket.destroy();
  };
  const over2 = (path: string, body: Uint8Array) => () =>
    call(connection, { path, contentType: "application/octet-stream", body });
  return [
    { name: socketName, server, write: () => write(0), read },
    { name: keptName, server, write: () => write(2), read },
    {
      name: "bare node:http2, bytes kept",
      server,
      write: over2("/upload", data),
      read: over2("/download", new Uint8Array()),
    },
  ];
}
