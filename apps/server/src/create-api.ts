import type { OutgoingHttpHeaders } from "node:http";
import type { ConnectRouter, HandlerContext } from "@connectrpc/connect";
import { compressionBrotli, compressionGzip, connectNodeAdapter } from "@connectrpc/connect-node";
import type { CorsExchange } from "./cors.ts";
import { peerValues } from "./direct/call-context.ts";
import { collectDirectMethods } from "./direct/direct-methods.ts";
import { type Exchange, http1Exchange, http2Exchange } from "./direct/exchange.ts";
import { createDirectServer } from "./direct/serve-directly.ts";
import type { ForwardedFor } from "./forwarded-for.ts";
import { withCors } from "./handle-request.ts";
import type { ListenerOptions, RequestHandler } from "./listener.ts";
import { endSoundly } from "./sound-endings.ts";
import type { IsTrustedOrigin } from "./trusted-origins.ts";

/** What an API is made of. */
export interface ApiOptions {
  /** Registers the services. */
  readonly routes: (router: ConnectRouter) => void;
  /** Largest message that is read. */
  readonly readMaxBytes: number;
  readonly cors: (exchange: CorsExchange) => boolean;
  /** Handles what is no call. */
  readonly fallback: RequestHandler;
  readonly requestGate?: RequestGate | undefined;
  /** Says where a call came from that proxies have forwarded; without it they are not believed. */
  readonly forwardedFor?: ForwardedFor | undefined;
  /** Requests of pages of other origins are refused unread; without it none are. */
  readonly isTrustedOrigin?: IsTrustedOrigin | undefined;
}

/** Is called with a call before its request is read; what it throws refuses the call. */
export type RequestGate = (context: HandlerContext) => void | Promise<void>;

type NodeHandler = ReturnType<typeof connectNodeAdapter>;

const compressions = [compressionGzip, compressionBrotli];

/**
 * Makes the handlers of a port's API. Connect's router defines it and serves whatever comes; the common kinds of calls
 * are served directly, from the same definitions, at a fraction of the cost.
 */
export function createApi(options: ApiOptions): Required<Pick<ListenerOptions, "handler" | "streamHandler">> {
  const { routes, readMaxBytes, cors, requestGate, isTrustedOrigin = () => true } = options;
  const isStrange = (origin: string | undefined) => origin !== undefined && !isTrustedOrigin(origin);
  const adapter = connectNodeAdapter({
    routes: (router) => {
      routes(router);
      endSoundly(router);
    },
    readMaxBytes,
    acceptCompression: compressions,
    ...(requestGate !== undefined && { requestGate }),
    contextValues: (request) => peerValues(request, options.forwardedFor),
    fallback: options.fallback as NodeHandler,
  }) as RequestHandler;
  const connect = withCors(cors, adapter);
  const serve = createDirectServer({
    methods: collectDirectMethods(routes, { readMaxBytes }),
    readMaxBytes,
    compressions,
    requestGate,
    forwardedFor: options.forwardedFor,
    originFields: (exchange) => corsFields(cors, exchange),
  });
  return {
    handler: (request, response) => {
      if (isStrange(request.headers.origin)) return void response.writeHead(403).end(strangeOrigin);
      // Node gives requests of HTTP/2 this surface only where they were not for `serve`.
      if (request.httpVersionMajor !== 1 || !serve(http1Exchange(request, response))) connect(request, response);
    },
    // A stream that is not taken is given to the handler, which refuses it.
    streamHandler: (stream, headers) => !isStrange(headers.origin) && serve(http2Exchange(stream, headers)),
  };
}

const strangeOrigin =
  "pages of this origin may not call a server that asks nobody who they are: name the origin with --cors-origins\n";

function corsFields(cors: ApiOptions["cors"], { method, headers }: Exchange): OutgoingHttpHeaders {
  const fields: OutgoingHttpHeaders = {};
  cors({
    method,
    headers,
    setHeader: (name, value) => {
      fields[name] = value;
    },
  });
  return fields;
}
