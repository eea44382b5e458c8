import { setTimeout } from "node:timers/promises";
import { context, propagation, trace } from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import { W3CTraceContextPropagator } from "@opentelemetry/core";
import { PrometheusExporter, PrometheusSerializer } from "@opentelemetry/exporter-prometheus";
import { resourceFromAttributes } from "@opentelemetry/resources";
import { MeterProvider } from "@opentelemetry/sdk-metrics";
import {
  BatchSpanProcessor,
  ParentBasedSampler,
  TraceIdRatioBasedSampler,
  TracerProvider,
} from "@opentelemetry/sdk-trace";
import type { Store } from "@trimtab/core";
import {
  type AppendObserver,
  type CallObserver,
  createAppendObserver,
  createCallObserver,
  traceStore,
} from "@trimtab/opentelemetry";
import type { LocalStore } from "@trimtab/store";
import { type Logger, pino } from "pino";
import { headerField } from "./direct/call-context.ts";
import { createCallLog, createRefusalObserver, type OnRefused, observedBy } from "./log-calls.ts";
import type { Settings } from "./settings.ts";
import { createTraceExporter } from "./trace-exporter.ts";
import { version } from "./version.ts";

/** What a server tells of itself, as its settings ask for; what they do not ask for is not there and costs nothing. */
export interface Observing {
  readonly calls: CallObserver | undefined;
  /** Is told of calls that were refused before they came to a handler, by a gate or since they cannot be read. */
  readonly refused: OnRefused | undefined;
  readonly appends: AppendObserver | undefined;
  /** Gives a store whose calls are part of traces. */
  traced(store: Store): Store;
  /** Measures what a store tells of itself whenever the figures are read. */
  readonly measure: (store: Pick<LocalStore, "unreadableSessions">) => void;
  /** Writes the figures as Prometheus reads them. */
  readonly metrics: (() => Promise<string>) | undefined;
  readonly logger: Logger | undefined;
  /** Sends what is not sent yet, as far as that is done within two seconds. */
  close(): Promise<void>;
}

const name = "@trimtab/server";

/** How long the last traces may take to be sent. */
const flushMs = 2000;

/** Opens what the settings ask to be told; what cannot be sent is told to `onError`. */
export function openObserving(settings: Settings, onError: (error: unknown) => void): Observing {
  const resource = resourceFromAttributes({ "service.name": "trimtab", "service.version": version });
  const tracing = settings.traceEndpoint === undefined ? undefined : openTracing(settings, resource, onError);
  const reader = settings.metrics ? new PrometheusExporter({ preventServerStart: true }) : undefined;
  const meters = reader && new MeterProvider({ resource, readers: [reader] });
  const instruments = { tracer: tracing?.getTracer(name, version), meter: meters?.getMeter(name, version) };
  const { tracer } = instruments;
  const isObserved = tracer !== undefined || meters !== undefined;
  const serializer = new PrometheusSerializer();
  const logger = settings.logLevel === undefined ? undefined : createLogger(settings.logLevel);
  const measured = isObserved ? createCallObserver({ ...instruments, headerField }) : undefined;
  return {
    // What is logged of a call is logged within its span, and so says of which trace it is.
    calls: observedBy(measured, logger && createCallLog(logger)),
    refused: createRefusalObserver(measured, logger),
    appends: isObserved ? createAppendObserver({ ...instruments, system: settings.log }) : undefined,
    traced: (store) => (tracer === undefined ? store : traceStore(store, tracer)),
    measure: (store) =>
      instruments.meter
        ?.createObservableGauge("trimtab.store.sessions.unreadable", {
          unit: "{session}",
          description: "Sessions that were found to be damaged, or sealed with a key that is missing",
        })
        .addCallback((gauge) => gauge.observe(store.unreadableSessions)),
    metrics: reader && (async () => serializer.serialize((await reader.collect()).resourceMetrics)),
    logger,
    async close() {
      // What cannot be delivered any more must not keep the server from stopping.
      const closed = Promise.allSettled([tracing?.shutdown(), meters?.shutdown()]);
      await Promise.race([closed, setTimeout(flushMs, undefined, { ref: false })]);
    },
  };
}

function openTracing(
  settings: Settings,
  resource: ReturnType<typeof resourceFromAttributes>,
  onError: (error: unknown) => void,
): TracerProvider {
  // Both are of the process; of several servers in one, the first has set them for all.
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  propagation.setGlobalPropagator(new W3CTraceContextPropagator());
  const exporter = createTraceExporter(settings.traceEndpoint ?? "", onError);
  return new TracerProvider({
    resource,
    sampler: new ParentBasedSampler({ root: new TraceIdRatioBasedSampler(settings.traceRatio) }),
    spanProcessors: [new BatchSpanProcessor({ exporter })],
  });
}

/** Logs as JSON lines, as people and collectors of logs read them: levels by name, times as RFC 3339; what is logged within a trace says which. */
function createLogger(level: string): Logger {
  const mixin = () => {
    const active = trace.getActiveSpan()?.spanContext();
    return active === undefined ? {} : { trace_id: active.traceId, span_id: active.spanId };
  };
  const formatters = { level: (label: string) => ({ level: label }) };
  const form = { base: { service: "trimtab" }, formatters, timestamp: pino.stdTimeFunctions.isoTime };
  return pino({ level, mixin, ...form }, pino.destination({ dest: 2, sync: true }));
}
