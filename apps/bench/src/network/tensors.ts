import { once } from "node:events";
import * as net from "node:net";
import { create } from "@bufbuild/protobuf";
import { createClient } from "@connectrpc/connect";
import { createConnectTransport } from "@connectrpc/connect-node";
import { DType, type NdArray, NdArraySchema, SessionService, VariableService } from "@trimtab/wire/services";
import { median } from "../measure.ts";
import { markdownTable } from "../optimize/markdown.ts";
import { call, connectHttp2, toHttp2 } from "./fanout.ts";
import type { Running } from "./processes.ts";
import { callOf, session } from "./requests.ts";
import { startBareServer, startTrimtab } from "./servers.ts";

const elements = 16 * 1024 * 1024;
const bytes = elements * 4;
const settings = ["--max-message-bytes", String(bytes + 4096), "--max-value-bytes", String(bytes + 4096)];

/** A tensor of 64 MiB written and read, over HTTP/2, beside as many bytes over a bare socket. */
export async function benchTensors(rounds: number): Promise<string> {
  const bare = await startBareServer();
  const [memory, disk] = [await startTrimtab("memory", settings), await startTrimtab("sqlite", settings)];
  try {
    const subjects = [
      { name: "bare socket", server: bare, ...bareTransfers(bare.socketPort) },
      { name: memory.name, server: memory, ...(await tensorTransfers(memory)) },
      { name: disk.name, server: disk, ...(await tensorTransfers(disk)) },
    ];
    const turns = subjects.map(() => ({ write: [] as number[], read: [] as number[] }));
    for (let round = 0; round <= rounds; round++) {
      for (const [index, { write, read }] of subjects.entries()) {
        const took = { write: await timed(write), read: await timed(read) };
        if (round === 0) continue;
        turns[index]?.write.push(took.write);
        turns[index]?.read.push(took.read);
      }
    }
    const rate = (millis: readonly number[]) => bytes / 2 ** 20 / (median(millis) / 1000);
    const [floor] = turns;
    const rows = subjects.map(({ name, server }, index) => {
      const { write = [], read = [] } = turns[index] ?? {};
      const share = (own: readonly number[], bareOnes: readonly number[] = []) =>
        `${((100 * rate(own)) / rate(bareOnes)).toFixed(0)} %`;
      return [
        name,
        rate(write).toFixed(0),
        share(write, floor?.write),
        rate(read).toFixed(0),
        share(read, floor?.read),
        String(Math.round(server.peakBytes() / 2 ** 20)),
      ];
    });
    return markdownTable([["64 MiB", "write MiB/s", "of bare", "read MiB/s", "of bare", "most memory, MiB"], ...rows]);
  } finally {
    await Promise.all([bare.stop(), memory.stop(), disk.stop()]);
  }
}

async function timed(work: () => Promise<void>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

async function tensorTransfers(server: Running) {
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
  const connection = await connectHttp2(server.port);
  const { method } = VariableService;
  const target = { sessionId: session, variable: "weights" };
  const write = toHttp2(
    callOf(server, method.setVariable, { dialect: "gRPC", message: { ...target, value: value(tensor) } }),
  );
  const read = toHttp2(callOf(server, method.getVariable, { dialect: "gRPC", message: target }));
  return { write: () => call(connection, write), read: () => call(connection, read) };
}

/** The first byte says which way the others go; whoever is sent them says a byte when it has them all. */
function bareTransfers(port: number) {
  const data = Buffer.alloc(bytes);
  const open = async () => {
    const socket = net.connect(port, "127.0.0.1");
    await once(socket, "connect");
    return socket;
  };
  return {
    async write() {
      const socket = await open();
      socket.write(Buffer.from([0]));
      socket.write(data);
      await once(socket, "data");
      socket.destroy();
    },
    async read() {
      const socket = await open();
      socket.write(Buffer.from([1]));
      let received = 0;
      for await (const chunk of socket) {
        received += (chunk as Buffer).length;
        if (received >= bytes) break;
      }
      socket.destroy();
    },
  };
}
