import {
  Code,
  ConnectError,
  type ConnectRouter,
  type ConnectRouterOptions,
  type ContextValues,
  createHandlerContext,
  type Interceptor,
} from "@connectrpc/connect";
import type { UniversalHandler, UniversalServerRequest, UniversalServerResponse } from "@connectrpc/connect/protocol";
import { codeFromString } from "@connectrpc/connect/protocol-connect";
import type { RequestGate } from "../create-api.ts";
import { dialectOf, streamDialects, unaryDialects } from "../direct/dialects.ts";
import type { OnRefused } from "../log-calls.ts";

/** Finds the calls that Connect's router refuses by itself, since it cannot read them. */
export interface UnreadCalls {
  /** The options to make the router with. */
  readonly options: ConnectRouterOptions;
  /** Has the router's handlers tell of such calls. */
  watch(router: ConnectRouter): void;
}

/** Makes what tells of the calls that cannot be read of a router with these options. */
export function findUnreadCalls(given: ConnectRouterOptions, onUnread: OnRefused): UnreadCalls {
  // Others hear of these: the gate has refused them, or their request was read.
  const heard: Heard = new WeakSet();
  const interceptors = [...(given.interceptors ?? []), noteRead(heard)];
  return {
    options: { ...given, interceptors, requestGate: noteRefused(given.requestGate, heard) },
    watch({ handlers }) {
      handlers.splice(0, handlers.length, ...handlers.map((handler) => telling(handler, heard, onUnread)));
    },
  };
}

type Heard = WeakSet<ContextValues>;

const noteRead =
  (heard: Heard): Interceptor =>
  (next) =>
  (request) => {
    const note = () => void heard.add(request.contextValues);
    if (request.stream) return next({ ...request, message: notingFirst(request.message, note) });
    note();
    return next(request);
  };

async function* notingFirst<T>(messages: AsyncIterable<T>, note: () => void): AsyncGenerator<T, void, undefined> {
  for await (const message of messages) {
    note();
    yield message;
  }
}

const noteRefused =
  (gate: RequestGate | undefined, heard: Heard): RequestGate =>
  (context) => {
    const refused = (error: unknown): never => {
      heard.add(context.values);
      throw error;
    };
    try {
      const passing = gate?.(context);
      return passing instanceof Promise ? passing.catch(refused) : passing;
    } catch (error) {
      return refused(error);
    }
  };

function telling(handler: UniversalHandler, heard: Heard, onUnread: OnRefused): UniversalHandler {
  const tell = (request: UniversalServerRequest, answer: UniversalServerResponse, body: string): void => {
    const { contextValues } = request;
    // Where the caller has gone away there is nobody who was refused.
    if (request.signal.aborted || (contextValues !== undefined && heard.has(contextValues))) return;
    onUnread(contextOf(handler, request), new ConnectError("the request cannot be read", codeOf(answer, body)));
  };
  const told = async (request: UniversalServerRequest): Promise<UniversalServerResponse> => {
    const answer = await handler(request);
    if (answer.body === undefined) tell(request, answer, "");
    else return { ...answer, body: endingWith(answer.body, (last) => tell(request, answer, utf8.decode(last))) };
    return answer;
  };
  return Object.assign(told, handler);
}

const utf8 = new TextDecoder();

/** The same pieces; `end` is called with the last one once they are over. */
async function* endingWith(
  pieces: AsyncIterable<Uint8Array>,
  end: (last: Uint8Array | undefined) => void,
): AsyncGenerator<Uint8Array, void, undefined> {
  let last: Uint8Array | undefined;
  try {
    for await (const piece of pieces) {
      last = piece;
      yield piece;
    }
  } finally {
    end(last);
  }
}

function contextOf({ method, service }: UniversalHandler, request: UniversalServerRequest) {
  const type = request.header.get("content-type") ?? "";
  const dialect = dialectOf(unaryDialects, type) ?? dialectOf(streamDialects, type);
  const { header, contextValues, url } = request;
  return createHandlerContext({
    ...{ method, service, url, protocolName: dialect?.protocol ?? "connect" },
    ...{ requestMethod: request.method, requestHeader: header, ...(contextValues !== undefined && { contextValues }) },
  });
}

/** The code that an answer ends with, of which `body` is the end. */
function codeOf({ trailer }: UniversalServerResponse, body: string): Code {
  const status = trailer?.get("grpc-status") ?? /grpc-status: ?(\d+)/i.exec(body)?.[1];
  if (status !== undefined) return Number(status);
  // A status of HTTP alone, as for a content type that no protocol has, callers take for unknown.
  return codeFromString(/"code":"(\w+)"/.exec(body)?.[1] ?? "") ?? Code.Unknown;
}
