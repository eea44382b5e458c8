import { createRouterTransport } from "@connectrpc/connect";
import { context, propagation, SpanStatusCode, trace } from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import { W3CTraceContextPropagator } from "@opentelemetry/core";
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from "@opentelemetry/sdk-metrics";
import {
  AlwaysOffSampler,
  AlwaysOnSampler,
  InMemorySpanExporter,
  type ReadableSpan,
  type Sampler,
  SimpleSpanProcessor,
  TracerProvider,
} from "@opentelemetry/sdk-trace";
import { createStoreClient } from "@trimtab/client";
import { createStore } from "@trimtab/store";
import { createRoutes } from "@trimtab/transport-connect";
import { builtinTypes } from "@trimtab/types";
import { beforeAll, expect, onTestFinished, test } from "vitest";
import { createAppendObserver } from "./append-observer.ts";
import { createCallObserver } from "./call-observer.ts";
import { traceStore } from "./trace-store.ts";
import { createTracingInterceptor } from "./tracing-interceptor.ts";

beforeAll(() => {
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  propagation.setGlobalPropagator(new W3CTraceContextPropagator());
});

async function openTraced(sampler: Sampler = new AlwaysOnSampler()) {
  const spans = new InMemorySpanExporter();
  const provider = new TracerProvider({ sampler, spanProcessors: [new SimpleSpanProcessor({ exporter: spans })] });
  const exporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
  const reader = new PeriodicExportingMetricReader({ exporter, exportIntervalMillis: 1_000_000 });
  const meter = new MeterProvider({ readers: [reader] }).getMeter("test");
  const tracer = provider.getTracer("test");
  const appends = createAppendObserver({ tracer, meter, system: "memory" });
  const store = createStore({ types: builtinTypes, appends });
  onTestFinished(() => store.close());
  const routes = createRoutes({ store: traceStore(store, tracer), observer: createCallObserver({ tracer, meter }) });
  const transport = createRouterTransport(routes, {
    transport: { interceptors: [createTracingInterceptor(tracer)] },
  });
  const client = createStoreClient(transport);
  await client.createSession({ id: "s" });
  await client.registerVariable("s", { name: "n", type: "integer", value: 0, constraints: { max: 10 } });
  const metrics = async () => {
    await reader.forceFlush();
    return (
      exporter
        .getMetrics()
        .at(-1)
        ?.scopeMetrics.flatMap((scope) => scope.metrics) ?? []
    );
  };
  return { client, store, tracer, spans, metrics };
}

const named = (spans: readonly ReadableSpan[], name: string) => {
  const found = spans.find((span) => span.name === name);
  if (found === undefined) throw new Error(`no span ${name} among ${spans.map((span) => span.name).join(", ")}`);
  return found;
};

test("one trace leads from a click to the append", async () => {
  const { client, tracer, spans } = await openTraced();
  spans.reset();
  await tracer.startActiveSpan("click", async (click) => {
    await client.setVariable("s", "n", 1);
    click.end();
  });
  const all = spans.getFinishedSpans();
  const click = named(all, "click");
  const calls = all.filter((span) => span.name === "trimtab.v1.VariableService/SetVariable");
  // The server's end of the call is over before the client's.
  const [server, browser] = calls;
  const chain = [click, browser, server, named(all, "store setVariable"), named(all, "append memory")];
  for (const [index, span] of chain.entries()) {
    expect(span?.spanContext().traceId).toBe(click.spanContext().traceId);
    if (index > 0) expect(span?.parentSpanContext?.spanId).toBe(chain[index - 1]?.spanContext().spanId);
  }
  expect(all).toHaveLength(5);
  expect(server?.attributes).toMatchObject({ "rpc.method": "trimtab.v1.VariableService/SetVariable" });
  expect(chain[4]?.attributes).toMatchObject({ "db.system.name": "memory", "db.operation.batch.size": 1 });
});

