import { Code, ConnectError, type HandlerContext } from "@connectrpc/connect";
import { ROOT_CONTEXT, trace } from "@opentelemetry/api";
import { W3CTraceContextPropagator } from "@opentelemetry/core";
import { type CallObserver, rpcMethod, statusOf } from "@trimtab/opentelemetry";
import { principalKey } from "@trimtab/transport-connect";
import type { Logger } from "pino";
import type { RequestGate } from "./create-api.ts";
import { headerField, peerAddress } from "./direct/call-context.ts";

/**
 * Makes an observer that logs every call once it is answered, at `debug`: which, from where and by whom, what came of it and after how
 * long. Of what was sent and answered it says nothing. `undefined` where the logger would not write it.
 */
export function createCallLog(logger: Logger): CallObserver | undefined {
  if (!logger.isLevelEnabled("debug")) return undefined;
  const begin = (call: HandlerContext): End => {
    const startedAt = performance.now();
    let isOver = false;
    return (failure) => {
      if (isOver) return;
      isOver = true;
      const code = failure === undefined ? "OK" : statusOf(failure.error);
      logger.debug({ ...factsOf(call), code, duration_ms: msSince(startedAt) }, "call");
    };
  };
  return {
    async unary(call, run) {
      const end = begin(call);
      try {
        const result = await run();
        end();
        return result;
      } catch (error) {
        end({ error });
        throw error;
      }
    },
    stream(call, open) {
      const end = begin(call);
      logger.debug(factsOf(call), "stream begins");
      // A caller that goes away is heard of by the signal first, and by some transports by nothing else.
      call.signal.addEventListener("abort", () => end({ error: callerGone }), { once: true });
      return endingWith(open(), end);
    },
  };
}

/** Hears of a call that was refused before it came to a handler, and when it began where that is known. */
export type OnRefused = (context: HandlerContext, error: unknown, startedAt?: number) => void;

/** Makes what has refused calls measured, traced and logged as others are; `undefined` where nobody is told. */
export function createRefusalObserver(
  measured: CallObserver | undefined,
  logger: Logger | undefined,
): OnRefused | undefined {
  const isLogged = logger?.isLevelEnabled("debug") === true;
  if (measured === undefined && !isLogged) return undefined;
  return (context, error, startedAt) => {
    const duration = startedAt === undefined ? undefined : { duration_ms: msSince(startedAt) };
    if (isLogged) logger.debug({ ...factsOf(context), code: statusOf(error), ...duration }, "call refused");
    // What it took until here is next to nothing: to whoever measures it was refused at once.
    measured?.unary(context, () => Promise.reject(error)).catch(() => {});
  };
}

/** The same gate; calls that it refuses are told of. */
export function observeRefusals(
  gate: RequestGate | undefined,
  onRefused: OnRefused | undefined,
): RequestGate | undefined {
  if (gate === undefined || onRefused === undefined) return gate;
  return (context) => {
    const startedAt = performance.now();
    const refused = (error: unknown): never => {
      onRefused(context, error, startedAt);
      throw error;
    };
    try {
      const passing = gate(context);
      return passing instanceof Promise ? passing.catch(refused) : passing;
    } catch (error) {
      return refused(error);
    }
  };
}

/** One observer around the other, of those that there are. */
export function observedBy(outer: CallObserver | undefined, inner: CallObserver | undefined): CallObserver | undefined {
  if (outer === undefined || inner === undefined) return outer ?? inner;
  return {
    unary: (call, run) => outer.unary(call, () => inner.unary(call, run)),
    stream: (call, open) => outer.stream(call, () => inner.stream(call, open)),
  };
}

type End = (failure?: { readonly error: unknown }) => void;

const callerGone = new ConnectError("the caller went away", Code.Canceled);
const traces = new W3CTraceContextPropagator();
const headerFields = { keys: (of: HandlerContext) => [...of.requestHeader.keys()], get: headerField };

function factsOf(call: HandlerContext) {
  const principal = call.values.get(principalKey)?.id;
  // Where this server traces nothing the caller may, and its trace is the one to look for.
  const theirs = trace.getActiveSpan() === undefined ? traces.extract(ROOT_CONTEXT, call, headerFields) : undefined;
  const traceId = theirs && trace.getSpanContext(theirs)?.traceId;
  return {
    method: rpcMethod(call),
    protocol: call.protocolName,
    peer: call.values.get(peerAddress),
    ...(principal && { principal }),
    ...(traceId !== undefined && { trace_id: traceId }),
  };
}

const msSince = (startedAt: number): number => Math.round((performance.now() - startedAt) * 1000) / 1000;

/** The same messages; `end` is called once they are over, however that comes. */
function endingWith<T>(messages: AsyncIterableIterator<T>, end: End): AsyncIterableIterator<T> {
  return {
    [Symbol.asyncIterator]() {
      return this;
    },
    next: () =>
      messages.next().then(
        (result) => {
          if (result.done === true) end();
          return result;
        },
        (error: unknown) => {
          end({ error });
          throw error;
        },
      ),
    return: async (value?: unknown) => {
      end();
      return (await messages.return?.(value)) ?? { done: true, value: undefined };
    },
  };
}
