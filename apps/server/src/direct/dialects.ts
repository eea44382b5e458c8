import type { IncomingHttpHeaders } from "node:http";
import type { ConnectError } from "@connectrpc/connect";
import * as connect from "@connectrpc/connect/protocol-connect";
import * as grpc from "@connectrpc/connect/protocol-grpc";
import * as grpcWeb from "@connectrpc/connect/protocol-grpc-web";
import type { Ending } from "@trimtab/http";
import type { DirectMethod } from "./direct-methods.ts";
import { envelope } from "./envelope.ts";
import { soundError } from "./sound-error.ts";
import { statusMessage } from "./status-message.ts";

/** One of the three protocols in one of two encodings, as a content type names them. */
export interface Dialect {
  readonly protocol: "connect" | "grpc" | "grpc-web";
  readonly isBinary: boolean;
  /** Messages travel in envelopes, and how the call ended after them; in a unary call of Connect neither is so. */
  readonly isFramed: boolean;
  /** The content type of answers. */
  readonly contentType: string;
  /** Names of headers, in lower case. */
  readonly timeout: string;
  readonly encoding: string;
  readonly acceptEncoding: string;
  readonly parseTimeout: (value: string, maxMs: number) => { timeoutMs?: number; error?: ConnectError | undefined };
  /** What follows the messages of an answer, an envelope more or trailers of HTTP; with `undefined`, it ended well. */
  ending(error: ConnectError | undefined, method: HowToTell, trailer?: Headers): Ending;
}

type HowToTell = Partial<Pick<DirectMethod, "jsonOptions">>;

const utf8 = new TextEncoder();

function connectEnding(error: ConnectError | undefined, { jsonOptions }: HowToTell, trailer = new Headers()): Ending {
  const end = connect.endStreamToJson(trailer, error, jsonOptions);
  return { bytes: envelope(connect.endStreamFlag, utf8.encode(JSON.stringify(end))) };
}

function grpcEnding(error: ConnectError | undefined, _: HowToTell, trailer?: Headers): Ending {
  if (error === undefined && trailer === undefined) return endedWell;
  const told = error && soundError(error);
  const status = grpc.setTrailerStatus(trailer ?? new Headers(), told);
  if (told !== undefined) status.set("grpc-message", statusMessage(told.rawMessage));
  return { trailers: Object.fromEntries(status) };
}
const endedWell: Ending = { trailers: { "grpc-status": grpc.grpcStatusOk } };

function grpcWebEnding(error: ConnectError | undefined, _: HowToTell, trailer?: Headers): Ending {
  if (error === undefined && trailer === undefined) return endedWellInBody;
  const status = grpc.setTrailerStatus(trailer ?? new Headers(), error && soundError(error));
  return { bytes: envelope(grpcWeb.trailerFlag, grpcWeb.trailerSerialize(status)) };
}
const endedWellInBody: Ending = {
  bytes: envelope(grpcWeb.trailerFlag, grpcWeb.trailerSerialize(grpc.setTrailerStatus(new Headers(), undefined))),
};

type Encoding = Pick<Dialect, "isBinary" | "contentType">;

const connectUnary = (encoding: Encoding): Dialect => ({
  protocol: "connect",
  isFramed: false,
  timeout: "connect-timeout-ms",
  encoding: "content-encoding",
  acceptEncoding: "accept-encoding",
  parseTimeout: connect.parseTimeout,
  ending: connectEnding,
  ...encoding,
});

const connectStream = (encoding: Encoding): Dialect => ({
  ...connectUnary(encoding),
  isFramed: true,
  encoding: "connect-content-encoding",
  acceptEncoding: "connect-accept-encoding",
});

const grpcCall = (encoding: Encoding): Dialect => ({
  protocol: "grpc",
  isFramed: true,
  timeout: "grpc-timeout",
  encoding: "grpc-encoding",
  acceptEncoding: "grpc-accept-encoding",
  parseTimeout: grpc.parseTimeout,
  ending: grpcEnding,
  ...encoding,
});

const grpcWebCall = (encoding: Encoding): Dialect => ({
  ...grpcCall(encoding),
  protocol: "grpc-web",
  ending: grpcWebEnding,
});

const grpcDialects: readonly [string, Dialect][] = [
  ["application/grpc", grpcCall({ isBinary: true, contentType: grpc.contentTypeProto })],
  [grpc.contentTypeProto, grpcCall({ isBinary: true, contentType: grpc.contentTypeProto })],
  [grpc.contentTypeJson, grpcCall({ isBinary: false, contentType: grpc.contentTypeJson })],
  ["application/grpc-web", grpcWebCall({ isBinary: true, contentType: grpcWeb.contentTypeProto })],
  [grpcWeb.contentTypeProto, grpcWebCall({ isBinary: true, contentType: grpcWeb.contentTypeProto })],
  [grpcWeb.contentTypeJson, grpcWebCall({ isBinary: false, contentType: grpcWeb.contentTypeJson })],
];

/** Dialects by content type, as most clients write it. */
type Dialects = ReadonlyMap<string, Dialect>;

/** Finds the dialect of a content type, also where it names the character set that JSON has anyway, or is in capitals. */
export const dialectOf = (dialects: Dialects, contentType: string): Dialect | undefined =>
  dialects.get(contentType) ?? dialects.get(contentType.toLowerCase().replace(/(?<=json); ?charset=utf-?8$/, ""));

/** Dialects of unary calls. */
export const unaryDialects: Dialects = new Map([
  ...grpcDialects,
  [connect.contentTypeUnaryProto, connectUnary({ isBinary: true, contentType: connect.contentTypeUnaryProto })],
  [connect.contentTypeUnaryJson, connectUnary({ isBinary: false, contentType: connect.contentTypeUnaryJson })],
]);

/** Dialects of streams. */
export const streamDialects: Dialects = new Map([
  ...grpcDialects,
  [connect.contentTypeStreamProto, connectStream({ isBinary: true, contentType: connect.contentTypeStreamProto })],
  [connect.contentTypeStreamJson, connectStream({ isBinary: false, contentType: connect.contentTypeStreamJson })],
]);

/** Longest time limit that is taken, as by Connect. */
const maxTimeoutMs = Number.MAX_SAFE_INTEGER;

/** The time limit that a request names. */
export function timeoutOf(headers: IncomingHttpHeaders, dialect: Dialect): ReturnType<Dialect["parseTimeout"]> {
  const timeout = headers[dialect.timeout];
  return typeof timeout === "string" ? dialect.parseTimeout(timeout, maxTimeoutMs) : {};
}
