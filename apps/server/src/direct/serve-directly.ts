import type { OutgoingHttpHeaders } from "node:http";
import type { Message } from "@bufbuild/protobuf";
import type { HandlerContext } from "@connectrpc/connect";
import type { Compression } from "@connectrpc/connect/protocol";
import type { Exchange } from "@trimtab/http";
import type { ForwardedFor } from "../forwarded-for.ts";
import type { OnRefused } from "../log-calls.ts";
import { fail, stream, succeed, toConnectError } from "./answers.ts";
import type { Call } from "./call.ts";
import { createCallContext } from "./call-context.ts";
import { type Dialect, dialectOf, streamDialects, timeoutOf, unaryDialects } from "./dialects.ts";
import type { DirectMethod } from "./direct-methods.ts";
import { type RequestSink, readRequest } from "./read-request.ts";
import { createRequestDeadlines } from "./request-deadlines.ts";

/** What is served directly, and how. */
export interface DirectOptions {
  readonly methods: ReadonlyMap<string, DirectMethod>;
  readonly readMaxBytes: number;
  /** Ways of packing large answers for those who accept them, and that requests may be packed in. */
  readonly compressions: readonly Compression[];
  /** Fields that every answer to a request carries; asked only where the request names an origin. */
  readonly originFields: (exchange: Exchange) => OutgoingHttpHeaders | undefined;
  /** Called before a request is read; what it throws refuses the call. Connect's router is given the same one. */
  readonly requestGate?: ((context: HandlerContext) => void | Promise<void>) | undefined;
  readonly forwardedFor?: ForwardedFor | undefined;
  /** Hears of calls whose request cannot be read. */
  readonly onUnread?: OnRefused | undefined;
}

/**
 * Makes the function that serves calls with one request (unary ones and streams of answers) without layers between HTTP
 * and a handler. It takes what clients commonly send and says `false` to everything else (GET, packing that
 * is not known, calls that are not there), which Connect's router then serves.
 */
export function createDirectServer(options: DirectOptions): (exchange: Exchange) => boolean {
  const { methods, readMaxBytes, compressions, originFields, requestGate, onUnread } = options;

  const refuse = (call: Call, error: unknown): void => {
    onUnread?.(call.context, error);
    fail(call, toConnectError(error));
  };

  const invoke = (call: Call, bytes: Uint8Array): void => {
    let request: Message;
    try {
      request = call.codec.parse(bytes);
    } catch (error) {
      return void refuse(call, error);
    }
    let result: unknown;
    try {
      result = call.method.invoke(request, call.context);
    } catch (error) {
      return void fail(call, toConnectError(error));
    }
    if (call.method.isStream) return void stream(call, result as AsyncIterable<object>);
    Promise.resolve(result).then(
      (message) => succeed(call, message, compressions),
      (error: unknown) => fail(call, toConnectError(error)),
    );
  };

  const receive = (call: Call, bytes: Uint8Array, isPacked: boolean): void => {
    if (call.packing === undefined || !isPacked) return void invoke(call, bytes);
    const unpacked = call.packing.decompress(new Uint8Array(bytes), readMaxBytes);
    unpacked.then(
      (whole) => invoke(call, whole),
      (error: unknown) => refuse(call, error),
    );
  };

  const deadlines = createRequestDeadlines();
  const sink: RequestSink = { maxBytes: readMaxBytes, deadlines, onMessage: receive, onError: refuse };

  /** Begins a call once the gate lets it through; most are let through without a wait. */
  const pass = (call: Call): void => {
    const shut = (error: unknown): void => fail(call, toConnectError(error));
    let passing: void | Promise<void>;
    try {
      passing = requestGate?.(call.context);
    } catch (error) {
      shut(error);
      return;
    }
    if (passing instanceof Promise) passing.then(() => readRequest(call, sink), shut);
    else readRequest(call, sink);
  };

  return (exchange) => {
    const method = methods.get(exchange.path ?? "");
    if (method === undefined || exchange.method !== "POST") return false;
    const dialects = method.isStream ? streamDialects : unaryDialects;
    const dialect = dialectOf(dialects, exchange.headers["content-type"] ?? "");
    if (dialect === undefined || (dialect.protocol === "grpc" && !exchange.hasTrailers)) return false;
    const packing = packingOf(exchange, dialect, compressions);
    if (packing === "unknown") return false;
    const timeout = timeoutOf(exchange.headers, dialect);
    if (timeout.error !== undefined) return false;
    const call: Call = {
      exchange,
      method,
      dialect,
      codec: dialect.isBinary ? method.binary : method.json,
      packing,
      context: createCallContext({
        exchange,
        method: method.method,
        protocolName: dialect.protocol,
        timeoutMs: timeout.timeoutMs,
        forwardedFor: options.forwardedFor,
      }),
      fields: exchange.headers.origin === undefined ? undefined : originFields(exchange),
    };
    pass(call);
    return true;
  };
}

/** What a request is packed in: all of it, or in an envelope what is marked so. */
function packingOf({ headers }: Exchange, { encoding }: Dialect, known: readonly Compression[]) {
  const name = headers[encoding];
  if (name === undefined || name === "identity") return undefined;
  return known.find((each) => each.name === name) ?? "unknown";
}
