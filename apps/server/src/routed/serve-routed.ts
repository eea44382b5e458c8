import type { OutgoingHttpHeaders } from "node:http";
import { type ConnectRouter, type ConnectRouterOptions, createConnectRouter } from "@connectrpc/connect";
import {
  createDeadlineSignal,
  type UniversalHandler,
  type UniversalServerResponse,
} from "@connectrpc/connect/protocol";
import { grpcStatusOk } from "@connectrpc/connect/protocol-grpc";
import type { Ending, Exchange } from "@trimtab/http";
import { callOver, maxTimerMs, peerValues, toHeaders } from "../direct/call-context.ts";
import { dialectOf, streamDialects, timeoutOf, unaryDialects } from "../direct/dialects.ts";
import { statusMessage } from "../direct/status-message.ts";
import type { ForwardedFor } from "../forwarded-for.ts";
import { addressOf } from "../http/address-of.ts";
import { sendBody, sendEnding, sendFailure, sendText, type TextAnswer } from "../http/send.ts";
import type { OnRefused } from "../log-calls.ts";
import { requestBody } from "./request-body.ts";
import { endSoundly } from "./sound-endings.ts";
import { findUnreadCalls } from "./unread-calls.ts";

/** What Connect's router serves, and how. */
export interface RoutedOptions {
  readonly routes: (router: ConnectRouter) => void;
  /** Options of the router. */
  readonly router: ConnectRouterOptions;
  readonly forwardedFor?: ForwardedFor | undefined;
  /** Hears of answers that could not be made. */
  readonly onError: (error: unknown) => void;
  /** Hears of calls whose request cannot be read. */
  readonly onUnread?: OnRefused | undefined;
}

/** Serves a request whose answer carries these fields beside its own, or says `false` where its path leads nowhere. */
export type RoutedServer = (exchange: Exchange, fields: OutgoingHttpHeaders) => boolean;

/** Makes the function that serves calls of every kind by Connect's router, in either version of HTTP. */
export function createRoutedServer(options: RoutedOptions): RoutedServer {
  const { routes, forwardedFor, onError, onUnread } = options;
  const unread = onUnread && findUnreadCalls(options.router, onUnread);
  const router = createConnectRouter(unread?.options ?? options.router);
  routes(router);
  endSoundly(router);
  unread?.watch(router);
  const handlers = new Map(router.handlers.map((handler) => [handler.requestPath, handler]));

  const serve = async (handler: UniversalHandler, exchange: Exchange, fields: OutgoingHttpHeaders): Promise<void> => {
    const gone = new AbortController();
    exchange.onClose(() => gone.abort(callOver));
    const header = toHeaders(exchange.headers);
    const deadline = createDeadlineSignal(boundTimeout(header, exchange));
    try {
      const answer = await handler({
        httpVersion: exchange.hasTrailers ? "2.0" : "1.1",
        url: `${addressOf(exchange)}${exchange.path}`,
        method: exchange.method ?? "",
        header,
        body: requestBody(exchange, deadline.signal),
        signal: gone.signal,
        contextValues: peerValues(exchange, forwardedFor),
      });
      const advice = adviceOn(answer, handler, exchange);
      if (advice !== undefined)
        sendText(exchange, { ...advice, fields: { ...fields, ...toFields(answer.header), ...advice.fields } });
      else await send(exchange, answer, fields);
    } catch (error) {
      // A caller that has gone away is no fault of the server's.
      if (!gone.signal.aborted) onError(error);
      sendFailure(exchange, fields);
    } finally {
      deadline.cleanup();
    }
  };

  return (exchange, fields) => {
    const handler = handlers.get(pathWithoutQuery(exchange));
    if (handler === undefined) return false;
    void serve(handler, exchange, fields);
    return true;
  };
}

/**
 * Gives the time limit of a call in milliseconds; one that cannot be read is for the router to refuse. One that is longer than a timer can
 * wait is taken from the fields of the head, too: the router's own timer would go off at once.
 */
function boundTimeout(header: Headers, { headers }: Exchange): number | undefined {
  const type = headers["content-type"] ?? "";
  const dialect = dialectOf(streamDialects, type) ?? dialectOf(unaryDialects, type);
  if (dialect === undefined) return undefined;
  const { timeoutMs } = timeoutOf(headers, dialect);
  if (timeoutMs === undefined || timeoutMs <= maxTimerMs) return timeoutMs;
  header.delete(dialect.timeout);
  return maxTimerMs;
}

const pathWithoutQuery = ({ path = "" }: Exchange): string => path.split("?", 1)[0] ?? "";

/**
 * What is said to requests that no protocol takes, whose answers the router leaves empty: mostly people's, by hand. Nothing where the
 * answer says something itself.
 */
function adviceOn(
  { status }: UniversalServerResponse,
  { allowedMethods, method }: UniversalHandler,
  { headers }: Exchange,
): TextAnswer | undefined {
  if (status === 405) {
    const text = `calls are ${allowedMethods.join(" or ")} requests, with a content-type such as application/json\n`;
    return { status, text, fields: { allow: allowedMethods.join(", ") } };
  }
  if (status !== 415) return undefined;
  const got =
    headers["content-type"] === undefined ? "there is no content-type" : "this content-type is not served here";
  const unary = "send application/json, application/proto, or what gRPC and gRPC-web send";
  const streaming = `${method.name} is a stream: call it by a client of Connect (application/connect+json), gRPC or gRPC-web`;
  return { status, text: `${got}; ${method.methodKind === "unary" ? unary : streaming}\n` };
}

async function send(exchange: Exchange, answer: UniversalServerResponse, fields: OutgoingHttpHeaders): Promise<void> {
  const { status, header, body = noBody, trailer } = answer;
  // A handler may add to the head of its answer until its first message is there, and to the trailers until after its last.
  const head = () => ({ ...fields, ...toFields(header) });
  const hasBegun = await sendBody(exchange, body, () => exchange.start(status, head()));
  if (!hasBegun && trailer !== undefined && hasFailed(trailer))
    return void sendEnding(exchange, head(), endingOf(trailer));
  if (!hasBegun) exchange.start(status, head());
  exchange.end(trailer === undefined ? {} : endingOf(trailer));
}

const hasFailed = (trailer: Headers): boolean => ![null, grpcStatusOk].includes(trailer.get("grpc-status"));

function endingOf(trailer: Headers): Ending {
  const message = trailer.get("grpc-message");
  const own = message !== null && { "grpc-message": statusMessage(decodeURIComponent(message)) };
  return { trailers: { ...Object.fromEntries(trailer), ...own } };
}

const noBody: AsyncIterable<Uint8Array> = { async *[Symbol.asyncIterator]() {} };

function toFields(headers: Headers | undefined): OutgoingHttpHeaders {
  if (headers === undefined) return {};
  const cookies = headers.getSetCookie();
  return { ...Object.fromEntries(headers), ...(cookies.length > 0 && { "set-cookie": cookies }) };
}
