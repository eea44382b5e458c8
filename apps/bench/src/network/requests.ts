import {
  create,
  type DescMessage,
  type DescMethod,
  type MessageInitShape,
  toBinary,
  toJsonString,
} from "@bufbuild/protobuf";
import { createClient } from "@connectrpc/connect";
import { createConnectTransport } from "@connectrpc/connect-node";
import { SessionService, VariableService } from "@trimtab/wire/services";
import type { Request } from "./h2load.ts";
import type { Running } from "./processes.ts";

/** How a request is put. */
export type Dialect = "Connect" | "Connect, JSON" | "gRPC" | "gRPC-web";

const contentTypes: Readonly<Record<Dialect, string>> = {
  Connect: "application/proto",
  "Connect, JSON": "application/json",
  gRPC: "application/grpc+proto",
  "gRPC-web": "application/grpc-web+proto",
};

/** A call of a Trimtab server as the bytes that a client sends. */
export function callOf<M extends DescMethod>(
  server: Running,
  method: M,
  { dialect, message }: { dialect: Dialect; message: MessageInitShape<M["input"]> },
): Request {
  const input: DescMessage = method.input;
  const full = create(input, message);
  const bytes = dialect === "Connect, JSON" ? Buffer.from(toJsonString(input, full)) : toBinary(input, full);
  const isStream = method.methodKind !== "unary";
  const contentType = contentTypes[dialect];
  return {
    url: `http://127.0.0.1:${server.port}/${method.parent.typeName}/${method.name}`,
    contentType: isStream && dialect.startsWith("Connect") ? contentType.replace("/", "/connect+") : contentType,
    body: isStream || dialect.startsWith("gRPC") ? inEnvelope(bytes) : bytes,
  };
}

/** Puts a message into an envelope, as gRPC does. */
export function inEnvelope(message: Uint8Array): Uint8Array {
  const head = Buffer.alloc(5);
  head.writeUInt32BE(message.length, 1);
  return Buffer.concat([head, message]);
}

/** The session that everything is measured in, and the first of its variables. */
export const session = "bench";
/** The name of a variable of the session. */
export const variableAt = (index: number): string => `temperature_${index}`;

/** Fills a server with a session of small variables. */
export async function fill(server: Running, count: number): Promise<void> {
  const transport = createConnectTransport({ baseUrl: `http://127.0.0.1:${server.port}`, httpVersion: "2" });
  await createClient(SessionService, transport).createSession({ sessionId: session });
  const specs = Array.from({ length: count }, (_, index) => ({
    name: variableAt(index),
    type: "float",
    value: { kind: { case: "number" as const, value: 0.5 } },
    constraints: {
      min: { kind: { case: "number" as const, value: 0 } },
      max: { kind: { case: "number" as const, value: 2 } },
    },
  }));
  await createClient(VariableService, transport).batchRegisterVariables({ sessionId: session, specs });
}

/** An etcd request: protobuf of two fields of bytes, put by hand. */
export function etcdCall(
  server: Running,
  method: "Put" | "Range",
  fields: readonly [number, Uint8Array | boolean][],
): Request {
  const parts = fields.flatMap(([number, value]) =>
    typeof value === "boolean"
      ? [Buffer.from([number << 3, value ? 1 : 0])]
      : [Buffer.from([(number << 3) | 2]), varint(value.length), value],
  );
  return {
    url: `http://127.0.0.1:${server.port}/etcdserverpb.KV/${method}`,
    contentType: "application/grpc",
    body: inEnvelope(Buffer.concat(parts)),
  };
}

/** A request to hear of the changes of a key; etcd's watches are streams of such requests. */
export const etcdWatch = (server: Running, key: Uint8Array): Request => ({
  url: `http://127.0.0.1:${server.port}/etcdserverpb.Watch/Watch`,
  contentType: "application/grpc",
  body: inEnvelope(Buffer.concat([Buffer.from([10, key.length + 2, 10, key.length]), key])),
});

const varint = (value: number): Buffer => Buffer.from(value < 128 ? [value] : [(value & 127) | 128, value >> 7]);
