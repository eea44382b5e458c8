import { Code, ConnectError, type HandlerContext } from "@connectrpc/connect";
import {
  type Attributes,
  type Context,
  context,
  propagation,
  type Span,
  SpanKind,
  type TextMapGetter,
  trace,
} from "@opentelemetry/api";
import { checkOptions, wrong } from "./checks.ts";
import { durationBounds, type Instruments } from "./instruments.ts";
import { noteFailure, rpcAttributes, rpcMethod, statusOf } from "./rpc-attributes.ts";

/** Is told of every call that a server answers: what `createRoutes` of `@trimtab/transport-connect` takes as `observer`. */
export interface CallObserver {
  unary<T>(call: HandlerContext, run: () => Promise<T>): Promise<T>;
  stream<T>(call: HandlerContext, open: () => AsyncIterableIterator<T>): AsyncIterableIterator<T>;
}

/** Where traces and metrics go, and how a caller's trace is read. */
export interface CallObserverOptions extends Instruments {
  /** Reads a field of a call's head by its name in small letters; from `requestHeader` unless there is a cheaper way. */
  readonly headerField?: (call: HandlerContext, name: string) => string | undefined;
}

/**
 * Makes an observer that has a span for every call, below the caller's where its headers carry one (W3C Trace Context),
 * and measures `rpc.server.call.duration` and `trimtab.server.streams`.
 *
 * @throws TypeError for options that there are none of, or of another kind
 */
export function createCallObserver(options: CallObserverOptions): CallObserver {
  checkOptions(options, ["tracer", "meter", "headerField"]);
  const { tracer, meter, headerField = fieldOf } = options;
  if (typeof headerField !== "function") throw wrong("headerField", headerField, "a function");
  const duration = meter?.createHistogram("rpc.server.call.duration", {
    unit: "s",
    description: "Duration of calls, streams from their start to their end",
    advice: { explicitBucketBoundaries: durationBounds },
  });
  const streams = meter?.createUpDownCounter("trimtab.server.streams", {
    unit: "{stream}",
    description: "Streams that are open",
  });
  const attributesOf = createAttributes();
  const headerFields: TextMapGetter<HandlerContext> = {
    keys: (call) => [...call.requestHeader.keys()],
    get: headerField,
  };

  const begin = (call: HandlerContext): Begun => {
    const attributes = attributesOf(call);
    const startedAt = performance.now();
    if (tracer === undefined) return { attributes, startedAt, within: undefined, span: undefined };
    const caller = propagation.extract(context.active(), call, headerFields);
    const span = tracer.startSpan(rpcMethod(call), { kind: SpanKind.SERVER, attributes }, caller);
    return { attributes, startedAt, span, within: trace.setSpan(caller, span) };
  };
  const end = ({ attributes, startedAt, span }: Begun, failure?: { readonly error: unknown }): void => {
    const status = failure === undefined ? "OK" : statusOf(failure.error);
    const measured = failure === undefined ? attributes : { ...attributes, "error.type": status };
    duration?.record((performance.now() - startedAt) / 1000, { ...measured, "rpc.response.status_code": status });
    if (failure !== undefined && span !== undefined) noteFailure(span, failure.error, "server");
    span?.end();
  };
  const inside = <T>({ within }: Begun, run: () => T): T => (within === undefined ? run() : context.with(within, run));

  return {
    async unary(call, run) {
      const begun = begin(call);
      try {
        const result = await inside(begun, run);
        end(begun);
        return result;
      } catch (error) {
        end(begun, { error });
        throw error;
      }
    },
    stream(call, open) {
      const begun = begin(call);
      streams?.add(1, begun.attributes);
      let isOver = false;
      const over = (failure?: { readonly error: unknown }): void => {
        if (isOver) return;
        isOver = true;
        streams?.add(-1, begun.attributes);
        end(begun, failure);
      };
      // A caller that goes away is heard of by the signal first, and by some transports by nothing else.
      call.signal.addEventListener("abort", () => over({ error: callerGone }), { once: true });
      return observed(inside(begun, open), { over, inside: (run) => inside(begun, run) });
    },
  };
}

const fieldOf = (call: HandlerContext, name: string): string | undefined => call.requestHeader.get(name) ?? undefined;

const callerGone = new ConnectError("the caller went away", Code.Canceled);

interface Begun {
  readonly attributes: Attributes;
  readonly startedAt: number;
  readonly span: Span | undefined;
  readonly within: Context | undefined;
}

/** One object of attributes for all calls of a method over a protocol. */
function createAttributes(): (call: HandlerContext) => Attributes {
  const known = new Map<string, WeakMap<object, Attributes>>();
  return (call) => {
    const ofProtocol = known.get(call.protocolName) ?? new WeakMap<object, Attributes>();
    known.set(call.protocolName, ofProtocol);
    const attributes = ofProtocol.get(call.method) ?? rpcAttributes(call, call.protocolName);
    ofProtocol.set(call.method, attributes);
    return attributes;
  };
}

interface Watching {
  readonly over: (failure?: { readonly error: unknown }) => void;
  readonly inside: <T>(run: () => T) => T;
}

function observed<T>(messages: AsyncIterableIterator<T>, { over, inside }: Watching): AsyncIterableIterator<T> {
  const ended = <R extends IteratorResult<T>>(result: R): R => {
    if (result.done === true) over();
    return result;
  };
  const failed = (error: unknown): never => {
    over({ error });
    throw error;
  };
  return {
    [Symbol.asyncIterator]() {
      return this;
    },
    next: () => inside(() => messages.next()).then(ended, failed),
    return: async (value?: unknown) => {
      over();
      return (await messages.return?.(value)) ?? { done: true, value: undefined };
    },
  };
}