test("an append for several writes is linked with each of them", async () => {
  const { store, tracer, spans } = await openTraced();
  spans.reset();
  const writes = [1, 2, 3].map((value) =>
    tracer.startActiveSpan(`write ${value}`, async (span) => {
      await store.setVariable("s", "n", value);
      span.end();
    }),
  );
  await Promise.all(writes);
  const all = spans.getFinishedSpans();
  const [append] = all.filter((span) => span.name === "append memory");
  expect(append?.attributes["db.operation.batch.size"]).toBe(3);
  expect(append?.parentSpanContext?.spanId).toBe(named(all, "write 1").spanContext().spanId);
  expect(append?.links.map((link) => link.context.spanId)).toEqual(
    [2, 3].map((value) => named(all, `write ${value}`).spanContext().spanId),
  );
});

test("a refusal is an error to the client, and none of the server's", async () => {
  const { client, spans } = await openTraced();
  spans.reset();
  await expect(client.setVariable("s", "n", 11)).rejects.toMatchObject({ reason: "constraint_violation" });
  const [store, server, browser] = spans.getFinishedSpans();
  expect(store?.attributes["error.type"]).toBe("constraint_violation");
  expect(server?.attributes["rpc.response.status_code"]).toBe("INVALID_ARGUMENT");
  expect(server?.status.code).toBe(SpanStatusCode.UNSET);
  expect(browser?.status.code).toBe(SpanStatusCode.ERROR);
});

test("a stream is one span from its start until it is left", async () => {
  const { client, spans, metrics } = await openTraced();
  spans.reset();
  const open = async () => {
    const found = (await metrics()).find(({ descriptor }) => descriptor.name === "trimtab.server.streams");
    return found?.dataPoints[0]?.value;
  };
  const watch = client.watch("s")[Symbol.asyncIterator]();
  await watch.next();
  expect(await open()).toBe(1);
  const calls = () => spans.getFinishedSpans().filter((span) => span.name.endsWith("/WatchVariables"));
  expect(calls()).toHaveLength(0);
  await watch.return?.();
  await expect.poll(() => calls().length).toBe(2);
  expect(await open()).toBe(0);
});

test("calls and appends are measured, by the names of the semantic conventions", async () => {
  const { client, metrics } = await openTraced(new AlwaysOffSampler());
  await client.setVariable("s", "n", 1);
  await client.setVariable("s", "n", 11).catch(() => {});
  const found = await metrics();
  const points = (name: string) => found.find(({ descriptor }) => descriptor.name === name)?.dataPoints ?? [];
  const calls = points("rpc.server.call.duration").filter(({ attributes }) =>
    String(attributes["rpc.method"]).endsWith("/SetVariable"),
  );
  const counts = calls.map(({ attributes, value }) => [
    attributes["rpc.response.status_code"],
    (value as { count: number }).count,
  ]);
  expect(counts).toEqual([
    ["OK", 1],
    ["INVALID_ARGUMENT", 1],
  ]);
  expect(points("db.client.operation.duration")[0]?.attributes).toMatchObject({ "db.operation.name": "append" });
  expect(points("trimtab.log.commits")[0]?.value).toBe(3);
});

test("where nothing is sampled nothing is exported, and what is handed on says so", async () => {
  const { client, spans } = await openTraced(new AlwaysOffSampler());
  await client.setVariable("s", "n", 1);
  expect(spans.getFinishedSpans()).toEqual([]);
  expect(trace.getActiveSpan()).toBeUndefined();
});

test("a store whose calls are given up with a signal remains one that is traced", async () => {
  const { client, tracer, spans } = await openTraced();
  const traced = traceStore(client, tracer);
  const givesUp: unknown = Reflect.get(traced, Symbol.for("trimtab.store.whichGivesUp"));
  const controller = new AbortController();
  const given: typeof traced =
    typeof givesUp === "function" ? givesUp(controller.signal) : expect.fail("it never does");
  spans.reset();
  await tracer.startActiveSpan("click", async (click) => {
    await given.setVariable("s", "n", 1);
    controller.abort();
    await expect(given.getVariable("s", "n")).rejects.toThrow();
    click.end();
  });
  const all = spans.getFinishedSpans();
  const { spanId } = named(all, "click").spanContext();
  const names = all.filter(({ parentSpanContext }) => parentSpanContext?.spanId === spanId).map(({ name }) => name);
  expect(names).toEqual(["store setVariable", "store getVariable"]);
});
