import { createConnectTransport } from "@connectrpc/connect-web";
import { type Context, type ContextManager, context, propagation, ROOT_CONTEXT } from "@opentelemetry/api";
import { W3CTraceContextPropagator } from "@opentelemetry/core";
import { AlwaysOnSampler, InMemorySpanExporter, SimpleSpanProcessor, TracerProvider } from "@opentelemetry/sdk-trace";
import { createStoreClient, openSession } from "@trimtab/client";
import { createTracingInterceptor } from "@trimtab/opentelemetry";
import { assistant } from "../assistant.ts";

/** What a page's span says of itself. */
export interface PageSpan {
  readonly name: string;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId: string;
}

declare global {
  interface Window {
    /** Spans that have ended. */
    endedSpans?: () => PageSpan[];
  }
}

/** What is active for as long as a call does not wait, which is all that a browser can know. */
function createContextManager(): ContextManager {
  const active: Context[] = [ROOT_CONTEXT];
  const manager: ContextManager = {
    active: () => active.at(-1) ?? ROOT_CONTEXT,
    with(within, run, self, ...args) {
      active.push(within);
      try {
        return run.call(self as never, ...args);
      } finally {
        active.pop();
      }
    },
    bind: (_, target) => target,
    enable: () => manager,
    disable: () => manager,
  };
  return manager;
}

context.setGlobalContextManager(createContextManager());
propagation.setGlobalPropagator(new W3CTraceContextPropagator());
const exporter = new InMemorySpanExporter();
const spanProcessors = [new SimpleSpanProcessor({ exporter })];
const tracer = new TracerProvider({ sampler: new AlwaysOnSampler(), spanProcessors }).getTracer("page");

const interceptors = [createTracingInterceptor(tracer)];
const store = createStoreClient(createConnectTransport({ baseUrl: location.origin, interceptors }));
const { variables } = await openSession(store, "assistant", assistant);

const button = document.createElement("button");
button.textContent = "Warmer";
button.addEventListener("click", () => {
  tracer.startActiveSpan("click", (span) => {
    variables.temperature.set(1.2).then(() => span.end(), reportError);
  });
});
document.body.append(button);

window.endedSpans = () =>
  exporter.getFinishedSpans().map((span) => ({
    name: span.name,
    traceId: span.spanContext().traceId,
    spanId: span.spanContext().spanId,
    parentSpanId: span.parentSpanContext?.spanId ?? "",
  }));
