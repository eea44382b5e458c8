import type { Interceptor } from "@connectrpc/connect";
import { context, propagation, SpanKind, type Tracer, trace } from "@opentelemetry/api";
import { checkHaving } from "./checks.ts";
import { noteFailure, rpcMethod } from "./rpc-attributes.ts";

/**
 * Makes an interceptor for a Connect transport, in Node or in a browser, that has a span for every call, below the one
 * that is active, and hands it on in the request's headers (W3C Trace Context). Without a tracer it is that of the API. Throws a TypeError for what is no tracer.
 */
export function createTracingInterceptor(tracer: Tracer = trace.getTracer("@trimtab/opentelemetry")): Interceptor {
  checkHaving("tracer", tracer, "startSpan");
  return (next) => async (request) => {
    const attributes = { "rpc.method": rpcMethod(request), "server.address": hostOf(request.url) };
    const span = tracer.startSpan(rpcMethod(request), { kind: SpanKind.CLIENT, attributes });
    const within = trace.setSpan(context.active(), span);
    propagation.inject(within, request.header, { set: (header, name, value) => header.set(name, value) });
    try {
      const response = await context.with(within, () => next(request));
      if (!response.stream) {
        span.end();
        return response;
      }
      const end = createOnce(() => span.end());
      request.signal.addEventListener("abort", end, { once: true });
      return { ...response, message: endingWith(response.message, end) };
    } catch (error) {
      noteFailure(span, error, "client");
      span.end();
      throw error;
    }
  };
}

const hostOf = (url: string): string => (URL.canParse(url) ? new URL(url).hostname : "");

/** A function that does something the first time that it is called. */
function createOnce(act: () => void): () => void {
  let isDone = false;
  return () => {
    if (!isDone) act();
    isDone = true;
  };
}

/** The same messages; `end` is called once they are over, however that comes. */
async function* endingWith<M>(messages: AsyncIterable<M>, end: () => void): AsyncGenerator<M> {
  try {
    yield* messages;
  } finally {
    end();
  }
}
