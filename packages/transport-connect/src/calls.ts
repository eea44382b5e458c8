import type { Message } from "@bufbuild/protobuf";
import { ConnectError, type HandlerContext } from "@connectrpc/connect";
import { isStoreError, storeError } from "@trimtab/core";
import type { CallAudit } from "./call-audit.ts";
import { toConnectError } from "./connect-error.ts";
import { guardStream } from "./guard-stream.ts";
import { revokedKey } from "./principal.ts";

/** Which call an error came up in. */
export interface CallInfo {
  readonly service: string;
  readonly method: string;
}

/** Wraps what a service does for each call: what is not served is refused, and errors go out as remote callers expect. */
export interface Calls {
  unary<I extends Message, O>(
    answer: (request: I, context: HandlerContext) => Promise<O>,
  ): (request: I, context: HandlerContext) => Promise<O>;
  stream<I extends Message, O>(
    answer: (request: I, context: HandlerContext) => AsyncIterable<O>,
  ): (request: I, context: HandlerContext) => AsyncIterableIterator<O>;
}

/** Is told of every call that is answered, whichever way it came in. */
export interface CallObserver {
  /** Runs a call; what `run` gives or throws is what the caller is told. */
  unary<T>(call: HandlerContext, run: () => Promise<T>): Promise<T>;
  stream<T>(call: HandlerContext, open: () => AsyncIterableIterator<T>): AsyncIterableIterator<T>;
}

/** What happens beside answering calls. */
export interface CallsOptions {
  /** Hears of every fault of this process, with what is not told to the caller. */
  readonly onInternalError: (error: unknown, call: CallInfo) => void;
  /** Is asked before a call to a session is answered; what it throws refuses the call. */
  readonly admit?: ((session: string, context: HandlerContext) => void) | undefined;
  /** Enters who called what, and what was not done. */
  readonly audit?: CallAudit | undefined;
  readonly observer?: CallObserver | undefined;
}

/** Makes the wrappers. */
export function createCalls({ observer, ...options }: CallsOptions): Calls {
  const calls = createUnobserved(options);
  if (observer === undefined) return calls;
  return {
    unary: (answer) => {
      const run = calls.unary(answer);
      return (request, context) => observer.unary(context, () => run(request, context));
    },
    stream: (answer) => {
      const open = calls.stream(answer);
      return (request, context) => observer.stream(context, () => open(request, context));
    },
  };
}

function createUnobserved({ onInternalError, admit, audit }: CallsOptions): Calls {
  const prepare = (request: Message, context: HandlerContext): void => {
    if (admit !== undefined && "sessionId" in request && typeof request.sessionId === "string") {
      admit(request.sessionId, context);
    }
    audit?.note(request, context);
  };
  const translate = (error: unknown, context: HandlerContext): ConnectError => {
    const isOurs = error instanceof ConnectError || (isStoreError(error) && error.code !== "internal");
    if (!isOurs && context.signal.aborted && error === context.signal.reason) return ConnectError.from(error);
    // Why the caller waits no more, which may be its own deadline, is better known here.
    if (isStoreError(error, "cancelled") && context.signal.aborted) return ConnectError.from(context.signal.reason);
    if (!isOurs) onInternalError(error, { service: context.service.typeName, method: context.method.name });
    return toConnectError(error, errorOptions(context));
  };
  return {
    unary: (answer) => async (request, context) => {
      try {
        prepare(request, context);
        const answered = await answer(request, context);
        if (audit !== undefined) await audit.answered(request, context, answered);
        return answered;
      } catch (error) {
        if (audit !== undefined) await audit.failed(request, context, error);
        throw translate(error, context);
      }
    },
    stream: (answer) => (request, context) => {
      const revoked = context.values.get(revokedKey);
      const isRevoked = () => revoked?.aborted === true;
      const open = () => {
        prepare(request, context);
        return answer(request, revoked === undefined ? context : until(revoked, context));
      };
      const fail = async (error: unknown): Promise<never> => {
        if (audit !== undefined) await audit.failed(request, context, error);
        throw translate(isRevoked() ? noLongerKnown() : error, context);
      };
      return guardStream(open, { fail, isRevoked });
    },
  };
}

/** The same call, whose signal aborts with this one, too. */
const until = (revoked: AbortSignal, context: HandlerContext): HandlerContext => ({
  service: context.service,
  method: context.method,
  protocolName: context.protocolName,
  requestMethod: context.requestMethod,
  requestHeader: context.requestHeader,
  responseHeader: context.responseHeader,
  responseTrailer: context.responseTrailer,
  url: context.url,
  values: context.values,
  timeoutMs: () => context.timeoutMs(),
  signal: AbortSignal.any([context.signal, revoked]),
});

const noLongerKnown = () =>
  storeError("unauthenticated", "what came with the call to say who makes it is no longer valid", {});

// gRPC sends errors in trailers. Its C core, and with it Python, refuses trailers beyond 8 KiB by default: the code and the
// reason would be lost with them. What is left of these is for the other trailers, for names, and for what is around a detail.
const trailerBytes = 7500;

const errorOptions = ({ protocolName, method: { input: request } }: HandlerContext) =>
  protocolName === "grpc" ? { request, maxTrailerBytes: trailerBytes } : { request };

/**
 * Takes a field that a request must have.
 *
 * @throws StoreError `invalid_argument` naming the field, where it is empty
 */
export function required(text: string, field: string): string {
  if (text !== "") return text;
  throw storeError("invalid_argument", `${field} is required`, { field });
}
