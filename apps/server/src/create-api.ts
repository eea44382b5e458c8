import type { ConnectRouter, HandlerContext } from "@connectrpc/connect";
import { compressionBrotli, compressionGzip } from "@connectrpc/connect-node";
import type { Cors } from "./cors.ts";
import { collectDirectMethods } from "./direct/direct-methods.ts";
import { createDirectServer } from "./direct/serve-directly.ts";
import type { Fallback } from "./fallback.ts";
import type { ForwardedFor } from "./forwarded-for.ts";
import { inBinary } from "./http/base64-exchange.ts";
import type { ExchangeHandler } from "./http/protocol-server.ts";
import { sendText } from "./http/send.ts";
import type { OnRefused } from "./log-calls.ts";
import { tellingTooLarge } from "./message-too-large.ts";
import { createRoutedServer } from "./routed/serve-routed.ts";
import { createStrayObserver } from "./stray-calls.ts";
import type { IsTrustedOrigin } from "./trusted-origins.ts";

/** What an API is made of. */
export interface ApiOptions {
  /** Registers the services. */
  readonly routes: (router: ConnectRouter) => void;
  /** Largest message that is read. */
  readonly readMaxBytes: number;
  readonly cors: Cors;
  /** Handles what is no call. */
  readonly fallback: Fallback;
  /** Hears of answers that could not be made. */
  readonly onError: (error: unknown) => void;
  readonly requestGate?: RequestGate | undefined;
  /** Says where a call came from that proxies have forwarded; without it they are not believed. */
  readonly forwardedFor?: ForwardedFor | undefined;
  /** Requests of pages of other origins are refused unread; without it none are. */
  readonly isTrustedOrigin?: IsTrustedOrigin | undefined;
  /** Hears of calls that cannot be read, and of those to methods that are not there. */
  readonly onUnread?: OnRefused | undefined;
}

/** Is called with a call before its request is read; what it throws refuses the call. */
export type RequestGate = (context: HandlerContext) => void | Promise<void>;

const compressions = [compressionGzip, compressionBrotli].map(tellingTooLarge);

/**
 * Makes the handler of a port's API. Connect's router defines it and serves whatever comes; the common kinds of calls
 * are served directly, from the same definitions, at a fraction of the cost.
 */
export function createApi(options: ApiOptions): ExchangeHandler {
  const { routes, readMaxBytes, cors, fallback, requestGate, forwardedFor, isTrustedOrigin, onError, onUnread } =
    options;
  const serveDirectly = createDirectServer({
    methods: collectDirectMethods(routes, { readMaxBytes }),
    readMaxBytes,
    compressions,
    requestGate,
    forwardedFor,
    originFields: (exchange) => cors(exchange)?.fields,
    onUnread,
  });
  const serveRouted = createRoutedServer({
    routes,
    router: { readMaxBytes, acceptCompression: compressions, ...(requestGate !== undefined && { requestGate }) },
    forwardedFor,
    onError,
    onUnread,
  });
  const tellStray = onUnread && createStrayObserver(onUnread, forwardedFor);
  const handle: ExchangeHandler = (exchange) => {
    const { origin } = exchange.headers;
    if (origin !== undefined && isTrustedOrigin?.(origin) === false)
      return sendText(exchange, { status: 403, text: strangeOrigin });
    if (serveDirectly(exchange)) return;
    const binary = inBinary(exchange);
    if (binary !== undefined) return handle(binary);
    const { fields, isPreflight } = cors(exchange) ?? { fields: {}, isPreflight: false };
    if (isPreflight) {
      exchange.start(204, fields);
      exchange.end({});
    } else if (!serveRouted(exchange, fields)) {
      tellStray?.(exchange);
      fallback(exchange, fields);
    }
  };
  return handle;
}

const strangeOrigin =
  "pages of this origin may not call a server that asks nobody who they are: name the origin with --cors-origins\n";
