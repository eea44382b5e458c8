import { context, type Tracer, trace } from "@opentelemetry/api";

/**
 * Gives a store, or anything else that answers calls about sessions, with a span for each call that is part of a trace.
 * Calls outside of one cost a check.
 */
export function traceStore<S extends object>(store: S, tracer: Tracer): S {
  const traced = Object.entries(store).map(([name, member]) => [
    name,
    typeof member === "function" ? traceMethod(name, member as Method, tracer) : member,
  ]);
  return Object.fromEntries(traced) as S;
}

type Method = (...args: readonly unknown[]) => unknown;

const traceMethod =
  (name: string, method: Method, tracer: Tracer): Method =>
  (...args) => {
    if (trace.getActiveSpan()?.isRecording() !== true) return method(...args);
    const [session] = args;
    const attributes = typeof session === "string" ? { "trimtab.session": session } : {};
    const span = tracer.startSpan(`store ${name}`, { attributes });
    const run = () => method(...args);
    const result = context.with(trace.setSpan(context.active(), span), run);
    if (!(result instanceof Promise)) span.end();
    else
      result.then(
        () => span.end(),
        (error: unknown) => {
          if (error instanceof Error && "reason" in error) span.setAttribute("error.type", String(error.reason));
          span.end();
        },
      );
    return result;
  };
