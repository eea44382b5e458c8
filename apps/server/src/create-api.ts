import type { OutgoingHttpHeaders } from "node:http";
import type { ConnectRouter, HandlerContext } from "@connectrpc/connect";
import { compressionBrotli, compressionGzip, connectNodeAdapter } from "@connectrpc/connect-node";
import type { CorsExchange } from "./cors.ts";
import { peerValues } from "./direct/call-context.ts";
import { collectDirectMethods } from "./direct/direct-methods.ts";
import { type Exchange, http1Exchange, http2Exchange } from "./direct/exchange.ts";
import { createDirectServer } from "./direct/serve-directly.ts";
import { withCors } from "./handle-request.ts";
import type { ListenerOptions, RequestHandler } from "./listener.ts";
import { endSoundly } from "./sound-endings.ts";

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
  const { routes, readMaxBytes, cors, requestGate } = options;
  const adapter = connectNodeAdapter({
    routes: (router) => {
      routes(router);
      endSoundly(router);
    },
    readMaxBytes,
    acceptCompression: compressions,
    ...(requestGate !== undefined && { requestGate }),
    contextValues: ({ socket }) => peerValues(socket),
    fallback: options.fallback as NodeHandler,
  }) as RequestHandler;
  const connect = withCors(cors, adapter);
  const serve = createDirectServer({
    methods: collectDirectMethods(routes, { readMaxBytes }),
    readMaxBytes,
    compressions,
    requestGate,
    originFields: (exchange) => corsFields(cors, exchange),
  });
  return {
    handler: (request, response) => {
      // Node gives requests of HTTP/2 this surface only where they were not for `serve`.
      if (request.httpVersionMajor !== 1 || !serve(http1Exchange(request, response))) connect(request, response);
    },
    streamHandler: (stream, headers) => serve(http2Exchange(stream, headers)),
  };
}

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
