import { context, type Tracer, trace } from "@opentelemetry/api";
import { checkHaving } from "./checks.ts";

/**
 * Gives a store, or anything else that answers calls about sessions, with a span for each call that is part of a trace.
 * Calls outside of one cost a check. What has a symbol for its name stays as it is, but that a store which gives calls up is traced, too.
 *
 * @throws TypeError for what is no object, and for what is no tracer
 */
export function traceStore<S extends object>(store: S, tracer: Tracer): S {
  checkHaving("store", store);
  checkHaving("tracer", tracer, "startSpan");
  const traced = Reflect.ownKeys(store).map((key) => {
    const member: unknown = Reflect.get(store, key);
    if (typeof member !== "function") return [key, member];
    const method = member as Method;
    if (key === whichGivesUp) return [key, (...args: readonly unknown[]) => traceGiven(method(...args), tracer)];
    return [key, typeof key === "string" ? traceMethod(key, method, tracer) : member];
  });
  return Object.fromEntries(traced) as S;
}

type Method = (...args: readonly unknown[]) => unknown;

/** By what a client's store gives one whose calls end with a signal: `whichGivesUp` of `@trimtab/core`, which this package does without. */
const whichGivesUp = Symbol.for("trimtab.store.whichGivesUp");

const traceGiven = (given: unknown, tracer: Tracer): unknown =>
  typeof given === "object" && given !== null ? traceStore(given, tracer) : given;

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
