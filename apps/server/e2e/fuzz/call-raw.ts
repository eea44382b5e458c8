import * as http2 from "node:http2";
import type { DescMethod } from "@bufbuild/protobuf";
import type { HostileBody } from "./hostile-body.ts";

/** The protocols by which a method can be called. */
export const protocols = ["connect", "grpc", "grpc-web"] as const;
export type Protocol = (typeof protocols)[number];

/** How a call came out: with an answer, or with an error and its code. */
export type Outcome =
  | { readonly kind: "answered" }
  | { readonly kind: "refused"; readonly code: string; readonly message: string };

/** One call. */
export interface HostileCall {
  readonly body: HostileBody;
  readonly protocol: Protocol;
  /** What follows the content type where it is JSON: most clients write nothing, and servers may treat those apart. */
  readonly spelling?: string;
}

/** How long a call may take before it counts as one that is never answered. */
const boundMs = 30_000;

/** Of an answer no more than this is read; whoever sends more has answered. */
const enoughBytes = 256 * 1024;

/** Calls a method with these bytes as its message, over a connection of HTTP/2. A stream is left after its first message. */
export function callRaw(
  session: http2.ClientHttp2Session,
  method: DescMethod,
  { body, protocol, spelling = "" }: HostileCall,
): Promise<Outcome> {
  const isFramed = protocol !== "connect" || method.methodKind !== "unary";
  const path = `/${method.parent.typeName}/${method.name}`;
  const packing =
    protocol === "connect" ? (isFramed ? "connect-content-encoding" : "content-encoding") : "grpc-encoding";
  const stream = session.request({
    ":method": "POST",
    ":path": path,
    "content-type": `${contentType(protocol, isFramed, body.encoding)}${body.encoding === "json" ? spelling : ""}`,
    ...(protocol === "grpc" && { te: "trailers" }),
    ...(body.packed !== undefined && { [packing]: body.packed }),
  });
  stream.end(isFramed ? enveloped(body) : body.bytes);
  return new Promise((resolve, reject) => {
    let [status, headers, trailers]: [number, Fields, Fields] = [0, {}, {}];
    const chunks: Buffer[] = [];
    const finish = () => {
      clearTimeout(timer);
      if (status === 0) return reject(new Error(`${path} was not answered: its connection broke off`));
      resolve(readOutcome({ status, headers, trailers, bytes: Buffer.concat(chunks), protocol, isFramed }));
    };
    const timer = setTimeout(() => {
      stream.close(http2.constants.NGHTTP2_CANCEL);
      reject(new Error(`${path} was not answered within ${boundMs} ms`));
    }, boundMs);
    stream.on("response", (fields) => {
      headers = fields;
      status = Number(fields[":status"]);
    });
    stream.on("trailers", (fields) => (trailers = fields));
    stream.on("data", (chunk: Buffer) => {
      chunks.push(chunk);
      // A message comes in an envelope whose first byte says no more than whether it is packed.
      const isMessage = (chunks[0]?.[0] ?? 0) <= 1;
      const isEnough = method.methodKind === "server_streaming" && chunk.length > 5 && isMessage;
      if (isEnough || chunks.reduce((sum, each) => sum + each.length, 0) > enoughBytes) {
        stream.close(http2.constants.NGHTTP2_CANCEL);
      }
    });
    stream.on("error", () => {});
    stream.on("close", finish);
  });
}

type Fields = http2.IncomingHttpHeaders;

function contentType(protocol: Protocol, isFramed: boolean, encoding: string): string {
  if (protocol !== "connect") return `application/${protocol}+${encoding}`;
  return isFramed ? `application/connect+${encoding}` : `application/${encoding}`;
}

function enveloped({ bytes, packed }: HostileBody): Buffer {
  const head = Buffer.alloc(5);
  head.writeUInt8(packed === undefined ? 0 : 1);
  head.writeUInt32BE(bytes.length, 1);
  return Buffer.concat([head, bytes]);
}

interface Received {
  readonly status: number;
  readonly headers: Fields;
  readonly trailers: Fields;
  readonly bytes: Buffer;
  readonly protocol: Protocol;
  readonly isFramed: boolean;
}

function readOutcome({ status, headers, trailers, bytes, protocol, isFramed }: Received): Outcome {
  if (status !== 200) return fromConnect(status, bytes);
  if (!isFramed) return { kind: "answered" };
  if (protocol === "connect") return fromEndStream(bytes);
  const text = bytes.toString("latin1");
  const said = (name: string): string => {
    const inBody = new RegExp(`(?:^|[\\s\\S]{5}|\\n)${name}: ([^\\r\\n]*)\\r\\n`, "i").exec(text)?.[1];
    return String(trailers[name] ?? headers[name] ?? inBody ?? "");
  };
  const code = said("grpc-status") || "0";
  const message = decodeURIComponent(said("grpc-message"));
  return code === "0" ? { kind: "answered" } : { kind: "refused", code: grpcCodes[Number(code)] ?? code, message };
}

/** Names of gRPC's status codes, as Connect writes them. */
const grpcCodes =
  "ok canceled unknown invalid_argument deadline_exceeded not_found already_exists permission_denied resource_exhausted failed_precondition aborted out_of_range unimplemented internal unavailable data_loss unauthenticated".split(
    " ",
  );

function fromConnect(status: number, bytes: Buffer): Outcome {
  try {
    const { code, message } = JSON.parse(bytes.toString());
    return { kind: "refused", code, message };
  } catch {
    return { kind: "refused", code: `http ${status}`, message: bytes.toString() };
  }
}

/** Reads whether a stream of Connect begins with its end, and with which error. */
function fromEndStream(bytes: Buffer): Outcome {
  if (bytes.length < 5 || (bytes.readUInt8() & 2) === 0) return { kind: "answered" };
  const { error } = JSON.parse(bytes.subarray(5).toString());
  return error === undefined ? { kind: "answered" } : { kind: "refused", ...error };
}
